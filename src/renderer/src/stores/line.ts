/** The line to the station: the client that all stores share, and whether it is up. */
import { create } from 'zustand';
import { createLine, learnStationClock, monoMs, stationNowMs, type Client, type LineState } from '../client/index.ts';

type Line = {
  state: LineState;
  /** Station time since which the line is down; null while it is up or was never asked for. */
  downSinceMs: number | null;
};

export const useLine = create<Line>(() => ({ state: 'closed', downSinceMs: null }));

let line: ReturnType<typeof createLine> | null = null;
let whenSignIn: () => void = () => undefined;

function theLine(): ReturnType<typeof createLine> {
  line ??= createLine(
    (state) => {
      useLine.setState((was) => ({
        state,
        downSinceMs: state === 'connecting' ? (was.downSinceMs ?? stationNowMs()) : null,
      }));
      if (state === 'open') void learnClock();
    },
    () => {
      whenSignIn();
    },
  );
  return line;
}

/** For stores: everything a client may call. */
export const station = (): Client => theLine().client;

/** `onSignIn`: the station has no session for us (any more). */
export const openLine = (onSignIn: () => void): void => {
  whenSignIn = onSignIn;
  theLine().open();
};
export const closeLine = (): void => {
  theLine().close();
};

/** Reads the station's clock; tried again at the next chance when it fails. */
export async function learnClock(): Promise<void> {
  const sentMs = monoMs();
  try {
    const info = await station().station.info({});
    learnStationClock(info.nowMs, sentMs, monoMs());
  } catch {
    // The line broke again: it is learned when it is back.
  }
}
