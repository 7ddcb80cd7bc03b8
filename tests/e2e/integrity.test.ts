import { afterAll, beforeAll, expect, it } from 'vitest';
import type { IntegrityPlan } from '#domain/integrity.ts';
import { openRig, type Rig } from './playback-rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig(2_000);
}, 150_000);
afterAll(async () => {
  await rig.stop();
});

type State = { plan: IntegrityPlan; backups: { list: { bytes: number }[] } };
const state = async (): Promise<State> =>
  (await (await rig.page.context().request.get(`${rig.station.url}/api/integrity`)).json()) as State;

it('looks through everything when asked, keeps the plan that is set, and copies the index', async () => {
  const { page } = rig;
  await page.goto(`${rig.station.url}/retention`);
  await page.getByRole('link', { name: 'Integrity' }).click();
  await page.getByText('Nothing is known to be wrong.').waitFor();
  await page.getByRole('button', { name: 'Check now' }).click();
  await page.getByText('Everything was as it was recorded when it was last looked at').waitFor({ timeout: 60_000 });

  const save = page.getByRole('button', { name: 'Save' });
  expect(await save.isDisabled(), 'nothing was changed').toBe(true);
  await page.getByLabel('Look at everything every … days').fill('14');
  await page.getByLabel('Read at most, MB a second').fill('50');
  await save.click();
  await expect.poll(async () => (await state()).plan).toEqual({ everyDays: 14, bytesPerSecond: 50_000_000 });
  await page.reload();
  expect(await page.getByLabel('Look at everything every … days').inputValue()).toBe('14');

  await page.getByText('There is no copy yet.').waitFor();
  await page.getByRole('button', { name: 'Copy now' }).click();
  await page.getByText('The index was copied.').waitFor({ timeout: 60_000 });
  expect((await state()).backups.list).toHaveLength(1);
  await page.getByText('There is no copy yet.').waitFor({ state: 'detached' });
});
