import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VideoCodec, type DeviceProfile } from '../device.ts';
import { bySource, chooseStreams, isUsable, leastSubWidth } from './choose-streams.ts';

const profile = (
  over: Partial<DeviceProfile> & { codec?: VideoCodec; width?: number; height?: number; fps?: number },
): DeviceProfile => {
  const { codec = 'h264', width = 1920, height = 1080, fps = 25, ...rest } = over;
  return {
    token: `p-${codec}-${width}x${height}-${fps}`,
    name: 'a profile',
    source: 's0',
    video: { codec, width, height, fps, bitsPerSecond: null, keyEvery: 50, encoder: 'e' },
    audio: null,
    ptz: false,
    metadata: false,
    streamUrl: 'rtsp://192.0.2.7/p',
    snapshotUrl: null,
    ...rest,
  };
};
const some = fc
  .record({
    codec: fc.constantFrom(...VideoCodec.options),
    width: fc.constantFrom(0, 160, 319, 320, 352, 640, 704, 1280, 1920, 3840),
    height: fc.constantFrom(0, 120, 240, 288, 480, 576, 720, 1080, 2160),
    fps: fc.constantFrom(1, 12, 25, 30),
    source: fc.constantFrom(null, 's0', 's1'),
    streamUrl: fc.constantFrom(null, 'rtsp://192.0.2.7/p', 'http://192.0.2.7/p', 'rtsp://u:p@192.0.2.7/p'),
  })
  .map(profile);
const list = fc.array(some, { maxLength: 12 }).map((all) => all.map((p, i) => ({ ...p, token: `t${i}` })));
const area = (p: DeviceProfile): number => (p.video?.width ?? 0) * (p.video?.height ?? 0);

describe('the choice of streams', () => {
  it('takes the largest recordable as main, and as sub only a smaller one that a wall can show', () => {
    fc.assert(
      fc.property(list, (profiles) => {
        const usable = profiles.filter(isUsable);
        const chosen = chooseStreams(profiles);
        if (chosen === null) {
          expect(usable).toEqual([]);
          return;
        }
        const { main, sub } = chosen;
        const good = usable.filter((p) => p.video.codec !== 'mjpeg');
        expect(area(main)).toBe(Math.max(...(good.length > 0 ? good : usable).map(area)));
        if (sub === null) return;
        expect(sub.token).not.toBe(main.token);
        expect(area(sub)).toBeLessThan(area(main));
        expect(sub.video.width).toBeGreaterThanOrEqual(leastSubWidth);
        expect(['h264', main.video.codec]).toContain(sub.video.codec);
        const rivals = usable.filter((p) => p.video.codec === sub.video.codec && p.video.width >= leastSubWidth);
        expect(area(sub)).toBe(Math.min(...rivals.filter((p) => area(p) < area(main)).map(area)));
      }),
    );
  });

  it('does not depend on the order in which the device lists them, but for equal ones', () => {
    fc.assert(
      fc.property(list, (profiles) => {
        const [a, b] = [chooseStreams(profiles), chooseStreams([...profiles].reverse())];
        expect(a === null).toBe(b === null);
        if (a === null || b === null) return;
        expect([area(a.main), a.main.video.fps]).toEqual([area(b.main), b.main.video.fps]);
        expect(a.sub && area(a.sub)).toBe(b.sub && area(b.sub));
      }),
    );
  });

  it('chooses as a person would from a usual camera', () => {
    const all = [
      profile({ token: 'jpeg', codec: 'mjpeg', width: 3840, height: 2160 }),
      profile({ token: 'main', codec: 'h265', width: 2688, height: 1520 }),
      profile({ token: 'sub', codec: 'h264', width: 640, height: 360 }),
      profile({ token: 'third', codec: 'h264', width: 1280, height: 720 }),
      profile({ token: 'mobile', codec: 'h264', width: 176, height: 144 }),
    ];
    const chosen = chooseStreams(all);
    expect([chosen?.main.token, chosen?.sub?.token]).toEqual(['main', 'sub']);
  });

  it('keeps sources of an encoder apart', () => {
    fc.assert(
      fc.property(list, (profiles) => {
        const groups = bySource(profiles);
        expect(new Set(groups.map((g) => g.source)).size).toBe(groups.length);
        expect(groups.flatMap((g) => g.profiles).length).toBe(profiles.length);
        for (const g of groups) for (const p of g.profiles) expect(p.source).toBe(g.source);
      }),
    );
  });
});
