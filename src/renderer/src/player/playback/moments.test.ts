import { describe, expect, it, vi } from 'vitest';
import { encodeMoments, type MomentAsk, type MomentHead } from '#contract/moment.ts';
import { CameraId } from '#domain/id.ts';
import { createMoments } from './moments.ts';

const cameras = ['01K00000000000000000000001', '01K00000000000000000000002'].map((id) => CameraId.parse(id));
const wish = (i: number, atMs = 5.7) =>
  ({ cameraId: cameras[i] ?? CameraId.parse(''), prefer: 'sub', atMs, what: 'key' }) as const;
const segment = {
  startMs: 1,
  endMs: 9,
  bytes: 3,
  state: 'sealed',
  initBytes: 0,
  codecs: '',
  width: 5,
  height: 6,
} as const;
const head: MomentHead = { stream: 'sub', segment, fragments: [], first: 0, count: 0, initBytes: 0, bytes: 0 };

function setUp() {
  const asked: { asks: MomentAsk[]; answer(): void; fail(): void }[] = [];
  const learnt: MomentAsk[] = [];
  const moments = createMoments(
    { knows: ({ atMs }) => (atMs === 1 ? 'all' : atMs === 2 ? 77 : null), learn: (ask) => learnt.push(ask) },
    (asks) =>
      new Promise((resolve, reject) => {
        const bytes = Uint8Array.from(
          encodeMoments(
            asks.map(() => head),
            [],
          ).flatMap((piece) => [...piece]),
        );
        asked.push({
          asks,
          answer: () => {
            resolve(bytes);
          },
          fail: () => {
            reject(new Error('no line'));
          },
        });
      }),
  );
  return { moments, asked, learnt };
}
describe('wishes for moments', () => {
  it('of one instant go out together; what is at hand is not asked for', async () => {
    const { moments, asked, learnt } = setUp();
    const both = [moments.want(wish(0)), moments.want(wish(1, 2))];
    await moments.want(wish(0, 1));
    await vi.waitFor(() => {
      expect(asked).toHaveLength(1);
    });
    expect(asked.map((a) => a.asks.map((ask) => [ask.cameraId, ask.atMs, ask.known]))).toEqual([
      [
        [cameras[0], 5, null],
        [cameras[1], 2, 77],
      ],
    ]);
    asked[0]?.answer();
    await Promise.all(both);
    expect(learnt).toHaveLength(2);
  });

  it('ask for the run that is wanted, and keep nothing of what was asked for another', async () => {
    const { moments, asked, learnt } = setUp();
    const before = moments.want(wish(0));
    await vi.waitFor(() => {
      expect(asked).toHaveLength(1);
    });
    moments.prefer(3);
    asked[0]?.answer();
    await before;
    expect(learnt).toEqual([]);
    const after = moments.want(wish(0));
    await vi.waitFor(() => {
      expect(asked).toHaveLength(2);
    });
    expect(asked.map(({ asks }) => asks.map((ask) => ask.clock))).toEqual([[undefined], [3]]);
    asked[1]?.answer();
    await after;
    expect(learnt).toHaveLength(1);
  });

  it('wait together while two requests are under way, and those that were given up are never asked', async () => {
    const { moments, asked } = setUp();
    const all: Promise<void>[] = [];
    const gone = new AbortController();
    for (const count of [1, 2]) {
      all.push(moments.want(wish(0)));
      await vi.waitFor(() => {
        expect(asked).toHaveLength(count);
      });
    }
    for (const signal of [gone.signal, undefined, undefined])
      all.push(moments.want({ ...wish(0), ...(signal ? { signal } : {}) }));
    gone.abort();
    asked[0]?.answer();
    await vi.waitFor(() => {
      expect(asked.map((a) => a.asks.length)).toEqual([1, 1, 2]);
    });
    asked[1]?.fail(); // a request that fails leaves its askers to the ordinary way
    asked[2]?.answer();
    await Promise.all(all);
  });

  it('name no stream that cannot be decoded', async () => {
    const { moments, asked } = setUp();
    moments.refuse(cameras[0] ?? CameraId.parse(''), 'sub');
    void moments.want(wish(0));
    await vi.waitFor(() => {
      expect(asked[0]?.asks[0]?.streams).toEqual(['main']);
    });
    moments.refuse(cameras[0] ?? CameraId.parse(''), 'main');
    await moments.want(wish(0));
  });
});
