/** Encryption as an owner meets it: turned on, secured, played back without a difference; lost, locked, unlocked; destroyed. */
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseInit } from '../../src/main/media/mp4/read-init.ts';
import { expectAccessible } from '../support/accessible.ts';
import { openBrowser } from '../support/browser.ts';
import { shot } from '../support/shot.ts';
import { startStation, type RunningStation } from '../support/station.ts';
import { tempFolder } from '../support/temp.ts';
import { leaveUnwatched } from '../support/unwatched.ts';
import { until } from '../support/until.ts';
import { apart, frameMs, goTo, settled, steady } from './playback-rig.ts';

const user = { name: 'owner', password: 'a long night with coffee' };
const passphrase = 'seven herons over the harbour';

let folder: ReturnType<typeof tempFolder>;
let station: RunningStation;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  folder = tempFolder();
  station = await startStation({ data: folder.path, args: ['--headless'] });
  browser = await openBrowser();
  context = await browser.newContext({ viewport: { width: 1400, height: 900 }, locale: 'en-GB' });
  const made = await context.request.post(`${station.url}/api/setup`, {
    data: user,
    headers: { origin: station.url },
  });
  expect(made.ok()).toBe(true);
  page = await context.newPage();
});
afterAll(async () => {
  await browser.close();
  await station.stop();
  folder.remove();
});

