import { describe, expect, it } from 'vitest';
import { systemClock } from '#lib/clock.ts';
import type { Clip } from './clip.ts';
import { createMount } from './mount.ts';
import { packetize } from './packetize.ts';

const clip: Clip = {
  codec: 'h264',
  width: 16,
  height: 16,
  fps: 200,
  parameterSets: [],
  pictures: [0, 1, 2].map((i) => ({ key: i === 0, nals: [Buffer.from([0x65, i])] })),
  audio: { sampleRate: 48_000, channels: 1, config: Buffer.alloc(2), frames: [Buffer.alloc(3)] },
};

describe('a stream of a virtual camera', () => {
  it('goes on for ever without a seam, sound in step, until its clock is told to jump', async () => {
    const mount = createMount({
      path: '/main',
      clip,
      packets: packetize(clip),
      clock: systemClock,
      startMs: systemClock.monoMs(),
    });
    const pictures: { n: number; ticks: number }[] = [];
    const sounds: number[] = [];
    await new Promise<void>((done) => {
      mount.subscribe({
        picture(_, n, ticks) {
          pictures.push({ n, ticks });
          if (n === 20) mount.jump(-1000);
          if (n === 40) done();
        },
        sound(_, ticks) {
          sounds.push(ticks);
        },
      });
      mount.start();
    });
    mount.stop();
    expect(pictures.map((p) => p.n)).toEqual(pictures.map((_, i) => (pictures[0]?.n ?? 0) + i));
    for (const { n, ticks } of pictures) expect(ticks).toBe(n * 450 - (n > 20 ? 90_000 : 0));
    const steps = sounds.slice(1).map((t, i) => t - (sounds[i] ?? 0));
    expect(steps.filter((s) => s !== 1024)).toEqual([1024 - 48_000]);
    expect(mount.sent().map((f) => [f.n, f.loop * 3 + f.frame])).toEqual(mount.sent().map((f) => [f.n, f.n]));
  });
});
