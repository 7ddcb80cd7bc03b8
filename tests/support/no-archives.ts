/** What rooms need of archives where a test has none. */
import { createArchiveDoor } from '../../src/main/adapters/archive/index.ts';

export const noArchives = {
  archives: {
    door: createArchiveDoor(),
    cache: {
      hold: () => Promise.resolve(null),
      parts: () => Promise.resolve('whole' as const),
      forget: () => Promise.resolve(),
      bytes: () => 0,
      limit: () => undefined,
    },
  },
  secrets: { seal: () => new Uint8Array(), open: () => '' },
  zone: () => 'UTC',
  noteStation: () => Promise.resolve(),
  flush: () => undefined,
};