/** All recorded files. */
const files = (): string[] =>
  readdirSync(join(folder.path, 'video'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.mp4'))
    .map((name) => join(folder.path, 'video', name));
const keyOf = (file: string): string | null => parseInit(new Uint8Array(readFileSync(file))).encryption?.keyId ?? null;

const recordedMs = async (): Promise<number> => {
  const now = Date.now();
  const answer = await context.request.get(
    `${station.url}/api/timeline?fromMs=${String(now - 600_000)}&toMs=${String(now)}`,
  );
  const { rows } = (await answer.json()) as { rows: { spans: [number, number][] }[] };
  return rows.length < 4 ? 0 : Math.min(...rows.map((r) => r.spans.reduce((sum, [a, b]) => sum + b - a, 0)));
};

test('an owner turns it on, keeps a passphrase and a recovery key, and looks back as before', async () => {
  await page.goto(`${station.url}/settings`);
  await page.getByRole('link', { name: 'Encryption of recordings' }).click();
  await page.getByText('New recordings can be watched by anyone who takes this disk.').waitFor();
  await page.getByRole('switch', { name: 'Encrypt new recordings on this disk' }).focus();
  await page.keyboard.press('Space');
  await page.getByRole('dialog').getByRole('button', { name: 'Encrypt', exact: true }).click();
  await page.getByText('New recordings are encrypted.').first().waitFor();
  await page.getByText('Only this PC can open these recordings.').waitFor();
  await shot(page, 'encryption-on');

  await page.getByRole('button', { name: 'Set a passphrase' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Passphrase', { exact: true }).fill('too short');
  await page.keyboard.press('Enter');
  await dialog.getByText('At least 12 characters are needed; these are 9.').waitFor();
  await dialog.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await dialog.getByLabel('Passphrase, again').fill(passphrase);
  await page.keyboard.press('Enter');
  await page.getByText('set: it opens this disk on another PC').waitFor();

  await page.getByRole('button', { name: 'Make a recovery key' }).click();
  const shown = dialog.getByLabel('Recovery key', { exact: true });
  const key = await until('the recovery key', async () => {
    const text = await shown.textContent();
    return text !== null && text.length === 39 ? text : null;
  });
  await shot(page, 'encryption-recovery-key');
  await dialog.getByLabel('Last two groups').fill('AAAA-AAAA');
  await page.keyboard.press('Enter');
  await dialog.getByText('These are not the last eight characters of the key.').waitFor();
  await dialog.getByLabel('Last two groups').fill(key.slice(-9).toLowerCase());
  await page.keyboard.press('Enter');
  await page.getByText(/^made /).waitFor();
  await expectAccessible(page);
  await shot(page, 'encryption-page');

  const demo = await context.request.post(`${station.url}/api/demo`, { data: {}, headers: { origin: station.url } });
  expect(demo.ok()).toBe(true);
  await leaveUnwatched(context.request, station.url);
  await until('enough on disk, of the small streams too', async () => (await recordedMs()) > 20_000, 90_000);
  const keys = new Set(files().map(keyOf));
  expect([...keys]).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);

  await page.goto(station.url);
  await page.locator('.tile[data-camera]').nth(3).waitFor();
  await page.locator('.tl-canvas').waitFor();
  await goTo(page, '9s ago');
  await page.keyboard.press('k');
  const first = await settled(page);
  await goTo(page, '-4s');
  const second = await settled(page);
  const [a, b] = [first[0], second[0]];
  if (!a || !b) throw new Error('a tile went away');
  const frames = Math.round((b.shownMs - a.shownMs) / frameMs);
  expect(frames).toBeLessThan(-55);
  expect(Math.abs(apart(a.frame, b.frame) - frames)).toBeLessThanOrEqual(1);
  await shot(page, 'encryption-playback');
}, 180_000);

test('recordings whose key is lost are locked, said so on the tile, and opened by the passphrase; destroyed ones never', async () => {
  await station.stop();
  // This PC's own key went, as when it is installed anew.
  rmSync(join(folder.path, 'keys', 'secrets.key'));
  const lostMs = Date.now();
  station = await startStation({ data: folder.path, args: ['--headless'] });
  const again = await context.request.post(`${station.url}/api/session`, {
    data: user,
    headers: { origin: station.url },
  });
  expect(again.ok()).toBe(true);
  await page.goto(`${station.url}/encryption`);
  await page.getByText(/^Recordings from .* are locked/).waitFor();
  await expectAccessible(page);
  await shot(page, 'encryption-locked');
  expect(station.output()).not.toContain(passphrase);

  await page.goto(station.url);
  await page.locator('.tile[data-camera]').nth(3).waitFor();
  const back = (): string => `${String(Math.ceil((Date.now() - lostMs) / 1000) + 7)}s ago`;
  await goTo(page, back());
  await page.keyboard.press('k');
  await page.getByText('This recording is locked.').first().waitFor();
  await shot(page, 'encryption-locked-tile');

  await page.goto(`${station.url}/encryption`);
  await page.getByRole('button', { name: 'Unlock' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Passphrase or recovery key').fill('not the right one');
  await page.keyboard.press('Enter');
  await dialog.getByText('This opens nothing that is locked here.').waitFor();
  await dialog.getByLabel('Passphrase or recovery key').fill(passphrase);
  await page.keyboard.press('Enter');
  const rows = page.getByRole('table').locator('tbody tr');
  await rows.nth(1).getByText('can be watched').waitFor();

  await page.goto(station.url);
  await page.locator('.tile[data-camera]').nth(3).waitFor();
  await goTo(page, back());
  await page.keyboard.press('k');
  expect((await settled(page)).length).toBe(steady);

  await page.goto(`${station.url}/encryption`);
  const name = (await rows.nth(1).locator('td').first().textContent()) ?? '';
  await page.getByRole('button', { name: `Destroy key ${name}` }).click();
  const sure = dialog.getByRole('button', { name: 'Destroy for good' });
  expect(await sure.isDisabled()).toBe(true);
  await dialog.getByLabel(`Type ${name} to confirm`).fill(name.toLowerCase());
  await page.keyboard.press('Enter');
  await rows
    .nth(1)
    .getByText(/^destroyed/)
    .waitFor();
  await page.goto(station.url);
  await page.locator('.tile[data-camera]').nth(3).waitFor();
  await goTo(page, back());
  await page.getByText('The key of this recording was destroyed.').first().waitFor();

  await page.getByRole('link', { name: 'Events', exact: true }).click();
  await page.getByText('Encrypted recordings are locked').first().waitFor();
  await page.getByText('a key was destroyed · owner').first().waitFor();
}, 180_000);
