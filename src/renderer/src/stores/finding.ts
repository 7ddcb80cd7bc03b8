/** Devices found on the network while somebody looks for cameras, and the calls of adding them. */
import { create } from 'zustand';
import type { Inputs, Outputs } from '#contract/call.ts';
import type { DeviceLook, FoundView } from '#domain/finding.ts';
import type { Camera } from '#domain/camera.ts';
import { forEver } from '../client/index.ts';
import { station } from './line.ts';

type Found = {
  /** By address of the device. */
  devices: ReadonlyMap<string, FoundView>;
  /** A probe is under way. */
  probing: boolean;
  /** False until the station has told all it knows once. */
  loaded: boolean;
};

const nothing: Found = { devices: new Map(), probing: false, loaded: false };
export const useFound = create<Found>(() => nothing);

export type FoundPush = Outputs['finding']['watch'] extends AsyncIteratorObject<infer T> ? T : never;

/** What a push makes of what is known; pure. */
export function takeFoundPush(was: Found, push: FoundPush): Found {
  switch (push.type) {
    case 'all':
      return { devices: new Map(push.devices.map((d) => [d.url, d])), probing: push.probing, loaded: true };
    case 'found':
      return { ...was, devices: new Map(was.devices).set(push.device.url, push.device) };
    case 'gone': {
      const devices = new Map(was.devices);
      devices.delete(push.url);
      return { ...was, devices };
    }
    case 'probing':
      return { ...was, probing: push.probing };
  }
}

const strokeMs = 120;

/** Follows what is found until `signal` aborts; the station probes while somebody follows. Ends by a refusal with its error. */
export async function followFound(signal: AbortSignal): Promise<void> {
  const pushes = await station().finding.watch({}, { signal, context: forEver });
  // Hundreds answer a probe within a second: the screen takes them in a few strokes.
  let waiting: FoundPush[] = [];
  let timer: ReturnType<typeof setTimeout> | null = null;
  const take = (): void => {
    timer = null;
    const taken = waiting;
    waiting = [];
    useFound.setState((was) => taken.reduce(takeFoundPush, was));
  };
  try {
    for await (const push of pushes) {
      waiting.push(push);
      timer ??= setTimeout(take, strokeMs);
    }
  } finally {
    if (timer !== null) clearTimeout(timer);
  }
}

export const forgetFound = (): void => {
  useFound.setState(nothing);
};

export async function probeAgain(): Promise<void> {
  await station().finding.probe({});
}

export const askHosts = (hosts: string, signal: AbortSignal): Promise<Outputs['finding']['ask']> =>
  station().finding.ask({ hosts }, { signal });

export const lookAtDevice = (input: Inputs['finding']['look'], signal: AbortSignal): Promise<DeviceLook> =>
  station().finding.look(input, { signal });

export type GuessedStreams = Outputs['finding']['guess'];
export const guessStreams = (input: Inputs['finding']['guess'], signal: AbortSignal): Promise<GuessedStreams> =>
  station().finding.guess(input, { signal });

export type FoundDrafts = Inputs['finding']['add']['cameras'];
/** Adds all of them or none. */
export async function addFound(cameras: FoundDrafts): Promise<Camera[]> {
  return (await station().finding.add({ cameras })).cameras;
}

export type ReadList = Outputs['finding']['readList'];
export const readList = (text: string, signal: AbortSignal): Promise<ReadList> =>
  station().finding.readList({ text }, { signal });
/** Adds every camera of a list or none. */
export async function importList(text: string): Promise<Camera[]> {
  return (await station().finding.importList({ text })).cameras;
}
