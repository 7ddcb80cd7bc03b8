/** The line to the station: the client that all stores share, and whether it is up. */
import { create } from 'zustand';
import {
  CallError,
  createLine,
  learnStationClock,
  monoMs,
  stationNowMs,
  type Client,
  type LineState,
} from '../client/index.ts';

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
  keepAsking();
};
export const closeLine = (): void => {
  clearTimeout(asking);
  theLine().close();
};

const askEveryMs = 2000;
/** An answer takes milliseconds: a station that is silent for so long is stopped, or the network swallows all. */
const answerWithinMs = 2500;
/** After so many silent asks in a row the connection itself is given up and made anew. */
const redialAfter = 3;

let asking: ReturnType<typeof setTimeout> | undefined;
let silent = 0;

/** Asks again and again while the line is wanted: a connection that stands says nothing about a station that hangs. */
function keepAsking(): void {
  clearTimeout(asking);
  asking = setTimeout(() => {
    const askedMs = stationNowMs();
    void (useLine.getState().state === 'open' ? learnClock() : Promise.resolve(true)).then((answered) => {
      const { state, downSinceMs } = useLine.getState();
      if (state === 'closed') return;
      if (state === 'open') {
        silent = answered ? 0 : silent + 1;
        if (answered && downSinceMs !== null) useLine.setState({ downSinceMs: null });
        if (!answered && downSinceMs === null) useLine.setState({ downSinceMs: askedMs });
        if (silent >= redialAfter) {
          silent = 0;
          theLine().redial();
        }
      }
      keepAsking();
    });
  }, askEveryMs);
}

/** Reads the station's clock. False: no answer came, or not in time. */
export async function learnClock(): Promise<boolean> {
  const sentMs = monoMs();
  try {
    const info = await station().station.info({}, { signal: AbortSignal.timeout(answerWithinMs) });
    learnStationClock(info.nowMs, sentMs, monoMs());
    return true;
  } catch (error) {
    return error instanceof CallError && error.status < 500; // a refusal is an answer
  }
}
