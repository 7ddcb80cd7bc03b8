import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PtzState } from '../../src/main/contract/ptz.ts';
import type { Caller } from '../../src/main/contract/call.ts';
import type { Device } from '../../src/main/engine/device-port.ts';
import { openSite, person } from './command-rig.ts';
import { until } from './engine-rig.ts';

type Site = Awaited<ReturnType<typeof openSite>>;
let site: Site;
let head: Device['ptz'];
let profile: string;

beforeAll(async () => {
  site = await openSite(['Yard']);
  const device = site.beside('Yard');
  head = device.ptz;
  profile = (await device.facts()).profiles.find((p) => p.ptz)?.token ?? '';
});
afterAll(() => site.close(), 30_000);

const yard = () => site.id('Yard');
const ptz = () => site.engine.ptz;
const status = () => head.status(profile);
const still = () => until('the head stands', async () => ((await status()).moving ? null : status()));
/** Follows a head as a page does; `last` is what it shows. */
function follow(caller: Caller) {
  const abort = new AbortController();
  const seen: PtzState[] = [];
  const over = (async () => {
    for await (const { value } of ptz().watch(yard(), caller, abort.signal)) seen.push(value);
  })();
  return {
    seen,
    last: () => seen.at(-1) ?? null,
    over,
    async leave() {
      abort.abort();
      await over;
    },
  };
}
const free = () =>
  until('the lock is free', () =>
    ptz()
      .takeLock(yard(), person(0))
      .then(
        () => (ptz().releaseLock(yard(), person(0)), true),
        () => false,
      ),
  );

