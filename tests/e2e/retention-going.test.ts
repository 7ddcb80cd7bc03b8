/** Rules of retention that have footage deleted at once: what goes is said, and must be meant. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeOldFootage } from '../support/old-footage.ts';
import { openBrowser } from '../support/browser.ts';
import { startStation } from '../support/station.ts';
import { tempFolder } from '../support/temp.ts';
import { until } from '../support/until.ts';
import { createAdministrator, type Rig } from './wall-rig.ts';

const dayMs = 86_400_000;
let folder: ReturnType<typeof tempFolder>;
let rig: Rig;
beforeAll(async () => {
  folder = tempFolder();
  const oldMs = Date.now() - 10 * dayMs;
  await makeOldFootage(folder.path, { enabled: false }, [
    [oldMs, 4],
    [oldMs + 8 * dayMs, 4],
  ]);
  const station = await startStation({ data: folder.path });
  const browser = await openBrowser();
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
  const close = async (): Promise<void> => {
    await browser.close();
    await station.stop();
  };
  rig = { station, browser, page, faults: [], close };
  page.on('pageerror', (error) => rig.faults.push(error.message));
  await createAdministrator(rig);
}, 120_000);
afterAll(async () => {
  await rig.close();
  folder.remove();
});

it('are saved only when that was ticked, for these figures, and then it goes', async () => {
  const { page, station } = rig;
  type Deleted = { deletions: { reason: string; segments: number }[] };
  const deleted = async (): Promise<Deleted['deletions']> =>
    ((await (await page.context().request.get(`${station.url}/api/retention/deletions`)).json()) as Deleted).deletions;
  await page.goto(`${station.url}/storage/retention`);
  const legal = page.getByLabel('Legal maximum, days');
  const save = page.getByRole('button', { name: 'Save', exact: true });
  const said = page.getByText('With these rules video is deleted within a minute');
  // What keeps all that is there asks nothing.
  await legal.fill('30');
  await page.keyboard.press('Enter');
  await page.getByText('Saved. It takes effect within a minute.').waitFor();
  expect(await said.count()).toBe(0);

  // A figure too few.
  await legal.fill('3');
  await said.waitFor();
  await page.getByText(/^1 Gate main: what is older than/).waitFor();
  expect(await save.isDisabled()).toBe(true);
  await page.keyboard.press('Enter');
  await page.getByLabel('Delete it').check();
  expect(await save.isDisabled()).toBe(false);
  // The tick was for three days.
  await legal.fill('4');
  await until('it is to be ticked again', () => save.isDisabled());
  expect(await deleted()).toEqual([]);
  await page.getByLabel('Delete it').check();
  await save.click();
  await said.waitFor({ state: 'detached' });
  await until('the old footage is deleted', async () => (await deleted()).length > 0, 90_000);
  expect(await deleted()).toMatchObject([{ reason: 'legal', segments: 1 }]);
  expect(rig.faults).toEqual([]);
});
