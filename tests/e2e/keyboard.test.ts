/** No mouse: from the first run to a live tile, with the focus seen at every step; and keys of one's own. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DemoSite } from '../../src/main/demo/index.ts';
import { until } from '../support/until.ts';
import { expectLive, openRig, password, site, tile, type Rig } from './wall-rig.ts';

let rig: Rig;
let demo: DemoSite;

beforeAll(async () => {
  rig = await openRig();
  demo = site();
});
afterAll(async () => {
  await rig.close();
  await demo.stop();
});

const mostTabs = 60;

/** What has the focus: its name, and whether a person sees that it has. */
const focus = (): Promise<{ name: string; seen: boolean }> =>
  rig.page.evaluate<{ name: string; seen: boolean }>(`(() => {
    const at = document.activeElement;
    const label = at.labels?.[0]?.textContent ?? '';
    const ring = (e) => { const s = getComputedStyle(e); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1; };
    const edge = getComputedStyle(at).borderColor === getComputedStyle(document.documentElement).getPropertyValue('--accent');
    const box = at.getBoundingClientRect();
    const inside = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
    const marked = ring(at) || edge || (at.parentElement !== null && ring(at.parentElement)) || at.matches('input, [role=combobox]');
    return { name: at.getAttribute('aria-label') ?? (label || at.textContent || '').trim(), seen: inside && marked };
  })()`);

/** Goes on by Tab to the thing of this name; round again while a page that was just asked for is on its way. */
async function tabTo(name: string | RegExp): Promise<void> {
  let passed: string[] = [];
  for (const untilMs = performance.now() + 15_000; performance.now() < untilMs; ) {
    passed = [];
    for (let i = 0; i < mostTabs; i++) {
      const at = await focus();
      if (typeof name === 'string' ? at.name === name : name.test(at.name)) {
        expect(at.seen, `the focus on ${at.name} is seen`).toBe(true);
        return;
      }
      passed.push(at.name.slice(0, 60));
      await rig.page.keyboard.press('Tab');
    }
  }
  throw new Error(`Tab does not reach ${String(name)}, only: ${passed.join(' · ')}`);
}

async function typeInto(name: string, text: string): Promise<void> {
  await tabTo(name);
  await rig.page.keyboard.press('Control+a');
  await rig.page.keyboard.type(text);
}

test('first run, a camera tested and saved, a live tile: by keyboard alone', async () => {
  const { page, station } = rig;
  const gate = (await demo.start()).find((c) => c.name === 'Gate');
  if (!gate) throw new Error('no demo camera Gate');
  await page.goto(station.url);
  await page.getByRole('button', { name: 'Create the administrator' }).waitFor();
  await typeInto('Password', password);
  await typeInto('Password again', password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'The wall shows your cameras live' }).waitFor();

  await tabTo('Cameras');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/cameras');
  await page.getByText('Add a camera').locator('visible=true').first().waitFor();
  await tabTo('Add a camera');
  await page.keyboard.press('Enter');
  await tabTo('On the network');
  for (const way of ['By address or range', 'By RTSP address']) {
    await page.keyboard.press('ArrowRight');
    await until(way, async () => (await focus()).name === way);
  }
  await page.keyboard.press('Enter');
  await typeInto('RTSP address', gate.main.url);
  await typeInto('User', gate.username);
  await typeInto('Password', gate.password);
  await tabTo('Test');
  await page.keyboard.press('Enter');
  await page.locator('canvas[data-drawn="true"]').waitFor();
  await typeInto('Name', 'Gate');
  await tabTo('Save');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/cameras');
  await tabTo('Wall');
  await page.keyboard.press('Enter');
  await expectLive(tile(page, 'Gate'));
  expect(rig.faults).toEqual([]);
});

test('a key of one’s own: chosen, refused where it clashes, kept with the user, and let go', async () => {
  const { page, station } = rig;
  await page.goto(`${station.url}/settings`);
  const details = page.getByRole('button', { name: /^Details of the focused tile: .*another key$/ });
  await details.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Press a key, Esc leaves it' }).waitFor();
  await page.keyboard.press('s');
  await page.getByText('S is taken: Snapshot of the focused tile.').waitFor();
  for (const [key, why] of [
    ['F5', 'F5 belongs to the browser'],
    ['7', '7 always does the same'],
  ] as const) {
    await details.press('Enter');
    await page.keyboard.press(key);
    await page.getByText(why).waitFor();
  }
  await details.press('Enter');
  await page.keyboard.press('v');
  await until('V is chosen', async () => /: V\./.test((await details.getAttribute('aria-label')) ?? ''));

  // Kept with the user, not with this browser.
  await until('kept', async () =>
    page.evaluate<boolean>(
      `Object.entries(localStorage).some(([k, v]) => k.startsWith('vigie.keys.') && v.includes('"unsent":false'))`,
    ),
  );
  await page.evaluate('localStorage.clear()');
  await page.goto(station.url);
  await expectLive(tile(page, 'Gate'));
  await page.keyboard.press('i');
  expect(await page.locator('.tile-details').count()).toBe(0);
  await page.keyboard.press('v');
  await page.locator('.tile-details').waitFor();
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keys' });
  await until('the list says it', async () => /V\s*Details of the focused tile/.test(await help.innerText()));
  await page.keyboard.press('Escape');

  await page.goto(`${station.url}/settings`);
  await page.getByRole('button', { name: 'All keys as they were' }).press('Enter');
  await until('I again', async () => /: I\./.test((await details.getAttribute('aria-label')) ?? ''));
  expect(rig.faults).toEqual([]);
});
