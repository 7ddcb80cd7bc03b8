/** How long the disks last, from what was really recorded; what guaranteed footage will have to go is told (guarantees.ts). */
import type { CameraId, StreamId } from '#domain/id.ts';
import {
  forecastStorage,
  sumForecast,
  type ForecastShelf,
  type ForecastTier,
  type StorageForecast as Foreseen,
} from '#domain/decide/forecast-storage.ts';
import { recordedRate, type RecordedHour } from '#domain/decide/recorded-rate.ts';
import { spaceNeed } from '#domain/decide/space-need.ts';
import { tierAfterMs, type TierRule } from '#domain/archive.ts';
import { mayRecord } from '#domain/recording-plan.ts';
import type { StreamKind } from '#domain/stream.ts';
import { dayMs, hourMs } from '#domain/time.ts';
import type { StorageForecast } from '#contract/storage.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { Guarantees } from './guarantees.ts';
import type { HoldRoom } from './holds.ts';
import { lanesOf } from './ingest.ts';
import type { CameraRecord, ReadStore, StreamRecord, WriteStore } from './index-port.ts';
import type { Queries } from './query-port.ts';
import type { DiskSeen } from './retention.ts';
import type { RetentionRules } from './retention-rules.ts';
import type { StreamStatuses } from './stream-statuses.ts';

/** What is looked at, and how often it is read anew: one small question per stream, one after the other. */
const windowMs = 14 * dayMs;
const readEveryMs = 15 * 60_000;
/** What a card gave later lies further back: now and then all is read again. */
const wholeEveryMs = dayMs;
const freshMs = 60_000;
const firstLookMs = 45_000;
const lookEveryMs = 5 * 60_000;
/** With less than this known, the live bit rate says more. */
const littleMs = hourMs;

type Known = { hours: Map<number, RecordedHour>; firstMs: number | null; readMs: number; wholeMs: number };
type Basis = StorageForecast['streams'][number]['basis'];
type Rate = { basis: Basis; knownMs: number; bytesPerDay: number };

export type ForecastRoom = {
  /** Throws what the index throws. */
  forecast(): Promise<StorageForecast>;
  start(): void;
  stop(): void;
};

