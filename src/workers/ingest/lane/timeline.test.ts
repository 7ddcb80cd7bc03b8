import { describe, expect, it } from 'vitest';
import type { AccessUnit } from '#media/format.ts';
import { mjpegTrack } from '#media/jpeg.ts';
import type { Clock } from '#lib/clock.ts';
import { createStationTime } from './station-time.ts';
import { createTimeline } from './timeline.ts';

const startMs = 1_795_000_000_000;

/** A camera of 25 pictures a second, a key each `keyEvery`, on a machine whose clock can be set. */
function rig(keyEvery: number) {
  let mono = 0;
  let wall = startMs;
  const clock: Clock = { nowMs: () => wall, nowUs: () => wall * 1000, monoMs: () => mono };
  const time = createStationTime(clock);
  const heard: (AccessUnit | 'interrupt' | number)[] = [];
  const timeline = createTimeline({
    time,
    sink: {
      format: () => undefined,
      unit: (unit) => heard.push(unit),
      interrupt: () => heard.push('interrupt'),
    },
    jumped: () => heard.push(Number.NaN),
    stepped: (byUs) => heard.push(byUs),
    damaged: () => undefined,
  });
  timeline.clockRates(90_000, null);
  timeline.video.format(mjpegTrack(640, 360), 0);
  let picture = 0;
  const pictures = (count: number): void => {
    for (let i = 0; i < count; i += 1) {
      timeline.video.picture(picture * 3600, picture % keyEvery === 0, [], 100);
      picture += 1;
      mono += 40;
      wall += 40;
    }
  };
  const set = (byMs: number): void => {
    wall += byMs;
    const look = time.look();
    if (look !== null) timeline.step(look.steppedMs * 1000);
  };
  return { heard, pictures, set, units: () => heard.filter((h) => typeof h === 'object') };
}

describe('a step of the station clock', () => {
  it.each([-3_600_000, 3_600_000, -9e9])(
    'is taken over at the next key frame, and no picture is lost (%d ms)',
    (by) => {
      const { heard, pictures, set, units } = rig(25);
      pictures(30);
      set(by);
      pictures(40);
      expect(units()).toHaveLength(70);
      const times = units().map((u, i) => u.ptsUs / 1000 - startMs - i * 40);
      expect(times.slice(0, 50).every((ms) => ms === 0)).toBe(true);
      expect(times.slice(50).every((ms) => ms === by)).toBe(true);
      expect(heard.filter((h) => typeof h !== 'object')).toEqual([by * 1000, 'interrupt']);
      expect(heard[51 + 1]).toMatchObject({ key: true });
    },
  );

  it('adds up with another that comes before the key frame', () => {
    const { pictures, set, units } = rig(100);
    pictures(10);
    set(-3_600_000);
    pictures(10);
    set(7_200_000);
    pictures(90);
    expect(units()).toHaveLength(110);
    expect((units()[100]?.ptsUs ?? 0) / 1000 - startMs - 4000).toBe(3_600_000);
  });

  it('waits half a minute for a key frame and then ends the line', () => {
    const { heard, pictures, set } = rig(10_000);
    pictures(10);
    set(-3_600_000);
    pictures(700);
    expect(heard.at(-1)).not.toBe('interrupt');
    pictures(100);
    expect(heard.at(-1)).toBe('interrupt');
  });
});
