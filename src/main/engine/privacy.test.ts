import { expect, it } from 'vitest';
import type { CameraId } from '#domain/id.ts';
import { quietLog } from '#lib/log.ts';
import type { Log } from '#lib/log.ts';
import { createPrivacy } from './privacy.ts';

const id = '01JZZZZZZZZZZZZZZZZZZZZZZZ' as CameraId;
const window = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 0, y: 1 },
];

function open(kept: string | null) {
  const rows = new Map<string, string>(kept === null ? [] : [['privacy', kept]]);
  const errors: string[] = [];
  const log: Log = { ...quietLog, error: (message) => errors.push(message) };
  const setting = {
    get: (key: string) => rows.get(key) ?? null,
    set: (key: string, text: string) => rows.set(key, text),
  };
  const again = () => createPrivacy({ log, setting, zones: () => [window] });
  return { privacy: again(), errors, again };
}
const whole = (privacy: ReturnType<typeof createPrivacy>): string[] =>
  (['viewer', 'operator', 'administrator'] as const).filter((role) => privacy.black(id, role).length === 0);

it('gives operators and administrators whole pictures as long as nobody chose', () => {
  const { privacy, errors } = open(null);
  expect(whole(privacy)).toEqual(['operator', 'administrator']);
  expect(privacy.settings()).toEqual({ wholeFor: 'operator', unreadable: false });
  expect(errors).toEqual([]);
});

it.each(['', 'x', '{', '{}', '[]', 'null', '{"wholeFor":"owner"}', '{"wholefor":"viewer"}', '"viewer"'])(
  'gives administrators alone whole pictures where what was chosen is lost (%s), and says so, until it is chosen anew',
  (kept) => {
    const { privacy, errors, again } = open(kept);
    expect(whole(privacy)).toEqual(['administrator']);
    expect(privacy.settings()).toEqual({ wholeFor: 'administrator', unreadable: true });
    expect(errors).toEqual([expect.stringMatching(/administrators alone, until it is chosen anew/)]);
    expect(whole(again())).toEqual(['administrator']);
    const chosen = { wholeFor: 'viewer', unreadable: false };
    expect(privacy.set({ wholeFor: 'viewer' }, 'ada')).toEqual(chosen);
    expect(whole(privacy)).toEqual(['viewer', 'operator', 'administrator']);
    expect(again().settings()).toEqual(chosen);
  },
);
