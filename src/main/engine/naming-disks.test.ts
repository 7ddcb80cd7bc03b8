import { expect, it } from 'vitest';
import type { EventRoom } from './events.ts';
import { namingDisks } from './naming-disks.ts';
import type { NewEvent } from './rooms.ts';

it('names the disk of an event, where it has a name and the event does not say it', () => {
  const noted: NewEvent['data'][] = [];
  const inner = {
    note(event: NewEvent) {
      noted.push(event.data);
      return null;
    },
  } as EventRoom;
  const events = namingDisks(inner, (volume) => (volume === 2 ? 'Attic' : ''));
  for (const data of [{ volume: 2, path: '/a' }, { volume: 1, path: '/b' }, { volume: 2, disk: 'as it was' }, {}])
    events.note({ kind: 'disk-full', severity: 'alarm', data });
  events.note({ kind: 'motion', severity: 'info' });
  expect(noted).toEqual([
    { volume: 2, path: '/a', disk: 'Attic' },
    { volume: 1, path: '/b' },
    { volume: 2, disk: 'as it was' },
    {},
    undefined,
  ]);
});
