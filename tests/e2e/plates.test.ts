/** Number plates: lists by hand and from a spreadsheet, what was read, and the switches of a camera. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDemoSite } from '../../src/main/demo/index.ts';
import { systemClock } from '../../src/main/lib/clock.ts';
import { quietLog } from '../../src/main/lib/log.ts';
import { expectAccessible } from '../support/accessible.ts';
import { noFfmpeg } from '../support/grey.ts';
import { hasMedia } from '../support/media.ts';
import { drive, plateOnClip } from '../support/plate-clips.ts';
import { shot } from '../support/shot.ts';
import { tempFolder } from '../support/temp.ts';
import { until } from '../support/until.ts';
import { addByForm, createAdministrator, openRig, type Rig } from './wall-rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
  await createAdministrator(rig);
});
afterAll(() => rig.close());

const get = async (path: string): Promise<string> =>
  (await rig.page.context().request.get(`${rig.station.url}${path}`)).text();

test('a list is begun, filled by hand and from a spreadsheet that is put right, saved as CSV, and deleted', async () => {
  const { page } = rig;
  await page.goto(`${rig.station.url}/settings/analysis/plates`);
  await page.getByRole('heading', { name: 'Plates that were read' }).waitFor();
  await page.getByText('No plate has been read yet.', { exact: false }).waitFor();
  await page.getByText('There is no list yet.', { exact: false }).waitFor();
  await expectAccessible(rig.page);

  // By keyboard alone.
  await page.getByRole('button', { name: 'New list' }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).waitFor();
  await page.keyboard.type('Neighbours');
  await expectAccessible(rig.page);
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('Nothing is on this list yet.').waitFor();

  await page.getByRole('button', { name: 'Add a plate' }).click();
  await dialog.getByRole('textbox', { name: 'Plate', exact: true }).fill('?');
  await dialog.getByText('A plate has 2 to 12 letters and digits.').waitFor();
  await dialog.getByRole('textbox', { name: 'Plate', exact: true }).fill('b-101 gsb');
  await dialog.getByRole('textbox', { name: 'Whose' }).fill('Popescu');
  await dialog.getByLabel('Valid to').fill('2026-01-31');
  await expectAccessible(rig.page);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  const row = page.getByRole('row', { name: /B101GSB/ });
  await row.getByText('not now', { exact: false }).waitFor();
  // Twice is refused, in words.
  await page.getByRole('button', { name: 'Add a plate' }).click();
  await dialog.getByRole('textbox', { name: 'Plate', exact: true }).fill('B101GSB');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('alert').filter({ hasText: 'already' }).waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  await page.getByRole('button', { name: 'Take in CSV' }).click();
  const text = dialog.getByRole('textbox', { name: 'List of plates' });
  await text.fill('plate,label\nXY99ZZZ,Ada\nB 101 GSB,Popescu & Co\n,nobody\n');
  await dialog.getByText('Line 4: plate is missing').waitFor();
  expect(await dialog.getByRole('button', { name: 'Take in', exact: true }).isDisabled()).toBe(true);
  await shot(rig.page, 'plates-import');
  await expectAccessible(rig.page);
  await text.fill('plate,label\nXY99ZZZ,Ada\nB 101 GSB,Popescu & Co\n');
  await dialog.getByText('All lines are right: 2.', { exact: false }).waitFor();
  await dialog.getByRole('button', { name: 'Take in', exact: true }).click();
  await page.getByText('Added: 1, changed: 1, taken off: 0').waitFor();
  await page.getByRole('row', { name: /XY99ZZZ/ }).waitFor();
  await page.getByRole('row', { name: /Popescu & Co/ }).waitFor();
  await expectAccessible(rig.page);
  await shot(rig.page, 'plates');
  const href = await page.getByRole('link', { name: 'Save as CSV' }).getAttribute('href');
  expect(await get(href ?? '')).toBe('plate,label,note,from,to\r\nB101GSB,Popescu & Co,,,\r\nXY99ZZZ,Ada,,,\r\n');

  // A part as somebody remembers it.
  await page.getByRole('searchbox', { name: 'Part of a plate or a name' }).fill('lo1');
  await until('one row', async () => (await page.getByRole('row', { name: /XY99ZZZ/ }).count()) === 0);
  await row.getByRole('button', { name: 'Take off the list: B101GSB' }).click();
  await dialog.getByRole('button', { name: 'Take off the list' }).click();
  await page.getByText('Nothing on this list has this part.').waitFor();
  await page.getByRole('button', { name: 'Delete the list' }).click();
  await dialog.getByRole('button', { name: 'Delete the list' }).click();
  await page.getByText('There is no list yet.', { exact: false }).waitFor();
  expect(await get('/api/plates/lists')).toBe('[]');
});

test.skipIf(noFfmpeg || !hasMedia)(
  'a zone is told to read plates; what is read stands in the list with its picture and is found by a part (needs the labelled pictures)',
  async () => {
    const { page } = rig;
    const clips = tempFolder();
    drive(clips.path);
    const demo = createDemoSite({
      ...{ clock: systemClock, log: quietLog, dir: clips.path, portBase: 0, password: 'a secret word', faults: [] },
    });
    try {
      const camera = (await demo.start()).find((c) => c.name === 'Gate');
      if (camera === undefined) throw new Error('no such camera');
      await page.goto(`${rig.station.url}/`);
      await addByForm(page, camera, { sub: true });
      await page.getByRole('button', { name: 'Actions for Gate' }).click();
      await page.getByRole('menuitem', { name: 'Zones and analysis' }).click();
      await page.locator('.device-live-box[data-live="true"]').waitFor({ timeout: 20_000 });
      // The camera's own switch holds at once.
      await page.getByRole('switch', { name: 'Read number plates' }).click();
      await page.getByRole('switch', { name: 'Keep allowed plates to itself' }).waitFor();
      await page.getByRole('switch', { name: 'Read number plates' }).click();
      // A zone over nearly all of the picture, by keyboard.
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page.getByRole('menuitem', { name: 'Zone to watch' }).click();
      const picture = page.getByRole('application', { name: 'Zones and lines on the picture' });
      const box = await picture.boundingBox();
      if (box === null) throw new Error('the picture is not shown');
      for (const [x, y] of [
        [0.1, 0.3],
        [0.9, 0.3],
        [0.9, 0.95],
        [0.1, 0.95],
        [0.1, 0.3],
      ] as const)
        await page.mouse.click(box.x + x * box.width, box.y + y * box.height);
      await page.getByRole('switch', { name: 'Read number plates here' }).click();
      await page.getByRole('combobox', { name: 'Plates that are told' }).waitFor();
      await expectAccessible(rig.page);
      await shot(rig.page, 'plates-zone');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByText('Everything is saved.').waitFor();
      await until('a plate', async () => (await get('/api/events?kind=plate')).includes('"hasPicture":true'), 90_000);

      await page.goto(`${rig.station.url}/settings/analysis/plates`);
      const seen = page.getByRole('table', { name: 'Plates that were read' });
      await seen.getByText(plateOnClip, { exact: true }).waitFor();
      await seen.getByText('On no list').waitFor();
      await expectAccessible(rig.page);
      await shot(rig.page, 'plates-seen');
      const search = page.getByRole('searchbox', { name: 'Part of a plate', exact: true });
      await search.fill('9gsx');
      await seen.getByText(plateOnClip, { exact: true }).waitFor();
      await search.fill('9gsy');
      await page.getByText('No plate that was read has this part.', { exact: false }).waitFor();
      await search.fill('');
      // By its picture, and without one.
      await seen
        .getByRole('button', { name: `Why: ${plateOnClip}` })
        .first()
        .click();
      await page.getByRole('dialog').getByText(plateOnClip).first().waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await seen
        .getByRole('button', { name: `Why: ${plateOnClip}` })
        .last()
        .click();
      await page.getByRole('dialog').getByText(plateOnClip).first().waitFor();
      await shot(rig.page, 'plates-why');
    } finally {
      await demo.stop();
      clips.remove();
    }
  },
  180_000,
);