describe('steering', { timeout: 60_000 }, () => {
  test('a hand that falls silent stops the head, before the head’s own timeout would', async () => {
    await head.absolute(profile, { pan: -0.9, tilt: 0, zoom: 0 }, null);
    await still();
    const from = (await status()).pan ?? 0;
    await ptz().move(yard(), person(0), { pan: 1, tilt: 0, zoom: 0 }, 300);
    await until('it moves', async () => (await status()).moving);
    const { pan } = await still();
    // 0.4 a second: 300 ms and the way of the stop; its own timeout alone would be 1 s, 0.4.
    expect((pan ?? 0) - from).toBeGreaterThan(0.08);
    expect((pan ?? 0) - from).toBeLessThan(0.36);
  });

  test('the newest of many wishes wins, and at most about ten a second reach the head', async () => {
    await free();
    await head.absolute(profile, { pan: 0, tilt: 0, zoom: 0 }, null);
    await still();
    const begun = performance.now();
    const all: Promise<void>[] = [];
    for (let i = 0; i < 40; i++) {
      const pan = i === 39 ? -0.5 : 0.01 + i / 100;
      all.push(ptz().move(yard(), person(0), { pan, tilt: 0, zoom: 0 }, 2_000));
    }
    await Promise.all(all);
    expect(performance.now() - begun).toBeLessThan(2_000); // 40 in a queue would take four seconds
    const { pan } = await status();
    await until('it goes where the newest said', async () => ((await status()).pan ?? 0) < (pan ?? 0) - 0.02);
    await ptz().stop(yard(), person(0));
    expect((await status()).moving).toBe(false);
  });

  test('who closes the page while steering has let go', async () => {
    await free();
    await head.absolute(profile, { pan: -0.9, tilt: 0, zoom: 0 }, null);
    await still();
    const page = follow(person(0));
    await until('it shows the head', () => page.last());
    const begun = performance.now();
    await ptz().move(yard(), person(0), { pan: 0.2, tilt: 0, zoom: 0 }, 2_000);
    await until('it moves', async () => (await status()).moving);
    await page.leave();
    await still();
    expect(performance.now() - begun).toBeLessThan(1_500);
  });

  test('one steers at a time; others see who; an administrator takes over, which is noted; free after a while', async () => {
    await free();
    const [ann, bob, admin] = [person(1), person(2), person(3, 'administrator')];
    const page = follow(bob);
    await until('it shows the head', () => page.last());
    await ptz().move(yard(), ann, { pan: 0.1, tilt: 0, zoom: 0 }, 2_000);
    await until('the lock is shown', () => page.last()?.lock?.name === ann.name && !page.last()?.lock?.mine);
    for (const refused of [ptz().move(yard(), bob, { pan: -1, tilt: 0, zoom: 0 }, 500), ptz().stop(yard(), bob)])
      await expect(refused).rejects.toMatchObject({ code: 'CONFLICT', data: { what: 'lock' } });
    await expect(ptz().takeLock(yard(), bob)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect((await status()).moving).toBe(true);
    await ptz().takeLock(yard(), admin);
    expect((await status()).moving).toBe(false);
    await expect(ptz().go(yard(), ann, '1')).rejects.toMatchObject({ code: 'CONFLICT' });
    const { events } = await site.engine.events.list({ kind: ['camera-steering-taken'], limit: 5 });
    expect(events.map((e) => e.data)).toEqual([{ camera: 'Yard', by: admin.name, from: ann.name }]);
    await until('it is free again', () => page.last()?.lock === null, 8_000);
    await ptz().move(yard(), bob, { pan: -0.1, tilt: 0, zoom: 0 }, 300);
    await until('it is mine', () => page.last()?.lock?.mine === true);
    await page.leave();
    await still();
  });

  test('a box of the picture fills it: the head looks where the near view was drawn', async () => {
    await free();
    await head.absolute(profile, { pan: 0, tilt: 0, zoom: 0 }, null);
    await still();
    // Home is 68° across; the near view looks 20° left and 3° up, 34° across.
    const tan = (degrees: number): number => Math.tan((degrees * Math.PI) / 180);
    const x = (1 - tan(20) / tan(34)) / 2;
    const y = (1 - (tan(3) / Math.cos((20 * Math.PI) / 180) / tan(34)) * (16 / 9)) / 2;
    const width = tan(17) / tan(34);
    await ptz().box(yard(), person(0), { x: x - width / 2, y: y - width / 2, width, height: width });
    const near = await still();
    expect(near.pan).toBeCloseTo(-1 / 3, 1);
    expect(Math.abs((near.pan ?? 0) + 1 / 3)).toBeLessThan(0.02);
    expect(Math.abs((near.tilt ?? 0) - 0.1)).toBeLessThan(0.02);
    expect(Math.abs((near.zoom ?? 0) - 0.7)).toBeLessThan(0.03);
    // And back to what is left of the middle now, by a click.
    await ptz().centre(yard(), person(0), { x: 0, y: 0.5 });
    const left = await still();
    expect(Math.abs((left.pan ?? 0) * 60 + 37)).toBeLessThan(1);
    expect(left.zoom).toBeCloseTo(near.zoom ?? 0, 3);
  });

  test('keeps, goes to and removes presets; tours go round, rest for a hand, and live through a restart', async () => {
    await free();
    const me = person(0);
    const page = follow(me);
    await until('it shows the head', () => page.last());
    await ptz().absolute(yard(), me, { pan: 0.25, tilt: 0, zoom: 0 });
    await still();
    const kept = await ptz().setPreset(yard(), me, 'Quarter', null);
    await until('it is listed', () => page.last()?.presets.some((p) => p.token === kept.token && p.name === 'Quarter'));
    await ptz().home(yard(), me);
    await still();
    await ptz().go(yard(), me, kept.token);
    expect((await still()).pan).toBeCloseTo(0.25, 3);

    const tour = { name: 'Round', stops: ['1', kept.token].map((preset) => ({ preset, stayMs: 1_500 })) };
    await expect(
      ptz().saveTour(yard(), me, { ...tour, stops: [...tour.stops, { preset: 'none', stayMs: 1_000 }] }),
    ).rejects.toMatchObject({ code: 'INVALID' });
    await ptz().saveTour(yard(), me, tour);
    await ptz().startTour(yard(), me, 'Round');
    for (const [preset, pan] of [
      ['1', 0],
      [kept.token, 0.25],
      ['1', 0],
    ] as const) {
      await until(`at ${preset}`, () => page.last()?.touring?.preset === preset);
      await until(`there`, async () => Math.abs(((await status()).pan ?? 9) - pan) < 0.01);
    }
    await ptz().absolute(yard(), me, { pan: -0.1 });
    await still();
    const restedMs = performance.now();
    await until('more than a stay is over', () => performance.now() - restedMs > 2_000);
    expect((await status()).pan).toBeCloseTo(-0.1, 2);
    expect(page.last()?.touring?.name).toBe('Round');

    await page.leave();
    await site.restart();
    const again = follow(me);
    await until('the tour goes on', async () => Math.abs(((await status()).pan ?? 9) - 0.25) < 0.01);
    await until('it is shown', () => again.last()?.touring?.name === 'Round');
    await ptz().stopTour(yard(), me);
    await until('it is over', () => again.last()?.touring === null);
    await ptz().removeTour(yard(), me, 'Round');
    await ptz().removePreset(yard(), me, kept.token);
    await until('both are gone', () => again.last()?.tours.length === 0 && again.last()?.presets.length === 4);
    await again.leave();
  });

  test('a preset that was deleted behind our back is told as gone, and the list is put right', async () => {
    await free();
    const me = person(1);
    const watching = follow(me);
    const kept = await ptz().setPreset(yard(), me, 'Fleeting', null);
    const shown = (): boolean => watching.last()?.presets.some((p) => p.token === kept.token) ?? false;
    await until('it is shown', shown);
    await head.removePreset(profile, kept.token);
    expect(shown()).toBe(true);
    await expect(ptz().go(yard(), me, kept.token)).rejects.toMatchObject({
      code: 'CONFLICT',
      data: { what: 'preset' },
      message: expect.stringMatching(/Fleeting.*keep it again/) as string,
    });
    await until('it is not shown any more', () => !shown());
    await expect(ptz().setPreset(yard(), me, 'Fleeting', kept.token)).rejects.toMatchObject({ code: 'CONFLICT' });
    await ptz().removePreset(yard(), me, kept.token); // gone is what was wanted
    await watching.leave();
  });

  test('the end of the station stops a head that moves', async () => {
    await free();
    await head.absolute(profile, { pan: -0.9, tilt: 0, zoom: 0 }, null);
    await still();
    await ptz().move(yard(), person(0), { pan: 0.2, tilt: 0, zoom: 0 }, 2_000);
    await until('it moves', async () => (await status()).moving);
    await site.engine.stop().catch(() => undefined);
    expect((await status()).moving).toBe(false);
    await site.restart();
  });

  test('a camera that is removed takes its tour with it', async () => {
    await free();
    const me = person(0);
    const page = follow(me);
    await until('it shows the head', () => page.last());
    const stops = ['2', '3'].map((preset) => ({ preset, stayMs: 1_000 }));
    await ptz().saveTour(yard(), me, { name: 'Round', stops });
    await ptz().startTour(yard(), me, 'Round');
    await until('it moves', async () => (await status()).moving);
    await site.engine.cameras.remove(yard());
    await page.over;
    await head.absolute(profile, { pan: 0, tilt: 0, zoom: 0 }, null);
    const sentMs = performance.now();
    await until('more than a stay is over', () => performance.now() - sentMs > 2_500);
    expect((await still()).pan).toBeCloseTo(0, 3);
    await expect(ptz().home(yard(), me)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
