/** The archives' tab of the storage page in a real browser: a folder and a bucket by dialog, a rule, footage that moves and plays from there. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ArchiveView, Tiering } from '#domain/archive.ts';
import { segmentPath } from '#domain/segment.ts';
import { openBrowser } from '../support/browser.ts';
import { makeOldFootage } from '../support/old-footage.ts';
import { openS3Server } from '../support/s3-server.ts';
import { startStation, type RunningStation } from '../support/station.ts';
import { tempFolder } from '../support/temp.ts';
import { until } from '../support/until.ts';
import { goTo } from './playback-rig.ts';

const hourMs = 3_600_000;
/** Five hours ago, at a whole second; and an hour later, on the disk for longer than the rule says. */
const oldMs = Math.floor(Date.now() / 1000) * 1000 - 5 * hourMs;
const youngMs = oldMs + 4 * hourMs;

const home = tempFolder('vigie-archives-');
const data = join(home.path, 'data');
const nas = join(home.path, 'nas');
let station: RunningStation;
let browser: Browser;
let page: Page;
let s3: Awaited<ReturnType<typeof openS3Server>>;
let startsMs: number[];

beforeAll(async () => {
  mkdirSync(data);
  startsMs = await makeOldFootage(data, { name: 'Gate', group: 'Outside' }, [
    [oldMs, 80],
    [youngMs, 30],
  ]);
  s3 = await openS3Server();
  station = await startStation({ data, args: ['--headless'] });
  browser = await openBrowser();
  page = await browser.newPage({ viewport: { width: 1400, height: 900 }, locale: 'en-GB' });
  page.setDefaultTimeout(15_000);
  const made = await page.context().request.post(`${station.url}/api/setup`, {
    data: { name: 'owner', password: 'a long night with coffee' },
    headers: { origin: station.url },
  });
  expect(made.ok()).toBe(true);
});
afterAll(async () => {
  await browser.close();
  await station.stop();
  await s3.close();
  home.remove();
});

const read = async <T>(path: string): Promise<T> =>
  (await (await page.context().request.get(`${station.url}/api${path}`)).json()) as T;
