import { describe, expect, it } from 'vitest';
import { hidden, type Place } from './places.ts';

const places: Place[] = [
  { path: '/srv/vigie', name: '', label: 'the data folder' },
  { path: '/mnt/big', name: 'Big', label: 'disk 2' },
  { path: '/mnt/big (old)', name: '', label: 'disk 3' },
  { path: 'D:\\video\\', name: '', label: 'disk 4' },
];
const told = (value: unknown): unknown => hidden(value, places);

describe('what is told to who is no administrator', () => {
  it('empties the paths, and says what a disk is called where its path stood for it', () => {
    expect(
      told([
        { volume: 2, name: 'Big', path: '/mnt/big', disk: '/mnt/big' },
        { volume: 1, name: '', path: '/srv/vigie/video', disk: '/srv/vigie' },
        { volume: 4, path: 'D:\\video', disk: 'D:\\video' },
      ]),
    ).toEqual([
      { volume: 2, name: 'Big', path: '', disk: 'Big' },
      { volume: 1, name: '', path: '', disk: '' },
      { volume: 4, path: '', disk: '' },
    ]);
  });

  it.each([
    ['Big (/mnt/big) does not answer.', 'Big does not answer.'],
    [
      '/srv/vigie is full: nothing is recorded in /srv/vigie/video/gate.',
      'the data folder is full: nothing is recorded in the data folder/video/gate.',
    ],
    ["EIO: i/o error, open '/mnt/big/video/gate/main.mp4'", "EIO: i/o error, open 'Big/video/gate/main.mp4'"],
    ['D:\\video is slow, and /mnt/big (old) too', 'disk 4 is slow, and disk 3 too'],
    [
      '/mnt/bigger and /nas/mnt/big and /mnt/big.old are others',
      '/mnt/bigger and /nas/mnt/big and /mnt/big.old are others',
    ],
    ['4 Mbit/s of rtsp://camera/srv/vigie', '4 Mbit/s of rtsp://camera/srv/vigie'],
  ])('says in “%s” what a place is called', (text, without) => {
    expect(told({ detail: text, passedOver: [text] })).toEqual({ detail: without, passedOver: [without] });
  });

  it('knows of events of volumes that are gone, and leaves alone what other programs told', () => {
    const data = { path: '/mnt/gone', was: '/mnt/before', volume: 7, by: 'ana' };
    expect(told({ kind: 'volume-changed', data })).toEqual({
      kind: 'volume-changed',
      data: { ...data, path: '', was: '' },
    });
    const other = { kind: 'external', data: { path: '/door/1' } };
    expect(told(other)).toBe(other);
  });

  it('copies nothing that names no place', () => {
    const cameras = [{ id: 1, streams: [{ url: 'rtsp://10.0.0.7/a/b' }], days: [1, 2, 3], note: null }];
    expect(told(cameras)).toBe(cameras);
  });
});
