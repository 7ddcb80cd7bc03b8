/**
 * What the timeline shows, kept by level and slot: what is there is drawn at once, what is missing is asked for and refined.
 * The edge where recording goes on is asked for again and again while it is seen.
 */
import type { Outputs } from '#contract/call.ts';
import type { CameraId } from '#domain/id.ts';
import { bandsOf, type Band } from './bands.ts';
import { grainOf, pieces, slotFrom, slotKey, slotTo, wantedSlots, levelFor, type Piece, type Slot } from './slots.ts';

export type CoverageAnswer = Outputs['timeline']['coverage'];
export type CoverageRow = CoverageAnswer['rows'][number];
export type Tick = CoverageAnswer['ticks'][number];
export type Known = {
  /** Newest of the asked cameras' data in one slot. */
  rows: ReadonlyMap<CameraId, CoverageRow>;
  bands: Band[];
  ticks: Tick[];
  /** Where the station's clock was not continuous. */
  seams?: CoverageAnswer['seams'];
  /** What more than one clock recorded. */
  twice?: CoverageAnswer['twice'];
  /** Station time at which it was asked; what is later may have grown. */
  askedMs: number;
};

export type CoverageSource = {
  ask(
    input: { fromMs: number; toMs: number; cameraId: CameraId[]; grainMs: number },
    signal: AbortSignal,
  ): Promise<CoverageAnswer>;
  nowMs(): number;
};

export type Coverage = {
  /** Says which cameras and what is seen; asks for what is missing. */
  want(cameras: readonly CameraId[], fromMs: number, toMs: number, msPerPx: number): void;
  /** The best that is known of a span. */
  over(fromMs: number, toMs: number, msPerPx: number): (Piece & { known: Known | null })[];
  /** All that is known of what more than one clock recorded. */
  twice(): CoverageAnswer['twice'];
  /** The station could not be asked the last time. */
  stale(): boolean;
  stop(): void;
};

const maxSlots = 160;
const maxAsking = 3;
const oldMs = 300_000;
const retryMs = 2_000;

export function createCoverage(source: CoverageSource, onChange: () => void): Coverage {
  let cameras: CameraId[] = [];
  let known = new Map<string, Known>();
  let asking = new Map<string, AbortController>();
  let seen: Slot[] = [];
  let near: Slot[] = [];
  let failedAt = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let stopped = false;

  /** Whether a slot is missing or may have changed since. */
  const due = (slot: Slot, isSeen: boolean): boolean => {
    const kept = known.get(slotKey(slot));
    if (!kept) return true;
    if (!isSeen) return false;
    const age = source.nowMs() - kept.askedMs;
    if (slotTo(slot) > kept.askedMs - 15_000) return age > Math.max(2_000, Math.min(30_000, grainOf(slot.level)));
    return age > oldMs;
  };

  const ask = async (slot: Slot): Promise<void> => {
    const key = slotKey(slot);
    const abort = new AbortController();
    const mine = asking;
    const mineKnown = known;
    mine.set(key, abort);
    const askedMs = source.nowMs();
    try {
      const input = {
        fromMs: Math.floor(slotFrom(slot)),
        toMs: Math.ceil(Math.min(slotTo(slot), askedMs + 60_000)),
        cameraId: cameras,
        grainMs: grainOf(slot.level),
      };
      const answer = await source.ask(input, abort.signal);
      mineKnown.delete(key); // the newest goes to the end: the oldest falls out first
      mineKnown.set(key, {
        rows: new Map(answer.rows.map((r) => [r.cameraId, r])),
        bands: bandsOf(answer.rows.map((r) => r.spans)),
        ticks: answer.ticks,
        seams: answer.seams,
        twice: answer.twice,
        askedMs,
      });
      for (const oldest of mineKnown.keys()) {
        if (mineKnown.size <= maxSlots) break;
        mineKnown.delete(oldest);
      }
      failedAt = Number.NEGATIVE_INFINITY;
      if (mineKnown === known) onChange();
    } catch {
      if (!abort.signal.aborted) failedAt = performance.now();
    } finally {
      mine.delete(key);
      if (mine === asking) pump();
    }
  };

  const pump = (): void => {
    if (stopped || performance.now() - failedAt < retryMs || cameras.length === 0) return;
    for (const [slots, isSeen] of [
      [seen, true],
      [near, false],
    ] as const) {
      for (const slot of slots) {
        if (asking.size >= maxAsking) return;
        if (!asking.has(slotKey(slot)) && due(slot, isSeen)) void ask(slot);
      }
    }
  };
  const tick = (): void => {
    pump();
    timer = setTimeout(tick, 1_000);
  };
  timer = setTimeout(tick, 1_000);

  return {
    want(nextCameras, fromMs, toMs, msPerPx) {
      if (nextCameras.length !== cameras.length || nextCameras.some((id, i) => id !== cameras[i])) {
        for (const abort of asking.values()) abort.abort();
        asking = new Map();
        cameras = [...nextCameras];
        known = new Map();
      }
      ({ seen, near } = wantedSlots(fromMs, toMs, msPerPx, source.nowMs()));
      const wanted = new Set([...seen, ...near].map(slotKey));
      for (const [key, abort] of asking) if (!wanted.has(key)) abort.abort();
      pump();
    },
    over(fromMs, toMs, msPerPx) {
      return pieces(levelFor(msPerPx), fromMs, toMs, (slot) => known.has(slotKey(slot))).map((piece) => ({
        ...piece,
        known: piece.slot ? (known.get(slotKey(piece.slot)) ?? null) : null,
      }));
    },
    twice: () => [...known.values()].flatMap((k) => k.twice ?? []),
    stale: () => failedAt !== Number.NEGATIVE_INFINITY,
    stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      for (const abort of asking.values()) abort.abort();
    },
  };
}
