/** What was drawn and not saved, over a reload of the page: in this window alone. */
import { z } from 'zod';
import type { CameraId } from '#domain/id.ts';
import { Point } from '#domain/place.ts';
import { LineDraft, mostLines, mostZones, ZoneDraft } from '#domain/watch-zone.ts';
import { changesOf, type Items, type Known } from './items.ts';

// Edges that cross are no reason to lose the rest.
const Loose = z.discriminatedUnion('is', [
  z.object({
    key: z.string(),
    is: z.literal('zone'),
    draft: ZoneDraft.extend({ points: z.array(Point).min(3).max(32) }),
  }),
  z.object({ key: z.string(), is: z.literal('line'), draft: LineDraft }),
]);
const Kept = z.object({
  /** Of what the station had: where that has changed since, what was drawn over it is not taken up again. */
  versions: z.string(),
  items: z.array(Loose).max(mostZones + mostLines),
});

const place = (id: CameraId): string => `vigie.drawn.${id}`;
const versionsOf = (known: Known): string => [...known.ids.values()].map((k) => `${k.id} ${String(k.version)}`).join();

export function keepDraft(id: CameraId, known: Known, items: Items): void {
  try {
    if (changesOf(known, items).length === 0) sessionStorage.removeItem(place(id));
    else {
      // After a reload what the station knows goes by its own id.
      const named = items.map((i) => ({ ...i, key: known.ids.get(i.key)?.id ?? i.key }));
      sessionStorage.setItem(place(id), JSON.stringify({ versions: versionsOf(known), items: named }));
    }
  } catch {
    // No room, or forbidden: a reload then loses what was not saved.
  }
}

/** null: there is nothing that could be taken up again. */
export function keptDraft(id: CameraId, known: Known): Items | null {
  try {
    const text = sessionStorage.getItem(place(id));
    const kept = text === null ? null : Kept.safeParse(JSON.parse(text)).data;
    return kept && kept.versions === versionsOf(known) ? kept.items : null;
  } catch {
    return null;
  }
}
