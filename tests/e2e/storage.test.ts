import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StorageForecast } from '#contract/storage.ts';
import type { Volume } from '#domain/volume.ts';
import { until } from '../support/until.ts';
import { openRig, type Rig } from './playback-rig.ts';

let rig: Rig;
let disk: string;
beforeAll(async () => {
  rig = await openRig(2_000);
  disk = mkdtempSync(join(tmpdir(), 'vigie-disk-'));
}, 150_000);
afterAll(async () => {
  await rig.stop();
  rmSync(disk, { recursive: true, force: true });
});

const read = async <T>(path: string): Promise<T> =>
  (await (await rig.page.context().request.get(`${rig.station.url}/api${path}`)).json()) as T;

it('has one place for disks, forecast, retention, integrity, encryption and small pictures, and old addresses lead there', async () => {
  const { page, station } = rig;
  for (const [from, to] of [
    ['/retention', '/storage/retention'],
    ['/integrity', '/storage/integrity'],
    ['/encryption', '/storage/encryption'],
  ]) {
    await page.goto(`${station.url}${from}`);
    await page.waitForURL(`${station.url}${to}`);
  }
  const nav = page.getByRole('navigation', { name: 'Parts of storage' });
  for (const name of ['Disks', 'Forecast', 'Retention', 'Integrity', 'Encryption', 'Small pictures']) {
    await nav.getByRole('link', { name, exact: true }).focus();
    await page.keyboard.press('Enter');
    await nav.locator('[aria-current="page"]', { hasText: name }).waitFor();
  }
});

it('adds a disk after a look at it, changes it, and takes it out again', async () => {
  const { page, station } = rig;
  await page.goto(`${station.url}/storage`);
  await page.getByRole('button', { name: 'Add a disk' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Folder' }).fill('no/such/way');
  await page.keyboard.press('Enter');
  await dialog.getByRole('alert').waitFor();
  await dialog.getByRole('textbox', { name: 'Folder' }).fill(disk);
  await page.keyboard.press('Enter');
  // It lies on the disk that the data folder is on: that must be meant.
  const record = dialog.getByRole('button', { name: 'Record here' });
  await record.waitFor();
  const meant = dialog.getByLabel('Record there all the same');
  if ((await meant.count()) > 0) {
    expect(await record.isDisabled()).toBe(true);
    await meant.check();
  }
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Second');
  // No more than half of it can be kept free.
  const reserve = dialog.getByRole('textbox', { name: 'Kept free, GB' });
  await reserve.fill('900000');
  await dialog.getByText(/^At most .*: half of the disk\.$/).waitFor();
  expect(await record.isDisabled()).toBe(true);
  await reserve.fill('');
  await record.click();
  const card = page.getByRole('article', { name: 'Second' });
  await card.waitFor();
  // That is no reason for a warning.
  await until('its first look', async () => (await read<Volume[]>('/volumes')).every((v) => v.state === 'ok'));
  expect(station.output()).not.toMatch(/the state of a volume changed|goes on on another volume/);
  // What it had free is not told as if it were there, when it is not.
  await card.getByText(/ free of /).waitFor();
  renameSync(disk, `${disk}-away`);
  await card.getByText('Not there since').waitFor({ timeout: 60_000 });
  expect(await card.getByText(/ free of |a small write takes/).count()).toBe(0);
  renameSync(`${disk}-away`, disk);
  await card.getByText('In order').waitFor({ timeout: 60_000 });

  await page.getByRole('button', { name: 'Change Second' }).click();
  await dialog.getByRole('textbox', { name: 'Share' }).fill('0');
  await dialog.getByLabel('Record nothing new here').check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('article', { name: 'Second' }).getByText('Nothing new is recorded').waitFor();
  const second = (await read<Volume[]>('/volumes')).find((v) => v.name === 'Second');
  expect(second).toMatchObject({ weight: 0, paused: true, path: disk });

  // Who changed what stands among the events, and the page leads there.
  await page.getByRole('link', { name: 'Who changed what' }).click();
  const told = page.getByRole('row').filter({ hasText: 'Disk settings changed' });
  await told.first().waitFor();
  expect(await told.first().getByRole('listitem').allTextContents()).toEqual([
    'Share: 1 → 0',
    'Nothing new is recorded: no → yes',
  ]);
  expect(await told.first().textContent()).toContain(`Second · ${disk} · by guard`);
  await page.goto(`${station.url}/storage`);

  await page.getByRole('button', { name: 'Take Second out' }).click();
  const forget = dialog.getByLabel('Forget these recordings');
  await dialog.getByText(/It holds|None of its footage/).waitFor();
  if ((await forget.count()) > 0) await forget.check();
  await dialog.getByRole('button', { name: 'Take it out' }).click();
  await page.getByRole('article', { name: 'Second' }).waitFor({ state: 'detached' });
  expect(await read<Volume[]>('/volumes')).toHaveLength(1);
});

it('says how long the disk lasts, in all and per stream, and sorts by what is clicked', async () => {
  const { page, station } = rig;
  await page.goto(`${station.url}/storage/forecast`);
  await page.getByText('of video will be kept').waitFor();
  const forecast = await read<StorageForecast>('/storage/forecast');
  expect(forecast.volumes).toHaveLength(1);
  expect(forecast.streams.length).toBeGreaterThan(0);
  const sum = page.getByRole('region', { name: 'All disks together' });
  await sum.getByText('1 disk:').waitFor();
  await sum.getByText(/^Will be kept: /).waitFor();
  expect(forecast.all).toMatchObject({ totalBytes: forecast.volumes[0]?.totalBytes, shortAtMs: null, fits: true });
  const rows = page.getByRole('table', { name: 'Each stream' }).locator('tbody tr');
  expect(await rows.count()).toBe(forecast.streams.length);
  const head = page.getByRole('columnheader', { name: 'Camera' });
  await head.getByRole('button').click();
  expect(await head.getAttribute('aria-sort')).toBe('ascending');
  const names = await rows.locator('td:first-child').allTextContents();
  expect(names).toEqual([...names].sort((a, b) => a.toLowerCase().localeCompare(b.toLowerCase())));
});

it('bounds the room of small pictures, and refuses what cannot be', async () => {
  const { page, station } = rig;
  await page.goto(`${station.url}/storage/pictures`);
  const limit = page.getByRole('textbox', { name: 'At most, GB' });
  await limit.fill('0.001');
  await page.getByText(/^Between/).waitFor();
  expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
  await limit.fill('2');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect.poll(async () => (await read<{ maxBytes: number }>('/thumbnails')).maxBytes).toBe(2e9);
});
