/** What cameras themselves see, over their live pictures, in a real browser on a real station. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { expectLive, openRigWith, type SiteRig, tile } from './wall-rig.ts';

let rig: SiteRig;

beforeAll(async () => {
  rig = await openRigWith(['Gate', 'Street']);
  await rig.page.getByRole('link', { name: 'Wall' }).click();
});
afterAll(() => rig.close());

test('are shown by the switch of a tile, inside of its picture, marked as the camera’s, and kept over a reload', async () => {
  const { page, faults } = rig;
  const street = tile(page, 'Street');
  await expectLive(street);
  const layer = street.locator('.object-layer');
  expect(await layer.count()).toBe(0);
  await street.hover();
  const shows = street.getByRole('button', { name: /^Show what the camera sees/ });
  await shows.click();
  const boxes = layer.locator('.seen-box');
  await until('boxes', async () => (await boxes.count()) > 0);
  expect(await layer.getAttribute('aria-label')).toMatch(/^Seen by the camera itself: .*(Person|Vehicle)/);
  const inside = await layer.evaluate((element) => {
    const outer = element.getBoundingClientRect();
    const all = [...element.querySelectorAll('.seen-box')].map((box) => box.getBoundingClientRect());
    return {
      ratio: outer.width / outer.height,
      all: all.every(
        (b) =>
          b.width > 2 &&
          b.height > 2 &&
          b.left >= outer.left - 2 &&
          b.right <= outer.right + 2 &&
          b.top >= outer.top - 2,
      ),
    };
  });
  expect(inside.all).toBe(true);
  expect(inside.ratio).toBeCloseTo(16 / 9, 1);
  // They move with what they stand around.
  const places = (): Promise<string> => boxes.evaluateAll((all) => all.map((b) => b.getAttribute('style')).join());
  const before = await places();
  await until('movement', async () => (await places()) !== before);
  // Only there, and there again after a reload.
  expect(await tile(page, 'Gate').locator('.object-layer').count()).toBe(0);
  await page.reload();
  await until('boxes again', async () => (await boxes.count()) > 0, 20_000);
  expect(faults).toEqual([]);
});

test('come and go by the key of the focused tile, and never over the past or a lost picture', async () => {
  const { page } = rig;
  const gate = tile(page, 'Gate');
  await expectLive(gate);
  await gate.click({ position: { x: 30, y: 60 } });
  await page.keyboard.press('o');
  await until('the layer', async () => (await gate.locator('.object-layer').count()) === 1);
  await page.keyboard.press('o');
  await until('no layer', async () => (await gate.locator('.object-layer').count()) === 0);
  await page.keyboard.press('o');
  await until('the layer', async () => (await gate.locator('.object-layer').count()) === 1);
  await rig.demo.cut('Gate');
  await until('not live', async () => (await gate.getAttribute('data-live')) !== 'live', 20_000);
  await until('no layer', async () => (await gate.locator('.object-layer').count()) === 0);
  await rig.demo.restore('Gate');
  await expectLive(gate);
  await until('the layer again', async () => (await gate.locator('.object-layer').count()) === 1);
  await page.keyboard.press(',');
  await until('the past', async () => (await gate.getAttribute('data-live')) === 'playback');
  expect(await page.locator('.object-layer').count()).toBe(0);
});
