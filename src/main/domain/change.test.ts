import { describe, expect, it } from 'vitest';
import { changeData, changesOf } from './change.ts';
import { Event } from './event.ts';
import { RecordingMode, RecordingWeek, ScheduleId, weekGrainMin } from './recording-plan.ts';
import { cameraSaid, stationSaid } from './said-retention.ts';
import { archiveSaid, tiersSaid } from './said-archive.ts';
import { exceptionOf, scheduleSaid, spansOf } from './said-recording.ts';
import { asStation, untouched } from './retention.ts';

const free = untouched.main;

describe('what a person changed', () => {
  it('is each field that differs, as it was and as it is, and reads back so', () => {
    const was = stationSaid({ ...untouched, main: { ...free, maxDays: 30, minDays: 7 } });
    const is = stationSaid({ ...untouched, main: { ...free, maxDays: 14, minDays: 7 }, legalDays: 60 });
    const data = changeData(was, is);
    expect(data).toEqual({ 'was.main.maxDays': 30, 'is.main.maxDays': 14, 'was.legalDays': null, 'is.legalDays': 60 });
    expect(changesOf({ by: 'ana', was: 'a path', ...data })).toEqual([
      { field: 'main.maxDays', was: 30, is: 14 },
      { field: 'legalDays', was: null, is: 60 },
    ]);
    expect(changeData(was, was)).toEqual({});
  });

  it('says of a camera what held and what holds, also where it goes by the rules of all', () => {
    const station = { ...untouched, main: { ...free, maxDays: 30 } };
    const own = { ...asStation, main: { ...free, maxDays: 5 } };
    expect(changeData(cameraSaid(station, asStation), cameraSaid(station, own))).toEqual({
      'was.main.own': false,
      'is.main.own': true,
      'was.main.maxDays': 30,
      'is.main.maxDays': 5,
    });
  });

  it('never tells the secret of an archive', () => {
    const place = {
      ...{ kind: 's3' as const, endpoint: 'https://s3.example/', region: 'us', bucket: 'vigie', prefix: 'a' },
      ...{ accessKey: 'AK', pathStyle: true, plainHttp: false },
    } as const;
    const pace = { hours: { fromMin: 1320, toMin: 360 }, within: 10, outside: null };
    const said = archiveSaid({ name: 'NAS', place, pace }, true);
    expect(said).toMatchObject({ place: 'https://s3.example/vigie/a', hours: '22:00–06:00', secret: true });
    const rules = { main: { archive: 10_001, mode: 'move', afterDays: 2, keepDays: null }, sub: null } as const;
    expect(
      changeData(
        tiersSaid({ main: null, sub: null }, () => 'NAS'),
        tiersSaid(rules, () => 'NAS'),
      ),
    ).toEqual({
      'was.main.archive': null,
      'is.main.archive': 'NAS',
      'is.main.mode': 'move',
      'is.main.afterDays': 2,
      'is.main.keepDays': null,
    });
  });

  it('fits into an event whatever a week looks like, and reads back', () => {
    const modes = RecordingMode.exclude(['off']).options;
    const spans = Array.from({ length: 7 * 96 }, (_, i) => ({
      day: Math.floor(i / 96),
      fromMin: (i % 96) * weekGrainMin,
      toMin: ((i % 96) + 1) * weekGrainMin,
      mode: modes[i % 3] ?? 'motion',
    }));
    const feast = { name: 'A feast', fromDay: '2026-12-24', toDay: '2026-12-26', yearly: true, mode: 'off' } as const;
    const many = Array.from({ length: 199 }, () => ({ ...feast, name: 'x'.repeat(80) }));
    const id = ScheduleId.parse('01ARZ3NDEKTSV4RRFFQ69G5FAC');
    const none = { id, name: 'Night', week: RecordingWeek.parse({ spans: [], exceptions: many }) };
    const full = { id, name: 'Night', week: RecordingWeek.parse({ spans, exceptions: [...many, feast] }) };
    const data = changeData(scheduleSaid(none, full), scheduleSaid(full, none));
    Event.shape.data.parse(data);
    // Of the exceptions the new one alone.
    expect(Object.keys(data).filter((k) => k.includes('exception'))).toEqual(['is.exception1']);
    expect(exceptionOf(String(data['is.exception1']))).toEqual(feast);
    expect(spansOf(String(data['is.day6']))).toEqual(
      spans.filter((s) => s.day === 6).map(({ fromMin, toMin, mode }) => ({ fromMin, toMin, mode })),
    );
    expect(spansOf(String(data['was.day6']))).toEqual([]);
  });

  it('is cut where an event takes no more', () => {
    expect(changeData({}, { notes: 'n'.repeat(5000) })['is.notes']).toHaveLength(2000);
  });
});
