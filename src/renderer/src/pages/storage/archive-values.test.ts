import { describe, expect, it } from 'vitest';
import { firstArchive } from '#domain/archive.ts';
import { archiveFrom, archiveValuesOf, emptyArchive, tierFrom, tierValuesOf } from './archive-values.ts';

describe('what is typed of an archive', () => {
  it('comes back as it was', () => {
    const pace = { hours: { fromMin: 22 * 60 + 30, toMin: 6 * 60 }, within: 50, outside: 0 };
    const place = {
      kind: 's3' as const,
      endpoint: 'https://s3.example.com',
      region: 'eu-west-3',
      bucket: 'footage',
      prefix: 'site',
      accessKey: 'AK',
      pathStyle: false,
      plainHttp: false,
    };
    const view = { name: 'Cloud', place, pace } as Parameters<typeof archiveValuesOf>[0];
    expect(archiveFrom(archiveValuesOf(view))).toEqual({ settings: { name: 'Cloud', place, pace } });
    const folder = {
      name: 'NAS',
      place: { kind: 'folder' as const, path: '/mnt/nas' },
      pace: { hours: null, within: null, outside: null },
    };
    expect(archiveFrom(archiveValuesOf({ ...view, ...folder }))).toEqual({ settings: folder });
  });

  it('says which field is not right', () => {
    const field = (more: object): string => {
      const read = archiveFrom({ ...emptyArchive, name: 'NAS', path: '/mnt/nas', ...more });
      return 'field' in read ? read.field : 'none';
    };
    expect(field({})).toBe('none');
    expect(field({ name: ' ' })).toBe('name');
    expect(field({ path: 'nas' })).toBe('path');
    expect(field({ hours: true, from: '' })).toBe('hours');
    expect(field({ within: 0.01 })).toBe('within');
    const s3 = { kind: 's3', endpoint: 'https://s3.example.com', bucket: 'footage', accessKey: 'AK' };
    expect(field(s3)).toBe('none');
    expect(field({ ...s3, endpoint: 'http://s3.example.com' })).toBe('endpoint');
    expect(field({ ...s3, bucket: 'X' })).toBe('bucket');
  });
});

describe('what is typed of a tier rule', () => {
  it('comes back as it was, and keeps nothing for a shorter time than it waits', () => {
    const rule = { archive: firstArchive, mode: 'copy' as const, afterDays: 7, keepDays: 90 };
    expect(tierFrom(tierValuesOf(rule))).toEqual(rule);
    expect(tierFrom(tierValuesOf(null))).toBeNull();
    expect(tierFrom({ ...tierValuesOf(rule), keep: '' })).toEqual({ ...rule, keepDays: null });
    expect(tierFrom({ ...tierValuesOf(rule), keep: 7 })).toBe('fault');
    expect(tierFrom({ ...tierValuesOf(rule), after: '' })).toBe('fault');
  });
});
