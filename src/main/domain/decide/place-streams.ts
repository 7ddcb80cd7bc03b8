/** Which stream is recorded on which volume: by weight, and so that as few move as can be. Pure. */
import type { Fitness } from './volume-state.ts';

export type PlacedVolume = { volume: number; weight: number; fitness: Fitness };
/**
 * `load`: what it writes, in whatever unit. `volume`: where it is now; null: nowhere yet. `barred`: volumes that do not take it, whatever they
 * take of others; absent: none.
 */
export type PlacedStream<Id> = {
  id: Id;
  load: number;
  volume: number | null;
  barred?: ReadonlySet<number> | undefined;
};

const least = 1e-9;

/** Those that take new footage now: the best there are; of these the ones of weight 0 only where there are no others. */
function taking(volumes: readonly PlacedVolume[]): PlacedVolume[] {
  for (const fitness of ['good', 'pinch'] as const) {
    const fit = volumes.filter((v) => v.fitness === fitness);
    const weighty = fit.filter((v) => v.weight > 0);
    if (weighty.length > 0) return weighty;
    if (fit.length > 0) return fit.map((v) => ({ ...v, weight: 1 }));
  }
  return [];
}

/**
 * Where each stream goes. A stream whose volume takes footage stays there, unless moving it makes the most loaded volume less
 * loaded by its weight. One that its volume does not take goes to the best that does. Where no volume takes anything every stream stays where it is (null: nowhere). Called again with its own
 * result it moves nothing.
 */
export function placeStreams<Id>(
  streams: readonly PlacedStream<Id>[],
  volumes: readonly PlacedVolume[],
): Map<Id, number | null> {
  const open = taking(volumes).toSorted((a, b) => a.volume - b.volume);
  const out = new Map<Id, number | null>(streams.map((s) => [s.id, s.volume]));
  if (open.length === 0) return out;
  const load = new Map(open.map((v) => [v.volume, 0]));
  const on = new Map(open.map((v) => [v.volume, new Set<PlacedStream<Id>>()]));
  const weightOf = new Map(open.map((v) => [v.volume, v.weight]));
  const size = (s: PlacedStream<Id>): number => Math.max(s.load, least);
  /** How full a volume would be with `more`, by its weight. */
  const level = (volume: number, more = 0): number => ((load.get(volume) ?? 0) + more) / (weightOf.get(volume) ?? 1);
  const put = (s: PlacedStream<Id>, volume: number): void => {
    out.set(s.id, volume);
    load.set(volume, (load.get(volume) ?? 0) + size(s));
    on.get(volume)?.add(s);
  };

  const takes = ({ volume }: PlacedVolume, s: PlacedStream<Id>): boolean => s.barred?.has(volume) !== true;
  /** Those that take it: the best there are of all that it is not barred from; where it is from all, as if it were from none. */
  const openFor = (s: PlacedStream<Id>): PlacedVolume[] => {
    const others = taking(volumes.filter((v) => takes(v, s)));
    return others.length > 0 ? others : open;
  };
  const homeless: { stream: PlacedStream<Id>; open: PlacedVolume[] }[] = [];
  for (const s of streams) {
    const mine = s.barred === undefined ? open : openFor(s);
    if (s.volume !== null && mine.some((v) => v.volume === s.volume)) put(s, s.volume);
    else homeless.push({ stream: s, open: mine });
  }
  // The large ones first: the small ones even out what is left.
  for (const { stream: s, open: mine } of homeless.toSorted((a, b) => size(b.stream) - size(a.stream))) {
    const [best] = mine.toSorted((a, b) => level(a.volume, size(s)) - level(b.volume, size(s)));
    if (best !== undefined) put(s, best.volume);
  }
  for (;;) {
    const top = open.reduce((most, v) => (level(v.volume) > level(most.volume) ? v : most));
    const height = level(top.volume);
    // The one that evens out most, to whichever other volume: the emptiest by its weight may be too small for any. A tenth must be
    // between the two afterwards still, or it is not worth a move.
    let best: { stream: PlacedStream<Id>; to: number; height: number } | null = null;
    for (const stream of on.get(top.volume) ?? []) {
      const left = level(top.volume, -size(stream));
      for (const { volume } of open) {
        if (stream.barred?.has(volume) === true) continue;
        const there = level(volume, size(stream));
        if (volume === top.volume || there >= height * 0.9) continue;
        const after = Math.max(left, there);
        if (best === null || after < best.height) best = { stream, to: volume, height: after };
      }
    }
    if (best === null) return out;
    on.get(top.volume)?.delete(best.stream);
    load.set(top.volume, (load.get(top.volume) ?? 0) - size(best.stream));
    put(best.stream, best.to);
  }
}
