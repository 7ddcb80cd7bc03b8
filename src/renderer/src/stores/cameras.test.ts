import { describe, expect, it } from 'vitest';
import type { CameraView } from '#domain/camera.ts';
import { CameraId, EventId } from '#domain/id.ts';
import type { Event } from '#domain/event.ts';
import { takeCameraPush } from './cameras.ts';
import { feedLength, mergeFeed } from './events.ts';

const id = (n: number): CameraId => CameraId.parse(`01HV${String(n).padStart(22, '0')}`);
const camera = (n: number, name = `c${String(n)}`): CameraView =>
  ({ id: id(n), number: n, name, streams: [] }) as unknown as CameraView;
const nothing = { list: [], byId: new Map(), loaded: false };

describe('takeCameraPush', () => {
  const all = takeCameraPush(nothing, { type: 'all', cameras: [camera(3), camera(1)] });
  it('takes all, by number', () => {
    expect(all.loaded).toBe(true);
    expect(all.list.map((c) => c.number)).toEqual([1, 3]);
  });
  it('adds, renames and removes one', () => {
    const more = takeCameraPush(all, { type: 'camera', camera: camera(2) });
    expect(more.list.map((c) => c.number)).toEqual([1, 2, 3]);
    expect(takeCameraPush(more, { type: 'camera', camera: camera(2, 'Yard') }).byId.get(id(2))?.name).toBe('Yard');
    expect(takeCameraPush(more, { type: 'removed', id: id(1) }).list.map((c) => c.number)).toEqual([2, 3]);
  });
  it('changes states of known cameras only, and after a break forgets what is gone', () => {
    const streams = [{ kind: 'main', state: 'lost' }] as unknown as CameraView['streams'];
    const changed = takeCameraPush(all, {
      type: 'streams',
      changes: [
        { id: id(1), streams },
        { id: id(9), streams },
      ],
    });
    expect(changed.byId.get(id(1))?.streams).toBe(streams);
    expect(changed.list).toHaveLength(2);
    expect(takeCameraPush(all, { type: 'all', cameras: [camera(7)] }).list.map((c) => c.number)).toEqual([7]);
  });
});

describe('mergeFeed', () => {
  const event = (n: number, toMs: number | null = null): Event =>
    ({ id: EventId.parse(`01HV${String(n).padStart(22, '0')}`), seq: n, fromMs: n * 1000, toMs }) as unknown as Event;
  it('keeps newest first, each once, an ended one in its place', () => {
    const was = mergeFeed([], [event(1), event(3), event(2)]);
    expect(was.map((e) => e.seq)).toEqual([3, 2, 1]);
    const ended = mergeFeed(was, [event(2, 9000), event(4)]);
    expect(ended.map((e) => [e.seq, e.toMs])).toEqual([
      [4, null],
      [3, null],
      [2, 9000],
      [1, null],
    ]);
  });
  it('is bounded', () => {
    expect(
      mergeFeed(
        [],
        Array.from({ length: 500 }, (_, i) => event(i + 1)),
      ),
    ).toHaveLength(feedLength);
  });
});
