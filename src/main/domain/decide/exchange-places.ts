/** Volumes that were mounted in each other's places: each is known by its id, so it is followed to where it is. Pure. */

export type PlacedMark = {
  volume: number;
  path: string;
  /** The id that it is known by. */
  mark: string;
  /** The id that was last seen at `path`; null: none is there. */
  found: string | null;
};

/**
 * The paths of volumes that are not where they were and are seen in the place of another one of them; that one takes the place that
 * is left, where it may be itself. Empty: nothing is to be changed. A volume that is in its place stays there.
 */
export function exchangedPlaces(volumes: readonly PlacedMark[]): Map<number, string> {
  const found = new Map(volumes.map((v) => [v.path, v.found]));
  const at = new Map(volumes.map((v) => [v.volume, v.path]));
  const isHere = (v: PlacedMark): boolean => found.get(at.get(v.volume) ?? '') === v.mark;
  for (const lost of volumes) {
    if (isHere(lost)) continue;
    const other = volumes.find((v) => v !== lost && !isHere(v) && found.get(at.get(v.volume) ?? '') === lost.mark);
    if (other === undefined) continue;
    const [from, to] = [at.get(lost.volume) ?? '', at.get(other.volume) ?? ''];
    at.set(lost.volume, to);
    at.set(other.volume, from);
  }
  return new Map(volumes.flatMap((v) => (at.get(v.volume) === v.path ? [] : [[v.volume, at.get(v.volume) ?? v.path]])));
}
