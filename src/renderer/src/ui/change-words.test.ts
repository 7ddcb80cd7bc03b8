import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeData } from '#domain/change.ts';
import { Event } from '#domain/event.ts';
import { stationSaid } from '#domain/said-retention.ts';
import { scheduleSaid } from '#domain/said-recording.ts';
import { ScheduleId } from '#domain/recording-plan.ts';
import { untouched } from '#domain/retention.ts';
import { setLanguage, startText } from '../text/index.ts';
import { changeHead, changeLines, isChangeKind } from './change-words.ts';
import { eventDetail } from './event-words.ts';

beforeAll(async () => {
  Object.assign(globalThis, { document: { documentElement: { lang: '' } } });
  await startText('en');
});

beforeEach(() => setLanguage('en'));

const event = (kind: Event['kind'], data: Event['data']): Event =>
  Event.parse({
    ...{ id: '01ARZ3NDEKTSV4RRFFQ69G5FAC', origin: '01ARZ3NDEKTSV4RRFFQ69G5FAD', seq: 1, kind, severity: 'info' },
    ...{ cameraId: null, fromMs: 1, toMs: 1, data },
  });

const was = { ...untouched, main: { ...untouched.main, maxDays: 30, maxBytes: 5e11 } };
const kinds = untouched.events.kinds.filter((k) => k !== 'tamper');
const is = {
  ...was,
  ...{ main: { ...untouched.main, maxDays: 14 }, legalDays: 60, events: { ...untouched.events, kinds } },
};
const rules = event('retention-changed', { by: 'ana', ...changeData(stationSaid(was), stationSaid(is)) });

describe('what a person changed, in words', () => {
  it('says who, and each figure as it was and as it is', () => {
    expect(changeHead(rules)).toBe('by ana');
    expect(changeLines(rules)).toEqual([
      'Main stream, kept at most: 30 days → 14 days',
      'Main stream, size at most: 500 GB → as long as there is room',
      'Legal maximum: – → 60 days',
      'Events that count: no longer Camera reports tampering',
    ]);
    expect(eventDetail(rules)).toBe(['by ana', ...changeLines(rules)].join(' · '));
    expect(eventDetail(rules, false)).toBe('by ana');
  });

  it('tells certificates as people compare them', () => {
    const [old, fresh] = ['ab'.repeat(32), '01'.repeat(32)];
    const accepted = event('camera-changed', {
      ...{ camera: 'Gate', by: 'ana' },
      ...changeData({ certificate: old }, { certificate: fresh }),
    });
    const groups = (four: string): string => Array<string>(16).fill(four).join(' ');
    expect(changeLines(accepted)).toEqual([`Certificate (SHA-256): ${groups('ABAB')} → ${groups('0101')}`]);
  });

  it('says it in each language', async () => {
    await setLanguage('fr');
    expect(changeLines(rules)[0]).toMatch(/^Flux principal, gardé au plus\u00a0: 30\sjours → 14\sjours$/);
    const kinds = event('camera-changed', changeData({ kinds: 'motion tamper' }, { kinds: 'motion plate' }));
    expect(changeLines(kinds)[0]).toMatch(/^[^;]+\u00a0: [^;]+\u202f; [^;]+$/);
    await setLanguage('pt');
    expect(changeLines(rules)[0]).toMatch(/^Fluxo principal, guardado no máximo: 30\sdias → 14\sdias$/);
  });

  it('names disks, archives, groups, schedules and spans, why, and who ended it', () => {
    const of = (kind: Event['kind'], data: Event['data']) => eventDetail(event(kind, data));
    expect(of('volume-changed', { path: 'Attic', by: 'ana', 'was.reserveBytes': null, 'is.reserveBytes': 2e10 })).toBe(
      'Attic · by ana · Kept free: as much as is good for its size → 20 GB',
    );
    expect(of('tiering-changed', { group: 'Yard', by: 'ana', 'was.main.keepDays': null, 'is.main.keepDays': 7 })).toBe(
      'Yard · by ana · Main stream, kept there: always → 7 days',
    );
    expect(of('archive-changed', { archive: 'NAS', change: 'changed', by: 'ana', 'is.secret': true })).toBe(
      'NAS · changed · by ana · Secret key: a new one',
    );
    expect(of('manual-recording', { by: 'ana', endedBy: 'ben' })).toBe('by ana · ended by ben');
    expect(of('hold-changed', { by: 'ana', 'was.untilMs': 1_790_000_000_000, 'is.untilMs': null })).toMatch(
      /^by ana · Until: .*2026.* → until it is lifted$/,
    );
    expect(isChangeKind('motion')).toBe(false);
  });

  it('reads a week as people do', () => {
    const id = ScheduleId.parse('01ARZ3NDEKTSV4RRFFQ69G5FAC');
    const week = { spans: [{ day: 0, fromMin: 480, toMin: 1080, mode: 'motion' as const }], exceptions: [] };
    const feast = { name: 'Feast', fromDay: '2026-12-24', toDay: '2026-12-26', yearly: true, mode: 'off' as const };
    const before = { id, name: 'Night', week };
    const after = { id, name: 'Nights', week: { spans: [], exceptions: [feast] } };
    const data = changeData(scheduleSaid(before, after), scheduleSaid(after, before));
    expect(changeLines(event('schedule-changed', data))).toEqual([
      'Name: Night → Nights',
      'Monday: 08:00–18:00 On motion → off',
      expect.stringMatching(/^Exceptions: Feast, .*24.*26.*, Every year, Off$/),
    ]);
  });

  it('says of what was added what it is, and no more', () => {
    const id = ScheduleId.parse('01ARZ3NDEKTSV4RRFFQ69G5FAC');
    const week = { spans: [{ day: 1, fromMin: 0, toMin: 1440, mode: 'continuous' as const }], exceptions: [] };
    const made = changeData({}, scheduleSaid({ id, name: 'Night', week }, null));
    expect(changeLines(event('schedule-changed', made))).toEqual(['Name: Night', 'Tuesday: Always']);
  });

  it('shows what a newer station tells as it is', () => {
    expect(changeLines(event('retention-changed', { 'was.later': 1, 'is.later': 'x' }))).toEqual(['later: 1 → x']);
  });
});
