/** Many cameras with names of all lengths, at 200 % of a usual screen: nothing moves sideways but tables in their place. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openRig, type Rig } from './playback-rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig(4_000);
  const { page, station } = rig;
  for (let number = 5; number <= 64; number++) {
    const name =
      number % 7 === 0
        ? `Parking garage level minus two, north ramp, barrier on the left, ${String(number)}`
        : number % 11 === 0
          ? `Überwachungskameraaußenbereichnordwestlieferantenzufahrt${String(number)}`
          : `Hall ${String(number)}`;
    const made = await page.context().request.post(`${station.url}/api/cameras`, {
      data: {
        name,
        number,
        group: 'Building A',
        enabled: false,
        main: { url: `rtsp://127.0.0.1:9/${String(number)}` },
      },
      headers: { origin: station.url },
    });
    if (!made.ok()) throw new Error(await made.text());
  }
}, 180_000);
afterAll(async () => {
  await rig.stop();
});

/** What can be moved sideways, beside tables in their boxes. */
const sideways = (): Promise<string[]> =>
  rig.page.evaluate<string[]>(`[...document.querySelectorAll('body, body *')]
    .filter((e) => e.scrollWidth > e.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(e).overflowX))
    .filter((e) => !e.matches('.table-scroll, .coverage-scroll, .plates-scroll, .line-hours'))
    .map((e) => e.tagName + '.' + e.className)`);

it.each([
  '/',
  '/events',
  '/bookmarks',
  '/holds',
  '/reports/coverage',
  '/cameras',
  '/cameras/recording',
  '/storage/forecast',
  '/storage/retention',
  '/health/cameras',
  '/settings',
])('%s', async (path) => {
  const { page, station } = rig;
  await page.setViewportSize({ width: 960, height: 540 });
  await page.goto(station.url + path);
  await page.locator('h1').first().waitFor({ state: 'attached' });
  await page.waitForLoadState('networkidle');
  expect(await sideways()).toEqual([]);
});

it('keeps the actions of a camera in sight beside its name', async () => {
  const { page, station } = rig;
  await page.goto(`${station.url}/cameras`);
  const actions = page.getByRole('button', { name: /^Actions for Überwachung/ }).first();
  const box = await actions.boundingBox();
  expect(box !== null && box.x + box.width <= 960, JSON.stringify(box)).toBe(true);
});

it('opens the coverage of a month at its latest day', async () => {
  const { page, station } = rig;
  await page.goto(`${station.url}/reports/coverage`);
  const day = page.locator('.coverage-field[tabindex="0"]');
  await day.waitFor();
  expect(await day.getAttribute('data-shade')).not.toBe('none');
  const box = await day.boundingBox();
  expect(box !== null && box.x >= 0 && box.x + box.width <= 960, JSON.stringify(box)).toBe(true);
});
