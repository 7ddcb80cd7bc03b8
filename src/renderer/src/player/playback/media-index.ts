/** Where recordings lie: asked of the station once, kept, and asked again only where time goes on. Runs in the page. */
import type { CameraId } from '#domain/id.ts';
import type { StreamKind } from '#domain/stream.ts';
import { stationNowMs } from '../../client/index.ts';
import { useCameras } from '../../stores/cameras.ts';
import { station } from '../../stores/line.ts';
import { createLru } from './lru.ts';
import { knownTo } from './reader.ts';
import type { Place, SegmentIndex } from './port.ts';
import { chunkMs, createSegmentMap, type SegmentMap } from './segment-map.ts';

/** An open segment's fragments are asked for again after this long at the earliest. */
const growMs = 400;
/** Nearer to now than this, "nothing there" means "not there yet". */
const edgeMs = 20_000;
const reachMs = 390 * 86_400_000;
/** An answer that takes longer is not waited for: a tile must not hang on a line that broke. */
const inTime = (): { signal: AbortSignal } => ({ signal: AbortSignal.timeout(5_000) });

export type MediaIndex = {
  /** `onArchive` is told before something is fetched from an archive, which takes longer. */
  place(cameraId: CameraId, stream: StreamKind, atMs: number, onArchive?: () => void): Promise<Place>;
  /** Where several of the station's clocks recorded a moment: the run that is shown from now on; null: the best. */
  prefer(run: number | null): void;
  /** Forgets what may have changed since (a line that was down). */
  refresh(): void;
};

type Lane = {
  map: SegmentMap;
  loading: Map<number, Promise<void>>;
  /** Start of the segment being written, as last heard. */
  openMs: number | null;
  loadedAt: number;
};

