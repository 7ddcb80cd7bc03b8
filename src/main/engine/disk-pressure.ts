/** A disk that does not keep up: tells streams to give way, the least worth first, and people that it is so. */
import {
  diskPressure,
  givingWay,
  noPressure,
  type PressureState,
  type Yielding,
} from '#domain/decide/disk-pressure.ts';
import { isFull } from '#domain/decide/disk-state.ts';
import type { EventId, StreamId } from '#domain/id.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { DiskLag } from '#workers/ingest/port.ts';
import type { EventRoom } from './events.ts';
import type { IngestPool } from './ingest-pool.ts';
import type { CameraRecord } from './ports.ts';
import type { StreamStatuses } from './stream-statuses.ts';
import type { VolumeRoom } from './volumes.ts';

const tickMs = 1_000;
/** A worker tells of a stream that is behind every second; what is older is of a stream that is gone, or of a worker that ended. */
const staleMs = 3_500;

export type DiskPressureRoom = {
  start(): void;
  stop(): void;
  /** A worker's word on streams whose disk is behind. */
  behind(streams: readonly DiskLag[]): void;
  /** A worker's word on a disk that refuses it (errno); null: it takes video again. */
  refused(streamId: StreamId, volume: number, code: string | null): void;
  /** Streams are refused by this volume because it is full, or their quota is used up, whatever it says to have free. */
  full(volume: number): boolean;
  /** Disks that do not keep up, in words; for the health page. */
  slow(): string[];
  /** Some disk does not keep up: what can wait should. */
  any(): boolean;
};

type Slow = { state: PressureState; event: EventId | null; lost: boolean; yielding: number; lagMs: number };

export function createDiskPressure(deps: {
  clock: Clock;
  log: Log;
  events: Pick<EventRoom, 'note' | 'finish'>;
  statuses: Pick<StreamStatuses, 'get'>;
  volumes: Pick<VolumeRoom, 'placeOf' | 'filesOf'>;
  cameras: () => readonly CameraRecord[];
  pool: () => Pick<IngestPool, 'giveWay'>;
  /** A volume refuses for want of room: it is made at once. */
  roomNeeded: () => void;
}): DiskPressureRoom {
  const { clock, log, events } = deps;
  const lags = new Map<StreamId, DiskLag & { monoMs: number }>();
  const volumes = new Map<number, Slow>();
  /** Streams that are refused for want of room, and by which volume. */
  const fullFor = new Map<StreamId, { volume: number; kind: StreamKind }>();
  let told = '';
  let timer: ReturnType<typeof setInterval> | null = null;

  const recorded = (id: StreamId, kind: StreamKind): boolean => {
    const status = deps.statuses.get(id, kind);
    return status.recording || status.trouble === 'disk-slow';
  };
  const onVolume = (volume: number): Yielding[] =>
    deps
      .cameras()
      .filter((camera) => camera.enabled)
      .flatMap(({ streamIds: { main, sub } }) => {
        if (sub === null || deps.volumes.placeOf(sub) !== volume) return [];
        return [
          {
            main: { id: main, recorded: recorded(main, 'main') },
            sub: { id: sub, recorded: recorded(sub, 'sub') },
          },
        ];
      });

  /** Begins an event, or a louder one in its place. */
  const tell = (volume: number, slow: Slow, dropping: boolean): void => {
    if (slow.event !== null && (slow.lost || !dropping)) return;
    if (slow.event !== null) events.finish(slow.event, clock.nowMs());
    const path = deps.volumes.filesOf(volume)?.root ?? null;
    const data = { path, volume, lagMs: slow.lagMs, streams: slow.yielding, lost: dropping };
    log.warn(
      dropping ? 'a disk is too slow: main streams lose pictures' : 'a disk is too slow: sub streams give way',
      data,
    );
    slow.lost = dropping;
    slow.event = events.note({ kind: 'disk-slow', severity: dropping ? 'alarm' : 'warning', data })?.id ?? null;
  };

  const tick = (): void => {
    const monoMs = clock.monoMs();
    for (const [id, lag] of lags) if (monoMs - lag.monoMs > staleMs) lags.delete(id);
    const byVolume = Map.groupBy(lags.values(), (lag) => lag.volume);
    const giving: StreamId[] = [];
    for (const volume of new Set([...byVolume.keys(), ...volumes.keys()])) {
      const now = byVolume.get(volume) ?? [];
      const slow = volumes.get(volume) ?? { state: noPressure, event: null, lost: false, yielding: 0, lagMs: 0 };
      slow.lagMs = Math.max(0, ...now.map((l) => l.lagMs));
      const dropping = now.some((l) => l.dropping);
      const was = slow.state.rung;
      slow.state = diskPressure(slow.state, {
        atMs: monoMs,
        lagMs: slow.lagMs,
        fill: Math.max(0, ...now.map((l) => l.fill)),
        dropping,
      });
      volumes.set(volume, slow);
      const { rung } = slow.state;
      const mine = rung === 0 ? [] : givingWay(rung, onVolume(volume));
      slow.yielding = mine.length;
      giving.push(...mine);
      if (rung > 0 || dropping) tell(volume, slow, dropping);
      else if (slow.event !== null) {
        events.finish(slow.event, clock.nowMs());
        slow.event = null;
        slow.lost = false;
        log.info('a disk keeps up again', { path: deps.volumes.filesOf(volume)?.root ?? null });
      }
      if (was !== rung) log.info('streams that give way on a slow disk', { volume, rung, streams: mine.length });
    }
    const words = giving.join(' ');
    if (words === told) return;
    told = words;
    deps.pool().giveWay(giving);
  };

  return {
    start() {
      timer ??= setInterval(tick, tickMs);
    },
    stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      for (const { event } of volumes.values()) if (event !== null) events.finish(event, clock.nowMs());
    },
    behind(streams) {
      const monoMs = clock.monoMs();
      for (const lag of streams) lags.set(lag.streamId, { ...lag, monoMs });
    },
    refused(streamId, volume, code) {
      if (code === null || !isFull(code)) {
        fullFor.delete(streamId);
        return;
      }
      const main = deps.cameras().some((c) => c.streamIds.main === streamId);
      fullFor.set(streamId, { volume, kind: main ? 'main' : 'sub' });
      deps.roomNeeded();
    },
    full: (volume) =>
      [...fullFor].some(([id, of]) => of.volume === volume && deps.statuses.get(id, of.kind).trouble === 'disk'),
    slow: () =>
      [...volumes].flatMap(([volume, { state, lagMs, yielding, lost }]) => {
        if (state.rung === 0) return [];
        const path = deps.volumes.filesOf(volume)?.root ?? '';
        const what = lost ? 'Main streams lose pictures.' : 'Main streams are recorded whole.';
        return [`${path} is ${(lagMs / 1000).toFixed(1)} s behind; ${yielding} sub streams are not recorded. ${what}`];
      }),
    any: () => [...volumes.values()].some((v) => v.state.rung > 0),
  };
}
