/**
 * Pictures of events, finds and small pictures go with the footage that they were made from. Of a time that was not recorded, or lies
 * on a disk that is away, they are all there is: the legal maximum holds for them too, and only what is held stays.
 */
import type { CameraId } from '#domain/id.ts';
import { without } from '#domain/runs.ts';
import type { StreamRecord } from './index-port.ts';

const everyMs = 60_000;

export function createLegalPictures(deps: {
  streams: () => readonly StreamRecord[];
  /** Of a camera, ms; null: no law says so. */
  legalMs: (id: CameraId) => number | null;
  /** Spans of a camera that are held now, in order. */
  held: (id: CameraId) => readonly (readonly [number, number])[];
  /** Another number: what is held, or what the law says, may be another. */
  version: () => number;
  bare: (id: CameraId, fromMs: number, toMs: number) => void;
}) {
  /** Up to where they are gone, but for what is held. */
  let goneTo = new Map<CameraId, number>();
  let version = deps.version();
  let lookedMs = Number.NEGATIVE_INFINITY;

  return {
    /** `nowMs`: from where ages count; `monoMs`: on the steady clock. */
    look(nowMs: number, monoMs: number): void {
      const is = deps.version();
      if (is === version && monoMs - lookedMs < everyMs) return;
      if (is !== version) goneTo = new Map();
      version = is;
      lookedMs = monoMs;
      for (const id of new Set(deps.streams().map((s) => s.cameraId))) {
        const legalMs = deps.legalMs(id);
        if (legalMs === null) continue;
        const toMs = nowMs - legalMs;
        const fromMs = goneTo.get(id) ?? 0;
        if (toMs <= fromMs) continue;
        for (const [from, to] of without([[fromMs, toMs]], deps.held(id))) deps.bare(id, from, to);
        goneTo.set(id, toMs);
      }
    },
  };
}
