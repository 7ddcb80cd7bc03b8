/** On which volume each stream is recorded: chosen when it begins, and anew when what volumes are good for changes. */
import { placeStreams } from '#domain/decide/place-streams.ts';
import type { Fitness, VolumeCondition } from '#domain/decide/volume-state.ts';
import type { StreamId } from '#domain/id.ts';
import { ownVolume } from '#domain/volume.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { RecordMove } from '#workers/ingest/port.ts';
import type { EventRoom } from './events.ts';

/** A volume as far as streams are placed by it. */
export type PlaceVolume = {
  volume: number;
  weight: number;
  fitness: Fitness;
  /** What people call it. */
  called: string;
  state: VolumeCondition['state'];
};

export type StreamPlaces = {
  /** The own volume where a stream has none. */
  of(streamId: StreamId): number;
  /** Where it goes on, or begins; it is remembered until `release`. */
  choose(streamId: StreamId): number;
  release(streamId: StreamId): void;
  all(): Map<StreamId, number>;
  /** Places all streams anew if what volumes are good for, or what is barred, has changed. */
  again(): void;
};

export function createStreamPlaces(deps: {
  clock: Clock;
  log: Log;
  events: Pick<EventRoom, 'note'>;
  volumes: () => PlaceVolume[];
  /** What a stream writes, as a share: any unit. */
  loadOf: (streamId: StreamId) => number;
  /** Volumes that a stream is not to be placed on. */
  barred: (streamId: StreamId) => ReadonlySet<number> | undefined;
  /** These go on elsewhere. */
  moved: (streamIds: StreamId[], move: (streamId: StreamId) => RecordMove) => void;
}): StreamPlaces {
  const { clock, log, events } = deps;
  const places = new Map<StreamId, number>();
  /** Fitness, weights and what was barred when streams were placed last. */
  let placedBy = '';

  const streamsOf = (ids: Iterable<StreamId>) =>
    [...ids].map((id) => ({
      ...{ id, load: deps.loadOf(id), volume: places.get(id) ?? null },
      barred: deps.barred(id),
    }));
  const worth = (all: PlaceVolume[]) => all.map(({ volume, weight, fitness }) => ({ volume, weight, fitness }));

  return {
    of: (id) => places.get(id) ?? ownVolume,
    choose(id) {
      const volumes = deps.volumes();
      const known = places.get(id);
      if (known !== undefined && volumes.some((v) => v.volume === known)) return known;
      const streams = [...streamsOf(places.keys()), ...streamsOf([id])];
      const volume = placeStreams(streams, worth(volumes)).get(id) ?? ownVolume;
      places.set(id, volume);
      return volume;
    },
    release: (id) => void places.delete(id),
    all: () => new Map(places),
    again() {
      const volumes = deps.volumes();
      const streams = streamsOf(places.keys());
      const bars = streams.flatMap(({ id, barred }) => (barred === undefined ? [] : [[id, ...barred]]));
      const by = JSON.stringify([worth(volumes), bars]);
      if (by === placedBy) return;
      placedBy = by;
      const before = new Map(places);
      const moved: StreamId[] = [];
      for (const [id, volume] of placeStreams(streams, worth(volumes))) {
        if (volume === null || volume === before.get(id)) continue;
        places.set(id, volume);
        moved.push(id);
      }
      if (moved.length === 0) return;
      const from = (id: StreamId): number => before.get(id) ?? ownVolume;
      const at = (volume: number): PlaceVolume | undefined => volumes.find((v) => v.volume === volume);
      for (const ids of Map.groupBy(moved, (id) => `${from(id)} ${places.get(id) ?? ownVolume}`).values()) {
        const [id] = ids;
        if (id === undefined) continue;
        const [was, now] = [at(from(id)), at(places.get(id) ?? ownVolume)];
        if (was === undefined || now === undefined) continue;
        const of = { from: was.called, fromVolume: was.volume, to: now.called, toVolume: now.volume };
        const data = { ...of, streams: ids.length, state: was.state };
        // From one that is well: streams are spread anew, as somebody asked for.
        log[was.state === 'ok' ? 'info' : 'warn']('recording goes on on another volume', data);
        events.note({ kind: 'recording-moved', severity: 'info', fromMs: clock.nowMs(), toMs: clock.nowMs(), data });
      }
      // A disk that does not answer is not waited for; one that is gone, or refuses, is left as soon as a picture can begin elsewhere.
      const moves = new Map(
        moved.map((id) => {
          const state = at(from(id))?.state;
          return [id, state === 'silent' ? 'now' : state === 'ok' || state === 'slow' ? 'turn' : 'key'] as const;
        }),
      );
      deps.moved(moved, (id) => moves.get(id) ?? 'turn');
    },
  };
}
