/** Listening to a camera, as a person sets it: off at first, a live meter, a threshold moved by keyboard, what is told. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from '../support/accessible.ts';
import { shot } from '../support/shot.ts';
import { until } from '../support/until.ts';
import { openRigWith, type SiteRig } from './wall-rig.ts';

let rig: SiteRig;
let id: string;

beforeAll(async () => {
  rig = await openRigWith(['Corridor']);
  id = await rig.page.evaluate(
    async () => ((await (await fetch('/api/cameras')).json()) as { id: string }[])[0]?.id ?? '',
  );
});
afterAll(() => rig.close());

type Told = {
  settings: { on: boolean; loudDb: number; tellSudden: boolean; tellSilence: boolean; transcribe: boolean };
  state: object;
};
const told = (): Promise<Told> =>
  rig.page.evaluate(async (of) => (await (await fetch(`/api/cameras/${of}/sound`)).json()) as Told, id);

test('a camera is listened to when a person says so; the meter moves, and the threshold is set by keyboard', async () => {
  const { page } = rig;
  await page.getByRole('button', { name: 'Actions for Corridor' }).click();
  await page.getByRole('menuitem', { name: 'Zones and analysis' }).click();
  const part = page.getByRole('region', { name: 'Sound', exact: true });
  const on = part.getByRole('switch', { name: 'Listen to this camera' });
  expect(await on.isChecked()).toBe(false);
  expect(await part.getByRole('meter').count()).toBe(0);
  await part.getByText('Where sound is not recorded, it is not analysed.', { exact: false }).waitFor();
  await on.focus();
  await page.keyboard.press('Space');
  const meter = part.getByRole('meter', { name: 'Level now' });
  await meter.waitFor();
  const level = async (): Promise<number> => Number(await meter.getAttribute('aria-valuenow'));
  await until('a level', async () => (await level()) > -79, 20_000);
  expect(await level()).toBeLessThanOrEqual(0);
  expect(await meter.getAttribute('aria-valuetext')).toMatch(/-\d+ dBFS/);
  await until('what is usual there', async () => await part.getByText(/usual -\d+ dBFS/).isVisible(), 20_000);
  const slider = part.getByRole('slider', { name: 'Threshold' });
  await slider.focus();
  for (let i = 0; i < 30; i += 1) await page.keyboard.press('ArrowLeft');
  await until('the threshold is kept', async () => (await told()).settings.loudDb === -50);
  await part.getByText('-50 dBFS').first().waitFor();
  await part.getByRole('switch', { name: 'Tell sudden sounds' }).check();
  await part.getByRole('switch', { name: 'Tell when the microphone falls silent' }).check();
  await part.getByRole('switch', { name: 'Tell when somebody speaks' }).check();
  await part.getByRole('switch', { name: 'Write down what is said' }).check();
  await part.getByText('There is no model for this yet.', { exact: false }).waitFor();
  await until('all is kept', async () => {
    const { settings } = await told();
    return settings.tellSudden && settings.tellSilence && settings.transcribe;
  });
  await part.scrollIntoViewIfNeeded();
  await shot(rig.page, 'sound-part');
  await expectAccessible(rig.page);
  await page.reload();
  await until('kept over a reload', async () => await on.isChecked(), 15_000);
  await until('it moves again', async () => (await level()) > -79, 20_000);
  await page.setViewportSize({ width: 640, height: 900 });
  await part.getByRole('meter').scrollIntoViewIfNeeded();
  await shot(rig.page, 'sound-narrow');
  await page.setViewportSize({ width: 1440, height: 900 });
  await on.uncheck();
  await until('off', async () => !(await told()).settings.on);
  await until('no meter', async () => (await meter.count()) === 0);
  expect(rig.faults).toEqual([]);
});

test('work that nobody waits for is told with the analysis', async () => {
  const { page } = rig;
  await page.goto(`${rig.station.url}/settings/analysis`);
  const row = page.getByRole('row', { name: /Writing down what is said/ });
  await row.getByText('There is no model for it').waitFor();
  await row.getByText('0 of 2,000').waitFor();
  await row.scrollIntoViewIfNeeded();
  await shot(rig.page, 'work-queues');
  await expectAccessible(rig.page);
  expect(rig.faults).toEqual([]);
});