export function createMediaIndex(): MediaIndex {
  const lanes = new Map<string, Lane>();
  let take: number | null = null;
  const fragments = createLru<{ index: Promise<SegmentIndex>; askedAt: number; open: boolean }>(2_000);
  const neighbours = createLru<{ fromMs: number; toMs: number; place: Extract<Place, { kind: 'gap' }> }>(200);

  const laneOf = (cameraId: CameraId, stream: StreamKind): Lane => {
    const key = `${cameraId}/${stream}`;
    const lane = lanes.get(key) ?? {
      map: createSegmentMap(),
      loading: new Map(),
      openMs: null,
      loadedAt: Number.NEGATIVE_INFINITY,
    };
    lanes.set(key, lane);
    return lane;
  };

  /** Asks for the chunk of segments around a moment; two askers share one call. */
  const load = (lane: Lane, cameraId: CameraId, stream: StreamKind, atMs: number): Promise<void> => {
    const fromMs = Math.floor(atMs / chunkMs) * chunkMs;
    const under = lane.loading.get(fromMs);
    if (under) return under;
    const loading = (async () => {
      const now = stationNowMs();
      const toMs = fromMs + chunkMs;
      const clock = take === null ? {} : { clock: take };
      const ask = { id: cameraId, stream, fromMs, toMs, limit: 1000, ...clock };
      const segments = await station().playback.segments(ask, inTime());
      lane.map.learn(fromMs, toMs, segments);
      // What is being written grows: known only up to now.
      const open = segments.find((s) => s.state === 'open');
      if (toMs > now - edgeMs) {
        lane.openMs = open?.startMs ?? null;
        lane.loadedAt = performance.now();
        lane.map.forgetFrom(Math.max(fromMs, Math.min(now - edgeMs, open?.startMs ?? now)));
      }
    })().finally(() => lane.loading.delete(fromMs));
    lane.loading.set(fromMs, loading);
    return loading;
  };

  const indexOf = async (
    cameraId: CameraId,
    stream: StreamKind,
    startMs: number,
    atMs: number,
  ): Promise<SegmentIndex> => {
    const key = `${cameraId}/${stream}/${String(startMs)}`;
    const known = fragments.get(key);
    if (known) {
      const index = await known.index;
      if (!known.open || atMs < knownTo(index) || performance.now() - known.askedAt < growMs) return index;
    }
    const asked = station().playback.fragments({ id: cameraId, stream, startMs }, inTime());
    const entry = { index: asked, askedAt: performance.now(), open: true };
    fragments.set(key, entry, 1);
    try {
      const index = await asked;
      entry.open = index.segment.state === 'open';
      laneOf(cameraId, stream).map.update(index.segment);
      return index;
    } catch (error) {
      fragments.delete(key);
      throw error;
    }
  };

  /** The ends of the video around a gap, however far away. */
  const around = async (
    cameraId: CameraId,
    stream: StreamKind,
    atMs: number,
    near: { prevMs: number | null; nextMs: number | null },
  ): Promise<Extract<Place, { kind: 'gap' }>> => {
    const key = `${cameraId}/${stream}`;
    const known = neighbours.get(key);
    if (known && known.fromMs <= atMs && atMs < known.toMs) return known.place;
    let { prevMs, nextMs } = near;
    const now = stationNowMs();
    const cameraIds = [cameraId];
    for (const span of [86_400_000, reachMs]) {
      const wantsPrev = prevMs === null;
      const wantsNext = nextMs === null && atMs < now;
      if (!wantsPrev && !wantsNext) break;
      const fromMs = wantsPrev ? Math.max(0, atMs - span) : atMs;
      const toMs = wantsNext ? Math.min(now, atMs + span) : atMs + 1;
      if (toMs <= fromMs) break;
      const clipped = { fromMs: Math.floor(toMs - fromMs > reachMs ? toMs - reachMs : fromMs), toMs: Math.ceil(toMs) };
      const answer = await station().timeline.coverage(
        { ...clipped, cameraId: cameraIds, stream, grainMs: 0 },
        inTime(),
      );
      for (const [from, to] of answer.rows.find((r) => r.cameraId === cameraId && r.stream === stream)?.spans ?? []) {
        if (to <= atMs) prevMs = Math.max(prevMs ?? to, to);
        if (from > atMs) nextMs = Math.min(nextMs ?? from, from);
      }
      if (fromMs === 0) break;
    }
    const place = { kind: 'gap', prevMs, nextMs } as const;
    // Where nothing follows yet, something may tomorrow: not kept.
    if (nextMs !== null) neighbours.set(key, { fromMs: prevMs ?? 0, toMs: nextMs, place }, 1);
    return place;
  };

  return {
    async place(cameraId, stream, atMs, onArchive) {
      const camera = useCameras.getState().byId.get(cameraId);
      if (stream === 'sub' && camera && camera.sub === null && !camera.streams.some((s) => s.kind === 'sub')) {
        return { kind: 'gap', prevMs: null, nextMs: null };
      }
      const lane = laneOf(cameraId, stream);
      const recent = atMs > stationNowMs() - edgeMs;
      let found = lane.map.at(atMs);
      if (found.kind === 'unknown' && !(recent && performance.now() - lane.loadedAt < growMs)) {
        await load(lane, cameraId, stream, atMs);
        found = lane.map.at(atMs);
      }
      if (found.kind === 'segment') {
        if (found.segment.archive !== undefined) onArchive?.();
        const index = await indexOf(cameraId, stream, found.segment.startMs, atMs);
        return index.fragments.length > 0 ? { kind: 'segment', index } : { kind: 'edge' };
      }
      // The open segment may reach further than when it was listed.
      if (lane.openMs !== null && lane.openMs <= atMs) {
        const index = await indexOf(cameraId, stream, lane.openMs, atMs);
        const last = index.fragments.at(-1);
        if (last && atMs < last[2] + last[3]) return { kind: 'segment', index };
        if (index.segment.state !== 'open') lane.openMs = null;
      }
      if (recent) return { kind: 'edge' };
      const near = found.kind === 'gap' ? found : { prevMs: null, nextMs: null };
      return near.prevMs !== null && near.nextMs !== null
        ? { kind: 'gap', prevMs: near.prevMs, nextMs: near.nextMs }
        : around(cameraId, stream, atMs, near);
    },
    prefer(run) {
      take = run;
      lanes.clear();
    },
    refresh() {
      lanes.clear();
      neighbours.clear();
      fragments.clear();
    },
  };
}
