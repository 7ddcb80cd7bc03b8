import { describe, expect, it } from 'vitest';
import { ArchivePlace, paceAt, S3Place, type ArchivePace } from './archive.ts';

const s3 = { kind: 's3', endpoint: 'https://s3.example.com', bucket: 'footage', accessKey: 'AK' };

describe('an archive', () => {
  it('goes by https, or by http on loopback, or where that was said on purpose', () => {
    const ok = (more: object): boolean => S3Place.safeParse({ ...s3, ...more }).success;
    expect(ok({})).toBe(true);
    expect(ok({ endpoint: 'http://s3.example.com' })).toBe(false);
    expect(ok({ endpoint: 'http://s3.example.com', plainHttp: true })).toBe(true);
    expect(ok({ endpoint: 'http://127.0.0.1:9000' })).toBe(true);
    expect(ok({ endpoint: 'http://127.0.0.1.example.com' })).toBe(false);
    expect(ok({ endpoint: 'https://user:secret@s3.example.com' })).toBe(false);
    expect(ok({ endpoint: 'ftp://s3.example.com' })).toBe(false);
    expect(ok({ endpoint: 'not an address' })).toBe(false);
    expect(ok({ prefix: 'site/one' })).toBe(true);
    expect(ok({ prefix: '/site' })).toBe(false);
    expect(ok({ prefix: 'site/../other' })).toBe(false);
  });

  it('lies in a folder that is named whole', () => {
    const ok = (path: string): boolean => ArchivePlace.safeParse({ kind: 'folder', path }).success;
    expect(['/mnt/nas', 'D:\\footage', '\\\\nas\\share'].every(ok)).toBe(true);
    expect(['', 'nas', '../x'].some(ok)).toBe(false);
  });

  it('is filled as fast as the hour allows, over midnight too', () => {
    const pace: ArchivePace = { hours: { fromMin: 22 * 60, toMin: 6 * 60 }, within: 80, outside: 0 };
    expect([0, 5 * 60 + 59, 22 * 60, 1439].map((m) => paceAt(pace, m))).toEqual([1e7, 1e7, 1e7, 1e7]);
    expect([6 * 60, 12 * 60, 22 * 60 - 1].map((m) => paceAt(pace, m))).toEqual([0, 0, 0]);
    const day: ArchivePace = { hours: { fromMin: 480, toMin: 1080 }, within: 8, outside: null };
    expect([479, 480, 1079, 1080].map((m) => paceAt(day, m))).toEqual([null, 1e6, 1e6, null]);
    expect(paceAt({ hours: null, within: 16, outside: 0 }, 700)).toBe(2e6);
  });
});
