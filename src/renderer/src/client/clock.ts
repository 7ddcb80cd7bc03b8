/**
 * The screen's clocks. `monoMs` never jumps: ages of pictures are counted on it. `stationNowMs` is the station's UTC as well
 * as this client knows it: its own monotonic clock plus an offset taken from an answer of the station (error: half the round
 * trip), so that a wrong PC clock shows no wrong times.
 */
export const monoMs = (): number => performance.now();

let offsetMs = performance.timeOrigin;
let bestRoundTripMs = Number.POSITIVE_INFINITY;

/** Station's UTC in whole milliseconds; before the first answer, this machine's. */
export const stationNowMs = (): number => Math.round(performance.now() + offsetMs);

/** Takes in what the station's clock said between `sentMs` and `gotMs` (both `monoMs`). The best of recent answers wins. */
export function learnStationClock(stationMs: number, sentMs: number, gotMs: number): void {
  const roundTripMs = gotMs - sentMs;
  const offset = stationMs - (sentMs + gotMs) / 2;
  const jumped = Math.abs(offset - offsetMs) > Math.max(bestRoundTripMs, roundTripMs) + 250;
  if (!jumped && roundTripMs > bestRoundTripMs) return;
  offsetMs = offset;
  bestRoundTripMs = roundTripMs;
}
