/** A camera's pictures through the gate at those moments at which the product looks at them, without threads and decoders. */
import { betweenLooks, freshBetweenLooks, given, type LookCause } from '../../src/main/domain/decide/between-looks.ts';
import { isUnsure, motionEvents, noMotion, type MotionOutput } from '../../src/main/domain/decide/motion-event.ts';
import {
  freshMotionGate,
  motionGate,
  type MotionGate,
  type MotionResult,
} from '../../src/main/domain/decide/motion-gate.ts';
import { cellMask } from '../../src/main/domain/motion-cells.ts';
import { WatchSettings } from '../../src/main/domain/watching.ts';

/** A picture as a camera gives it. */
export type Shot = { atMs: number; key: boolean; bytes: number; grey: () => Uint8Array };
/** A camera that gives `fps` pictures a second, a key frame each `keyEvery` seconds, of sizes that say nothing. Drawn when looked at. */
export function* filmOf(
  seconds: number,
  picture: (second: number) => Uint8Array,
  { fps = 10, keyEvery = 1, fromMs = 1_000_000 } = {},
): Generator<Shot> {
  for (let n = 0; n < seconds * fps; n += 1) {
    const second = n / fps;
    const key = n % (fps * keyEvery) === 0;
    yield { atMs: fromMs + Math.round(second * 1_000), key, bytes: key ? 20_000 : 400, grey: () => picture(second) };
  }
}

export type Look = { result: MotionResult; key: boolean; cause: LookCause };
export type Watched = { looks: Look[]; said: MotionOutput[] };

export type WatchedBy = Partial<WatchSettings> & {
  mask?: Uint8Array;
  pixels?: number;
  /** Whether pictures between key frames may be looked at; true where nothing is said. */
  between?: boolean;
  /** What a look says is known so long after its picture was taken, ms: sleeps of the ingest thread, decoding. */
  lagMs?: number;
};

const everywhere = cellMask([]);

export function watchShots(shots: Iterable<Shot>, by: WatchedBy = {}): Watched {
  const { sensitivity, minArea, minMotionMs, perSecond } = WatchSettings.parse(by);
  const { mask = everywhere, pixels = 640 * 360, between: mayBetween = true, lagMs = 150 } = by;
  let between = freshBetweenLooks;
  let gate: MotionGate = freshMotionGate;
  let events = noMotion;
  /** What the watch worker says, and from when on the ingest worker sees it. */
  let shown = { active: false, unsure: false };
  let next: { atMs: number; shown: typeof shown } | null = null;
  const looks: Look[] = [];
  const said: MotionOutput[] = [];
  for (const { atMs, key, bytes, grey } of shots) {
    if (next !== null && atMs >= next.atMs) {
      ({ shown } = next);
      next = null;
    }
    const unit = { key, ptsUs: atMs * 1_000, bytes, pixels, perSecond, ...shown };
    const [after, cause] = betweenLooks(between, unit);
    between = after;
    // A picture is given once the one before was taken.
    if (cause === null || next !== null || (!key && !mayBetween)) continue;
    between = given(between, unit, cause);
    const second = cause === 'second';
    const input = { atMs, grey: grey(), mask, sensitivity, minArea, anew: false, second };
    const [nextGate, result] = motionGate(gate, input);
    gate = nextGate;
    const [nextEvents, outputs] = motionEvents(events, { result, minMotionMs });
    events = nextEvents;
    looks.push({ result, key, cause });
    said.push(...outputs);
    const unsure = isUnsure(events, { result, minMotionMs });
    next = { atMs: atMs + lagMs, shown: { active: result.is !== 'still', unsure } };
  }
  return { looks, said };
}
