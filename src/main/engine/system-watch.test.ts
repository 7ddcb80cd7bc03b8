/** Looks at the volume that outlast the station; what is told of disks and cameras is tried in `tests/integration`. */
import { expect, it } from 'vitest';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createSystemWatch } from './system-watch.ts';

type Deps = Parameters<typeof createSystemWatch>[0];

it.each([
  ['fails', new Error('gone')],
  ['answers', { freeBytes: 1, totalBytes: 2, writable: false, mark: 'another' }],
])('says nothing of a look that %s after the station ended', async (_, answer) => {
  const told: string[] = [];
  const asked = Promise.withResolvers<never>();
  const watch = createSystemWatch({
    ...{ clock: systemClock, log: quietLog, cameras: () => [], statuses: { get: () => null } },
    store: { openEvents: () => [] },
    files: { root: '/video', space: () => asked.promise },
    events: { note: () => void told.push('event'), finish: () => void told.push('end') },
    journal: { trouble: () => null },
    seen: () => void told.push('seen'),
    mark: () => 'this one',
    silenced: () => false,
  } as unknown as Deps);
  const looked = watch.start();
  watch.stop();
  if (answer instanceof Error) asked.reject(answer);
  else asked.resolve(answer as never);
  await looked;
  expect(told).toEqual([]);
  expect(watch.diskState()).toBe('ok');
});
