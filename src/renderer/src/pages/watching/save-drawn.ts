/** Tells the station what was drawn. */
import type { CameraId } from '#domain/id.ts';
import {
  addLine,
  addZone,
  changeLine,
  changeZone,
  readWatching,
  removeLine,
  removeZone,
} from '../../stores/watching.ts';
import { changesOf, knownOf, type Change, type Items, type Known, type KnownId } from './items.ts';

async function tellOne(id: CameraId, change: Change): Promise<KnownId | null> {
  switch (change.do) {
    case 'remove':
      if (change.known.is === 'zone') await removeZone(id, change.known.id);
      else await removeLine(id, change.known.id);
      return null;
    case 'add': {
      const { item } = change;
      if (item.is === 'zone') {
        const zone = await addZone(id, item.draft);
        return { is: 'zone', id: zone.id, version: zone.version };
      }
      const line = await addLine(id, item.draft);
      return { is: 'line', id: line.id, version: line.version };
    }
    case 'change': {
      const { item, known } = change;
      if (item.is === 'zone' && known.is === 'zone') await changeZone(id, known.id, known.version, item.draft);
      if (item.is === 'line' && known.is === 'line') await changeLine(id, known.id, known.version, item.draft);
      return known;
    }
  }
}

/**
 * Changes what the station has into `now`, one after the other, and reads what it has then. Where it refuses one, those
 * before it hold, and `error` says why; what was not told yet is still to be saved.
 */
export async function saveDrawn(id: CameraId, known: Known, now: Items): Promise<{ known: Known; error: unknown }> {
  const ids = new Map(known.ids);
  let error: unknown = null;
  for (const change of changesOf(known, now)) {
    try {
      const told = await tellOne(id, change);
      if (change.do === 'add' && told) ids.set(change.item.key, told);
    } catch (refusal) {
      error = refusal;
      break;
    }
  }
  const { zones, lines } = await readWatching(id);
  return { known: knownOf(zones, lines, { items: known.items, ids }), error };
}
