import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitAddress } from './split-address.ts';

describe('splitAddress', () => {
  it('takes user and password out', () => {
    expect(splitAddress('rtsp://admin:se%20cret@10.0.0.2:554/a?b=1')).toEqual({
      url: 'rtsp://10.0.0.2:554/a?b=1',
      username: 'admin',
      password: 'se cret',
    });
    expect(splitAddress('rtsp://admin:p@ss@cam/x')).toEqual({
      url: 'rtsp://cam/x',
      username: 'admin',
      password: 'p@ss',
    });
    expect(splitAddress('rtsp://viewer@cam/x')).toEqual({ url: 'rtsp://cam/x', username: 'viewer', password: '' });
  });
  it('leaves addresses without them', () => {
    expect(splitAddress('rtsp://cam/x')).toBeNull();
    expect(splitAddress('http://a:b@cam/x')).toBeNull();
  });
  it('gives back whatever was written percent-encoded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'grapheme' }), (user, password) => {
        const split = splitAddress(`rtsp://${encodeURIComponent(user)}:${encodeURIComponent(password)}@h/p`);
        expect(split).toEqual({ url: 'rtsp://h/p', username: user, password });
      }),
    );
  });
});
