/** A disk that does not keep up: tells streams to give way, the least worth first, and people that it is so. */
import {
  behindMs,
  comingOrder,
  diskPressure,
  givingWay,
  isPressed,
  noPressure,
  type PressureState,
  type Yielding,
} from '#domain/decide/disk-pressure.ts';
import { isFull } from '#domain/decide/disk-state.ts';
import type { EventId, StreamId } from '#domain/id.ts';
import type { SlowDisk } from '#domain/slow-disk.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { DiskLag } from '#workers/ingest/port.ts';
import type { EventRoom } from './events.ts';
import type { IngestPool } from './ingest-pool.ts';
import type { CameraRecord } from './index-port.ts';
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
  /** Disks that do not keep up, or did not a moment ago; for the health page. */
  slow(): SlowDisk[];
  /** Some disk does not keep up: what can wait should. */
  any(): boolean;
};

type Slow = {
  state: PressureState;
  event: EventId | null;
  /** Main streams have lost pictures since the event began; and do so now. */
  lost: boolean;
  losing: boolean;
  yielding: number;
  of: number;
  lagMs: number;
};
const unpressed: Slow = {
  ...{ state: noPressure, event: null, lost: false, losing: false },
  ...{ yielding: 0, of: 0, lagMs: 0 },
};

export function createDiskPressure(deps: {
  clock: Clock;
  log: Log;
  events: Pick<EventRoom, 'note' | 'finish'>;
  statuses: Pick<StreamStatuses, 'get'>;
  volumes: Pick<VolumeRoom, 'placeOf' | 'filesOf' | 'isOther'>;
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
  const tell = (volume: number, slow: Slow): void => {
    if (slow.event !== null && (slow.lost || !slow.losing)) return;
    if (slow.event !== null) events.finish(slow.event, clock.nowMs());
    const path = deps.volumes.filesOf(volume)?.root ?? null;
    const data = { path, volume, lagMs: slow.lagMs, streams: slow.yielding, lost: slow.losing };
    log.warn(
      slow.losing ? 'a disk is too slow: main streams lose pictures' : 'a disk is too slow: sub streams give way',
      data,
    );
    slow.lost = slow.losing;
    slow.event = events.note({ kind: 'disk-slow', severity: slow.losing ? 'alarm' : 'warning', data })?.id ?? null;
  };

  /** Looks at one volume; answers the streams that give way on it. */
  const look = (volume: number, now: readonly DiskLag[]): StreamId[] => {
    const slow = volumes.get(volume) ?? { ...unpressed };
    volumes.set(volume, slow);
    if (now.length === 0 && !isPressed(slow.state) && slow.event === null) {
      Object.assign(slow, { lagMs: 0, losing: false });
      return [];
    }
    const cameras = onVolume(volume);
    const { beside, alone } = comingOrder(cameras);
    const worst = (of: readonly DiskLag[]): number => Math.max(0, ...of.map((l) => l.lagMs));
    const dropping = now.filter((l) => l.dropping);
    const was = slow.state.back;
    slow.lagMs = worst(now);
    slow.losing = dropping.some((l) => deps.cameras().some((c) => c.streamIds.main === l.streamId));
    // Where there is another, who waits for one that does not answer is there in some seconds, with what waits: it is only to fit into memory.
    const isOther = deps.volumes.isOther(volume);
    const patient = (lag: DiskLag): boolean => lag.opening || isOther;
    slow.state = diskPressure(slow.state, {
      ...{ atMs: clock.monoMs(), beside, alone },
      lagMs: worst(now.filter((l) => !patient(l))),
      openingMs: worst(now.filter(patient)),
      fill: Math.max(0, ...now.map((l) => l.fill)),
      dropping: dropping.length > 0,
    });
    const giving = givingWay(slow.state, cameras);
    slow.yielding = giving.length;
    slow.of = beside + alone;
    if (giving.length > 0 || dropping.length > 0) tell(volume, slow);
    else if (slow.event !== null && !isPressed(slow.state)) {
      events.finish(slow.event, clock.nowMs());
      slow.event = null;
      slow.lost = false;
      log.info('a disk keeps up again', { path: deps.volumes.filesOf(volume)?.root ?? null });
    }
    if (was !== slow.state.back)
      log.info('streams that give way on a slow disk', { volume, streams: giving.length, of: slow.of });
    return giving;
  };

  const tick = (): void => {
    const monoMs = clock.monoMs();
    for (const [id, lag] of lags) if (monoMs - lag.monoMs > staleMs) lags.delete(id);
    const byVolume = Map.groupBy(lags.values(), (lag) => lag.volume);
    const giving: StreamId[] = [];
    for (const volume of new Set([...byVolume.keys(), ...volumes.keys()]))
      giving.push(...look(volume, byVolume.get(volume) ?? []));
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
      [...volumes].flatMap(([volume, { state, lagMs, yielding, of, losing }]) => {
        const pressed = isPressed(state) && yielding > 0;
        if (!losing && !pressed && lagMs < behindMs) return [];
        const path = deps.volumes.filesOf(volume)?.root ?? '';
        const keepsUp = state.calmSinceMs !== null;
        const is = losing ? 'loses' : !pressed ? 'waits' : keepsUp ? 'returns' : 'yields';
        return [{ is, volume, path, behindMs: lagMs, yielding, of }];
      }),
    any: () => [...volumes.values()].some((v) => isPressed(v.state)),
  };
}

/** The same in words, for logs and other programs. */
export function slowWords({ is, path, behindMs, yielding, of }: SlowDisk): string {
  const behind = `${path} is ${(behindMs / 1000).toFixed(1)} s behind`;
  const subs = `${String(yielding)} of ${String(of)} sub streams are not recorded`;
  switch (is) {
    case 'waits':
      return `${behind}: pictures wait in memory, all are going to be recorded.`;
    case 'yields':
      return `${behind}; ${subs}. Main streams are recorded whole.`;
    case 'returns':
      return `${path} keeps up again; ${subs} yet, they come back a few at a time. Main streams are recorded whole.`;
    case 'loses':
      return `${behind}; ${subs}. Main streams lose pictures.`;
  }
}
