/** What a person has chosen to add and what each device answered. Passwords stay in this window's memory only. */
import { create } from 'zustand';
import type { DeviceTrouble } from '#domain/device.ts';
import type { FoundView } from '#domain/finding.ts';
import { useCameras } from '../../stores/cameras.ts';
import { lookAtDevice } from '../../stores/finding.ts';
import { refusalText } from '../../ui/refusal.ts';
import { type Draft, draftsOf, type FineLook, numberDrafts } from './draft.ts';
import { createTurns } from './turns.ts';

export type Answer =
  | { step: 'idle' }
  | { step: 'asking' }
  | { step: 'fine'; look: FineLook }
  | { step: 'refused'; trouble: DeviceTrouble; detail: string }
  | { step: 'fault'; text: string };

export type Credentials = { username: string; password: string };

export type Chosen = {
  device: FoundView;
  /** Its own user and password; null: those for all. */
  own: Credentials | null;
  answer: Answer;
  /** With what it was asked last, so that what is fine is added with the same. */
  used: Credentials;
};

type State = {
  /** By address of the device, in the order of choosing. */
  chosen: ReadonlyMap<string, Chosen>;
  /** User and password for all that have no own. */
  shared: Credentials;
  drafts: readonly Draft[];
};

const empty: Credentials = { username: '', password: '' };
const nothing: State = { chosen: new Map(), shared: empty, drafts: [] };
export const useChosen = create<State>(() => nothing);

let asking = new AbortController();
const turns = createTurns(6);

const withDevice = (state: State, url: string, change: (was: Chosen) => Chosen): State => {
  const was = state.chosen.get(url);
  return was ? { ...state, chosen: new Map(state.chosen).set(url, change(was)) } : state;
};

export function choose(devices: readonly FoundView[], on: boolean): void {
  useChosen.setState((state) => {
    const chosen = new Map(state.chosen);
    for (const device of devices) {
      if (!on) chosen.delete(device.url);
      else if (!chosen.has(device.url))
        chosen.set(device.url, { device, own: null, answer: { step: 'idle' }, used: empty });
    }
    return { chosen, drafts: state.drafts.filter((d) => chosen.has(d.url)) };
  });
}

export const setShared = (change: Partial<Credentials>): void => {
  useChosen.setState((state) => ({ shared: { ...state.shared, ...change } }));
};

/** `null`: back to the user and password for all. */
export const setOwn = (url: string, change: Partial<Credentials> | null): void => {
  useChosen.setState((state) =>
    withDevice(state, url, (was) => ({
      ...was,
      own: change === null ? null : { ...(was.own ?? { ...empty, username: state.shared.username }), ...change },
    })),
  );
};

export const changeDraft = (key: string, change: Partial<Draft>): void => {
  useChosen.setState((state) => ({
    drafts: state.drafts.map((d) => (d.key === key ? { ...d, ...change } : d)),
  }));
};
export const changeAllDrafts = (change: Partial<Draft>): void => {
  useChosen.setState((state) => ({ drafts: state.drafts.map((d) => ({ ...d, ...change })) }));
};

const put = (url: string, answer: Answer): void => {
  useChosen.setState((state) => withDevice(state, url, (was) => ({ ...was, answer })));
};

/** A device that answers gets its drafts. */
function takeLook(url: string, look: FineLook): void {
  useChosen.setState((state) => {
    const drafts = [...state.drafts.filter((d) => d.url !== url), ...draftsOf(look, url)];
    const taken = new Set(useCameras.getState().list.map((c) => c.number));
    return {
      ...withDevice(state, url, (was) => ({ ...was, answer: { step: 'fine', look } })),
      drafts: numberDrafts(drafts, [...state.chosen.keys()], taken),
    };
  });
}

async function ask(url: string, signal: AbortSignal): Promise<void> {
  const { chosen, shared } = useChosen.getState();
  const entry = chosen.get(url);
  if (!entry) return;
  const used = entry.own ?? shared;
  useChosen.setState((state) => withDevice(state, url, (was) => ({ ...was, used, answer: { step: 'asking' } })));
  try {
    const input = { url, username: orNull(used.username), password: used.password === '' ? null : used.password };
    const look = await turns(() => lookAtDevice(input, signal), signal);
    if (signal.aborted) put(url, { step: 'idle' });
    else if (look.ok) takeLook(url, look);
    else put(url, { step: 'refused', trouble: look.trouble, detail: look.detail });
  } catch (error) {
    put(url, signal.aborted ? { step: 'idle' } : { step: 'fault', text: refusalText(error) });
  }
}

export const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

/** Asks the devices given, a few at a time, each once: a wrong password is never tried again by itself. */
export async function askDevices(urls: readonly string[]): Promise<void> {
  const { signal } = asking;
  await Promise.all(urls.map((url) => ask(url, signal)));
}

/** Ends what is being asked. */
export const stopAsking = (): void => {
  asking.abort();
  asking = new AbortController();
};

/** Forgets all, passwords first of all. */
export const forgetChosen = (): void => {
  stopAsking();
  useChosen.setState(nothing);
};

export const lookOf = (chosen: ReadonlyMap<string, Chosen>, url: string): FineLook | null => {
  const answer = chosen.get(url)?.answer;
  return answer?.step === 'fine' ? answer.look : null;
};
