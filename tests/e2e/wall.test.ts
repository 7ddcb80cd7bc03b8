/** The wall in a real browser on a real station: moving, honest about its age, kept over a reload, usable by keyboard. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from '../support/accessible.ts';
import { until } from '../support/until.ts';
import { expectLive, expectMoving, openRigWith, type SiteRig, tile } from './wall-rig.ts';

let rig: SiteRig;

beforeAll(async () => {
  rig = await openRigWith(['Gate', 'Yard', 'Corridor']);
  await rig.page.getByRole('link', { name: 'Wall' }).click();
});
afterAll(() => rig.close());

const names = (): Promise<string[]> => rig.page.locator('.tile .tile-name span').allInnerTexts();
const focused = (): Promise<string> => rig.page.locator('.tile[aria-current="true"]').innerText();

test('every camera moves', async () => {
  for (const name of ['Gate', 'Yard', 'Corridor']) {
    await expectLive(tile(rig.page, name));
    await expectMoving(tile(rig.page, name));
  }
});

test('small tiles take the sub stream, a large one the main; H.265 is turned into what this browser can show', async () => {
  const { page } = rig;
  const yard = tile(page, 'Yard');
  await until('the sub stream', async () => (await yard.getAttribute('data-kind')) === 'sub', 15_000);
  await yard.dblclick();
  await until('main stream', async () => (await yard.getAttribute('data-kind')) === 'main', 15_000);
  expect(await page.locator('.tile').count()).toBe(1);
  await page.keyboard.press('i');
  await until('details', async () =>
    /H\.265 → H\.264.*transcoded/s.test(await page.locator('.tile-details').innerText()),
  );
  await expectMoving(yard);
  await page.keyboard.press('i');
  await page.keyboard.press('Escape');
  await until('the wall again', async () => (await page.locator('.tile').count()) === 4);
});

test('keyboard only: focus, camera by number, alone and back, move, layouts, help', async () => {
  const { page } = rig;
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowLeft');
  await until('focus', async () => (await focused()).includes('Gate'));
  await page.keyboard.press('ArrowRight');
  expect(await focused()).toContain('Yard');
  await page.keyboard.press('Enter');
  await until('alone', async () => (await page.locator('.tile').count()) === 1);
  await page.keyboard.press('Enter');
  await until('back', async () => (await page.locator('.tile').count()) === 4);
  expect(await focused()).toContain('Yard');
  await page.keyboard.press('3');
  await page.getByText('Camera 3').waitFor();
  await page.keyboard.press('Enter');
  await until('camera 3 in the tile', async () => (await names()).join() === 'Gate,Corridor,Yard');
  await page.keyboard.press('Control+ArrowLeft');
  await until('moved', async () => (await names()).join() === 'Corridor,Gate,Yard');
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'detached' });
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Find anything' }).fill('settin');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/settings');
  await page.goBack();
  await tile(page, 'Gate').waitFor();
});

test('drag moves a camera, and a reload keeps the wall', async () => {
  const { page } = rig;
  const before = await names();
  await tile(page, before[0] ?? '').dragTo(tile(page, before[2] ?? ''));
  const after = [before[2], before[1], before[0]].join();
  await until('dragged', async () => (await names()).join() === after);
  await page.keyboard.press('g');
  await page.getByRole('button', { name: '9 tiles' }).last().click();
  await until('nine', async () => (await page.locator('.tile').count()) === 9);
  await page.reload();
  await until('the same wall', async () => (await names()).join() === after, 15_000);
  expect(await page.locator('.tile').count()).toBe(9);
  // Also where this browser has forgotten: the station keeps it.
  await page.evaluate('localStorage.clear()');
  await page.reload();
  await until('the station remembers', async () => (await page.locator('.tile').count()) === 9, 15_000);
  expect((await names()).join()).toBe(after);
});

test('axe finds nothing on any page', async () => {
  const { page, station } = rig;
  const add = ['', '?way=range', '?way=rtsp', '?way=list'].map((way) => `/cameras/add${way}`);
  for (const path of ['/', '/events', '/cameras', ...add, '/settings', '/settings/health']) {
    await page.goto(station.url + path);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await expectAccessible(page, path);
  }
  expect(rig.faults).toEqual([]);
});

test('a camera that dies: marked within 2 s of its last picture, then why in words', async () => {
  const { page, station } = rig;
  await page.goto(station.url);
  for (const name of ['Gate', 'Yard', 'Corridor']) await expectLive(tile(page, name));
  // When the mark of every tile changes, on the page's own clock.
  await page.evaluate(`
    window.marks = {};
    new MutationObserver((seen) => {
      for (const m of seen) window.marks[m.target.querySelector('.tile-name span').textContent] ??= performance.now();
    }).observe(document.querySelector('.wall-grid'), { subtree: true, attributeFilter: ['data-live'] });
    window.diedMs = performance.now();
  `);
  await rig.demo.stop();
  await until('all marked', async () => (await page.evaluate('Object.keys(window.marks).length')) === 3, 8000);
  const afterMs = await page.evaluate<number[]>('Object.values(window.marks).map((t) => t - window.diedMs)');
  for (const ms of afterMs) expect(ms).toBeLessThan(2000 + 500); // stopping four servers takes a moment too
  const gate = tile(page, 'Gate');
  await until('in words', async () => /Not reachable since \d\d:\d\d:\d\d/.test(await gate.innerText()), 15_000);
  expect(await gate.innerText()).toMatch(/not live \d+/);
  expect(await gate.innerText()).toContain('Check power and cable');
  expect(await gate.innerText()).toContain('It is not being recorded.');
  await until('in the feed', async () => /Camera lost/.test(await page.getByRole('complementary').innerText()));
});

test('the page beside a long list of warnings does not scroll', async () => {
  const { page } = rig;
  await page.evaluate(async () => {
    for (let n = 1; n <= 30; n += 1)
      await fetch('/api/events', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ title: `Warning ${String(n)}`, severity: 'warning' }),
      });
  });
  await page.goto(new URL('/', page.url()).href);
  await page.locator('.feed-list').getByText('Warning 30').waitFor();
  expect(await page.locator('.feed-list').evaluate((e) => e.scrollHeight > e.clientHeight)).toBe(true);
  expect(await page.locator('main').evaluate((e) => e.scrollHeight - e.clientHeight)).toBe(0);
});