const dialog = () => page.getByRole('dialog');
const card = (name: string) => page.getByRole('article', { name });
const choose = async (label: string, option: string): Promise<void> => {
  await dialog().getByRole('group', { name: 'Main stream' }).getByRole('combobox', { name: label }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
};
const strip = () => page.locator('.tl-canvas');

describe('archives', () => {
  it('a folder is added by its dialog, which says what is wrong before it is tried', async () => {
    await page.goto(`${station.url}/storage/archive`);
    await page.getByRole('button', { name: 'Add an archive' }).click();
    const add = dialog().getByRole('button', { name: 'Try and add' });
    expect(await add.isDisabled()).toBe(true);
    await dialog().getByRole('textbox', { name: 'Name' }).fill('NAS');
    await dialog().getByRole('textbox', { name: 'Path of the folder' }).fill('mnt/nas');
    await dialog().getByText('Not right yet: Path of the folder.').waitFor();
    await dialog()
      .getByRole('textbox', { name: 'Path of the folder' })
      .fill(join(home.path, 'no', 'such', 'way'));
    await add.click();
    await dialog().getByRole('alert').waitFor();
    await dialog().getByRole('textbox', { name: 'Path of the folder' }).fill(nas);
    await add.click();
    await card('NAS').getByText('Nothing waits to be sent.').waitFor();
    await dialog().waitFor({ state: 'detached' });
    expect(existsSync(join(nas, 'vigie-archive.json'))).toBe(true);
    await card('NAS').getByRole('button', { name: 'Test' }).click();
    await page.getByText('The archive works.').waitFor();
  });

  it('a rule of a group moves its old footage there, and what is young stays', async () => {
    await page.getByRole('button', { name: 'What goes to an archive: Outside' }).click();
    await dialog().getByText('of its own').click();
    await choose('To', 'NAS');
    await dialog()
      .getByRole('group', { name: 'Main stream' })
      .getByRole('textbox', { name: 'After … days' })
      .fill('0.1');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await dialog().waitFor({ state: 'detached' });
    await page.getByRole('row', { name: 'Outside' }).getByText('Moved to NAS after 0.10 days').waitFor();
    await page.getByRole('row', { name: '1 Gate' }).getByText('like its group').first().waitFor();
    expect((await read<Tiering>('/tiering')).groups.map((g) => g.group)).toEqual(['Outside']);

    const old = startsMs.filter((ms) => ms < youngMs);
    expect(old.length).toBeGreaterThan(1);
    await until(
      'it has moved',
      () => old.every((ms) => !existsSync(join(data, 'video', segmentPath('gate', 'main', ms)))),
      30_000,
    );
    for (const ms of old) expect(existsSync(join(nas, segmentPath('gate', 'main', ms)))).toBe(true);
    expect(existsSync(join(data, 'video', segmentPath('gate', 'main', youngMs)))).toBe(true);
    await card('NAS')
      .getByText(`${String(old.length)} verified copies`)
      .waitFor();
    await card('NAS')
      .getByText(`${String(old.length)} of them nowhere else`)
      .waitFor();
    await card('NAS').getByRole('button', { name: 'Compare with the index' }).click();
    await card('NAS')
      .getByRole('status')
      .getByText(`${String(old.length)} objects`)
      .waitFor();
  });

  it('fewer days there are asked about, with what goes', async () => {
    await page.getByRole('button', { name: 'What goes to an archive: Outside' }).click();
    const main = dialog().getByRole('group', { name: 'Main stream' });
    const save = dialog().getByRole('button', { name: 'Save' });
    const keep = main.getByRole('textbox', { name: 'Kept there for … days' });
    await keep.fill('30');
    expect(
      await dialog()
        .getByText(/^With these rules video is deleted/)
        .count(),
    ).toBe(0);
    expect(await save.isDisabled()).toBe(false);
    await keep.fill('0.15');
    await dialog()
      .getByText(/^1 Gate main, at NAS: what is older than/)
      .waitFor();
    expect(await save.isDisabled()).toBe(true);
    await dialog().getByLabel('Delete it').check();
    expect(await save.isDisabled()).toBe(false);
    // The tick was for those figures.
    await keep.fill('0.16');
    await until('it is to be ticked again', () => save.isDisabled());
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
  });

  it('what moved plays from there and says so, and the timeline tells it from what is here', async () => {
    await page.goto(station.url);
    await strip().waitFor();
    const rows = (
      await read<{ rows: { archived: [number, number][] }[] }>(
        `/timeline?fromMs=${String(oldMs - hourMs)}&toMs=${String(Date.now())}&grainMs=1000`,
      )
    ).rows;
    expect(rows[0]?.archived).toHaveLength(1);
    expect(Math.abs((rows[0]?.archived[0]?.[0] ?? 0) - oldMs)).toBeLessThan(1000);
    const clock = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
    const zone = await page.evaluate(() => new Date().getTimezoneOffset());
    const typed = (ms: number): string => clock(ms - zone * 60_000);
    await goTo(page, typed(oldMs + 20_000));
    await page.keyboard.press('k');
    const surface = page.locator('.tile [data-playback]').first();
    await until('its picture', async () => (await surface.getAttribute('data-playback')) === 'showing', 30_000);
    await page.locator('.tile').getByText('from the archive').waitFor();
    // The playhead is in the middle; a little beside it lies what is at the archive.
    const box = await strip().boundingBox();
    await strip().hover({ position: { x: (box?.width ?? 0) / 2 + 6, y: 44 } });
    await page.getByText('Only in the archive').waitFor();
    await goTo(page, typed(youngMs + 10_000));
    await page.keyboard.press('k');
    await until(
      'the other picture',
      async () => Math.abs(Number(await surface.getAttribute('data-shown-ms')) - youngMs - 10_000) < 2_000,
      30_000,
    );
    await page.locator('.tile').getByText('from the archive').waitFor({ state: 'detached' });
  });

  it('a bucket is added by its dialog, with a key that is refused first, and its secret is not told again', async () => {
    await page.goto(`${station.url}/storage/archive`);
    await page.getByRole('button', { name: 'Add an archive' }).click();
    await dialog().getByText('S3 bucket').click();
    const { endpoint, bucket, prefix, accessKey, region } = s3.place;
    const fields = {
      Name: 'Bucket one',
      'Address of the server': endpoint,
      Region: region,
      Prefix: prefix,
      'Access key': accessKey,
    };
    for (const [name, value] of Object.entries(fields))
      await dialog().getByRole('textbox', { name, exact: true }).fill(value);
    await dialog().getByRole('textbox', { name: 'Bucket', exact: true }).fill(bucket);
    const add = dialog().getByRole('button', { name: 'Try and add' });
    expect(await add.isDisabled()).toBe(true); // without its secret
    await dialog().getByLabel('Secret key', { exact: true }).fill('not this one');
    await add.click();
    await dialog().getByRole('alert').waitFor();
    await dialog().getByLabel('Secret key', { exact: true }).fill(s3.secret);
    await add.click();
    await dialog().waitFor({ state: 'detached' });
    await card('Bucket one').getByText('In order').waitFor();
    expect([...s3.objects.keys()].some((key) => key.endsWith('vigie-archive.json'))).toBe(true);

    await page.getByRole('button', { name: 'Change Bucket one' }).click();
    expect(await dialog().getByLabel('Secret key', { exact: true }).inputValue()).toBe('');
    await dialog().getByText('Empty: the one that is kept.').waitFor();
    await dialog().getByRole('textbox', { name: 'Mbit/s at most' }).fill('20');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await dialog().waitFor({ state: 'detached' });
    const views = await read<ArchiveView[]>('/archives');
    expect(views.find((v) => v.name === 'Bucket one')).toMatchObject({ pace: { within: 20 }, trouble: null });
    expect(JSON.stringify(views)).not.toContain(s3.secret);

    await page.getByRole('button', { name: 'Take Bucket one out' }).click();
    await dialog().getByRole('button', { name: 'Take out' }).click();
    await card('Bucket one').waitFor({ state: 'detached' });
    // What the rule names and what is nowhere else is not taken out by a click.
    await page.getByRole('button', { name: 'Take NAS out' }).click();
    expect(await dialog().getByRole('button', { name: 'Take out' }).isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    expect(readdirSync(nas)).toContain('gate');
  });
});