export function createForecasts(deps: {
  clock: Clock;
  log: Log;
  store: Pick<ReadStore, 'streams' | 'segmentsFrom'> & Pick<WriteStore, 'retention'>;
  queries: Pick<Queries, 'recordedHours'>;
  cameras: () => readonly CameraRecord[];
  statuses: Pick<StreamStatuses, 'get'>;
  rules: Pick<RetentionRules, 'rule' | 'version'>;
  /** Where footage goes when it is old; null: it stays on the disks. */
  tiers: { rule(cameraId: CameraId, kind: StreamKind): TierRule | null; version(): string };
  holds: Pick<HoldRoom, 'spans' | 'version'>;
  disks: () => DiskSeen[];
  /** Where a stream is recorded. */
  volumeOf: (id: StreamId) => number;
  guarantees: Pick<Guarantees, 'foresee'>;
}): ForecastRoom {
  const { clock, log, store } = deps;
  const known = new Map<StreamId, Known>();
  let made: { of: StorageForecast; monoMs: number; version: string } | null = null;
  let making: Promise<StorageForecast> | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let stopped = false;

  const read = async (streamId: StreamId, nowMs: number): Promise<Known> => {
    const was = known.get(streamId);
    const monoMs = clock.monoMs();
    if (was !== undefined && monoMs - was.readMs < readEveryMs) return was;
    const whole = was === undefined || monoMs - was.wholeMs > wholeEveryMs;
    const newest = whole ? 0 : Math.max(0, ...was.hours.keys());
    // From the last hour that was known on: it had not ended.
    const fromMs = Math.max(newest, nowMs - windowMs);
    const { firstMs, hours } = await deps.queries.recordedHours({ streamId, fromMs, toMs: nowMs });
    const kept = whole ? [] : [...was.hours].filter(([at]) => at >= nowMs - windowMs && at < fromMs);
    const now: Known = {
      hours: new Map([...kept, ...hours.map((h) => [h.hourMs, h] as const)]),
      firstMs,
      readMs: monoMs,
      wholeMs: whole ? monoMs : was.wholeMs,
    };
    known.set(streamId, now);
    return now;
  };

  const rateOf = async (camera: CameraRecord, stream: StreamRecord, nowMs: number): Promise<Rate> => {
    const plan = (stream.kind === 'main' ? camera.main : camera.sub)?.plan;
    if (!camera.enabled || plan === undefined || !mayRecord(plan)) return { basis: 'off', knownMs: 0, bytesPerDay: 0 };
    const { hours, firstMs } = await read(stream.id, nowMs);
    const always = plan.when.by === 'mode' && plan.when.mode === 'continuous';
    // Where older footage was deleted, what had no footage before the oldest that is left is not known.
    const since = store.retention.deletedUntil(stream.id) === null ? camera.createdMs : (firstMs ?? nowMs);
    const fromMs = Math.max(nowMs - windowMs, Math.min(since, firstMs ?? nowMs));
    const rate = recordedRate({ hours: [...hours.values()], fromMs, nowMs, always });
    const { bitsPerSecond } = deps.statuses.get(stream.id, stream.kind);
    if (rate.knownMs < littleMs && bitsPerSecond > 0)
      return { basis: 'live', knownMs: rate.knownMs, bytesPerDay: (bitsPerSecond / 8) * (dayMs / 1000) };
    return { basis: rate.knownMs > 0 ? 'recorded' : 'unknown', ...rate };
  };

  /** Bytes of a stream that a hold keeps, as if they were spread evenly. */
  const heldOf = (cameraId: CameraId, bytes: number, oldestMs: number, nowMs: number): number => {
    const ms = deps.holds
      .spans(cameraId)
      .reduce((n, [from, to]) => n + Math.max(0, Math.min(to, nowMs) - Math.max(from, oldestMs)), 0);
    return bytes * Math.min(1, ms / Math.max(1, nowMs - oldestMs));
  };

  const make = async (): Promise<StorageForecast> => {
    const nowMs = clock.nowMs();
    const cameras = new Map(deps.cameras().flatMap((c) => lanesOf(c).map(({ id }) => [id, c] as const)));
    const stored = Map.groupBy(store.retention.stored(), (s) => s.streamId);
    const disks = deps.disks();
    const here = new Set(disks.map((d) => d.volume));
    const held = new Map<number, number>();
    const shelves: ForecastShelf[] = [];
    const rows: Omit<StorageForecast['streams'][number], 'holdsMs' | 'diskMs' | 'limit' | 'shortAtMs'>[] = [];
    const streams = new Map(store.streams().map((s) => [s.id, s]));
    const rowIds: StreamId[] = [];

    for (const stream of streams.values()) {
      if (stopped) break;
      const camera = cameras.get(stream.id);
      const rate: Rate =
        camera === undefined ? { basis: 'off', knownMs: 0, bytesPerDay: 0 } : await rateOf(camera, stream, nowMs);
      const mine = (stored.get(stream.id) ?? []).filter((s) => s.bytes > 0);
      const bytes = mine.reduce((n, s) => n + s.bytes, 0);
      if (bytes === 0 && rate.basis === 'off') continue;
      const writesTo = camera === undefined ? (mine[0]?.volume ?? 1) : deps.volumeOf(stream.id);
      const oldestMs = store.segmentsFrom(stream.id, 0, Number.MAX_SAFE_INTEGER, 1)[0]?.startMs ?? null;
      const rule = deps.rules.rule(stream.cameraId, stream.kind);
      const tier = tierOf(deps.tiers.rule(stream.cameraId, stream.kind));
      for (const volume of new Set([writesTo, ...mine.map((s) => s.volume)])) {
        if (!here.has(volume)) continue;
        const has = mine.find((s) => s.volume === volume)?.bytes ?? 0;
        // Of what moves on, the oldest is at the archive.
        const movedMs = tier?.moves === true ? nowMs - tier.afterMs : 0;
        const from = Math.min(Math.max(oldestMs ?? nowMs, movedMs), nowMs);
        const keeps = heldOf(stream.cameraId, has, from, nowMs);
        held.set(volume, (held.get(volume) ?? 0) + keeps);
        shelves.push({
          streamId: stream.id,
          volume,
          rule,
          bytesPerDay: volume === writesTo ? rate.bytesPerDay : 0,
          bytes: has - keeps,
          oldestMs: from,
          tier,
        });
      }
      const status = deps.statuses.get(stream.id, stream.kind);
      rowIds.push(stream.id);
      rows.push({
        cameraId: stream.cameraId,
        name: stream.camera,
        removed: stream.removed,
        stream: stream.kind,
        volume: writesTo,
        basis: rate.basis,
        knownMs: Math.round(rate.knownMs),
        bytesPerDay: Math.round(rate.bytesPerDay),
        bitsPerSecond: status.recording ? Math.round(status.bitsPerSecond) : 0,
        bytes,
        keptMs: oldestMs === null ? null : Math.max(0, nowMs - oldestMs),
        minMs: rule.minMs,
      });
    }

    const seen = disks.map((disk) => {
      const need = spaceNeed({ ...disk, ...disk.seen });
      const stock = shelves.reduce((n, s) => n + (s.volume === disk.volume ? s.bytes : 0), 0);
      return { disk, need, stock, system: disk.device || `volume ${String(disk.volume)}` };
    });
    // Volumes of one file system have its room once, and keep free what the one keeps that keeps most.
    const bySystem = new Map(
      [...Map.groupBy(seen, (s) => s.system)].map(([system, of]) => {
        const free = Math.min(...of.map((s) => s.disk.seen.freeBytes));
        const targetBytes = Math.max(...of.map((s) => s.need.targetBytes));
        const stock = of.reduce((n, s) => n + s.stock, 0);
        const roomBytes = Math.max(0, free + stock - targetBytes);
        const halfReserve = Math.max(...of.map((s) => s.need.reserveBytes)) / 2;
        const sum = {
          totalBytes: Math.max(...of.map((s) => s.disk.seen.totalBytes)),
          ...{
            freeBytes: free,
            targetBytes,
            roomBytes,
            lastRoomBytes: Math.max(roomBytes, free + stock - halfReserve),
          },
        };
        return [system, sum] as const;
      }),
    );
    const systems = [...bySystem.values()];
    const input = {
      nowMs,
      shelves,
      volumes: seen.flatMap(({ disk: { volume }, system }) => {
        const of = bySystem.get(system);
        return of === undefined ? [] : [{ volume, system, roomBytes: of.roomBytes, lastRoomBytes: of.lastRoomBytes }];
      }),
    };
    const foreseen = forecastStorage(input);
    const inAll = (of: 'roomBytes' | 'lastRoomBytes'): number => systems.reduce((n, s) => n + s[of], 0);
    const all = sumForecast(input, { roomBytes: inAll('roomBytes'), lastRoomBytes: inAll('lastRoomBytes') }, foreseen);
    const shortOf = (id: StreamId | null): StorageForecast['volumes'][number]['short'] => {
      const stream = id === null ? undefined : streams.get(id);
      if (stream === undefined) return null;
      const { cameraId, camera: name, kind } = stream;
      return { cameraId, name, stream: kind, minMs: deps.rules.rule(cameraId, kind).minMs };
    };
    const sum = <T>(list: readonly T[], of: (one: T) => number): number =>
      Math.round(list.reduce((n, one) => n + of(one), 0));
    const first = shortOf(all.short?.streamId ?? null);
    return {
      atMs: nowMs,
      all: {
        totalBytes: sum(systems, (s) => s.totalBytes),
        freeBytes: sum(systems, (s) => s.freeBytes),
        targetBytes: sum(systems, (s) => s.targetBytes),
        heldBytes: sum(seen, (s) => held.get(s.disk.volume) ?? 0),
        storedBytes: sum(
          [...stored.values()].flat().filter((s) => here.has(s.volume)),
          (s) => s.bytes,
        ),
        bytesPerDay: Math.round(all.bytesPerDay),
        bitsPerSecond: sum(rows, (row) => row.bitsPerSecond),
        leastMs: all.leastMs === null ? null : Math.round(all.leastMs),
        mostMs: all.mostMs === null ? null : Math.round(all.mostMs),
        fullAtMs: all.fullAtMs === null ? null : whenOf(all.fullAtMs),
        shortAtMs: all.short === null ? null : whenOf(all.short.atMs),
        short: all.short === null || first === null ? null : { ...first, volume: all.short.volume },
        fits: all.fits,
      },
      streams: rows.map((row, i) => ({ ...row, ...outlookOf(foreseen, rowIds[i], row.volume) })),
      volumes: seen.flatMap(({ disk, need }) => {
        const of = foreseen.volumes.find((v) => v.volume === disk.volume);
        if (of === undefined) return [];
        return [
          {
            volume: disk.volume,
            path: disk.path,
            ...disk.seen,
            targetBytes: Math.round(need.targetBytes),
            heldBytes: Math.round(held.get(disk.volume) ?? 0),
            bytesPerDay: Math.round(of.bytesPerDay),
            fullAtMs: of.fullAtMs === null ? null : whenOf(of.fullAtMs),
            shortAtMs: of.shortAtMs === null ? null : whenOf(of.shortAtMs),
            short: shortOf(of.shortStreamId),
          },
        ];
      }),
    };
  };

  const tell = (of: StorageForecast): void => {
    deps.guarantees.foresee(
      of.volumes.map(({ volume, path, shortAtMs, short, heldBytes }) => {
        const lost = (s: StorageForecast['streams'][number]): number => s.minMs - (s.holdsMs ?? s.minMs);
        const losing = of.streams
          .filter((s) => s.volume === volume && s.shortAtMs !== null)
          .toSorted((a, b) => lost(b) - lost(a))
          .map((s) => ({ cameraId: s.cameraId, name: s.name, stream: s.stream, minMs: s.minMs, keptMs: s.holdsMs }));
        // All minima fit, but not with what there is more of than usual now.
        const first = short === null || losing.length > 0 ? [] : [{ ...short, keptMs: null }];
        return { volume, path, shortAtMs: short === null ? null : shortAtMs, short: [...losing, ...first], heldBytes };
      }),
    );
  };

  const version = (): string =>
    `${deps.rules.version()} ${deps.holds.version()} ${deps.cameras().length} ${deps.tiers.version()}`;
  const forecast = (): Promise<StorageForecast> => {
    const fresh = made !== null && clock.monoMs() - made.monoMs < freshMs && made.version === version();
    if (made !== null && fresh) return Promise.resolve(made.of);
    const of = version();
    making ??= make()
      .then((forecasted) => {
        made = { of: forecasted, monoMs: clock.monoMs(), version: of };
        if (!stopped) tell(forecasted);
        return forecasted;
      })
      .finally(() => {
        making = null;
      });
    return making;
  };

  const look = (afterMs: number): void => {
    timer = setTimeout(() => {
      forecast()
        .catch((error: unknown) => {
          log.warn('how long the disks last could not be worked out', { error: String(error) });
        })
        .finally(() => {
          if (!stopped) look(lookEveryMs);
        });
    }, afterMs);
  };

  return {
    forecast,
    start() {
      look(firstLookMs);
    },
    stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}

/** The year 2300 is never. */
const latestMs = 10_413_792_000_000;
const whenOf = (ms: number): number | null => (ms > latestMs ? null : Math.round(ms));

function outlookOf(
  foreseen: Foreseen,
  streamId: StreamId | undefined,
  volume: number,
): Pick<StorageForecast['streams'][number], 'holdsMs' | 'diskMs' | 'limit' | 'shortAtMs'> {
  const of = foreseen.streams.find((s) => s.streamId === streamId && s.volume === volume);
  if (of === undefined) return { holdsMs: null, diskMs: null, limit: 'nothing', shortAtMs: null };
  return {
    holdsMs: of.holdsMs === null ? null : Math.round(of.holdsMs),
    diskMs: of.diskMs === null ? null : Math.round(of.diskMs),
    limit: of.limit,
    shortAtMs: of.shortAtMs === null ? null : whenOf(of.shortAtMs),
  };
}

const tierOf = (rule: TierRule | null): ForecastTier | null =>
  rule && {
    afterMs: tierAfterMs(rule),
    keepMs: rule.keepDays === null ? null : Math.round(rule.keepDays * dayMs),
    moves: rule.mode === 'move',
  };
