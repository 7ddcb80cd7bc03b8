/** Zones and lines, as a person draws them on the live picture: by mouse, by keyboard alone, taken back, kept over a reload. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from '../support/accessible.ts';
import { shot } from '../support/shot.ts';
import { until } from '../support/until.ts';
import { expectLive, openRigWith, type SiteRig, tile } from './wall-rig.ts';

let rig: SiteRig;
let gateId: string;

beforeAll(async () => {
  rig = await openRigWith(['Gate'], { watched: ['Gate'] });
  gateId = await rig.page.evaluate(
    async () => ((await (await fetch('/api/cameras')).json()) as { id: string }[])[0]?.id ?? '',
  );
});
afterAll(() => rig.close());

type Told = {
  settings: { modelId: string | null };
  zones: { name: string; kind: string; points: { x: number; y: number }[]; version: number; triggers: unknown }[];
  lines: { name: string; a: { x: number; y: number }; b: { x: number; y: number }; countsIn: string | null }[];
};
const told = (): Promise<Told> =>
  rig.page.evaluate(async (id) => (await (await fetch(`/api/cameras/${id}/watching`)).json()) as Told, gateId);
const picture = () => rig.page.getByRole('application', { name: 'Zones and lines on the picture' });
/** A place on the picture, in parts of it. */
async function at(x: number, y: number): Promise<[number, number]> {
  const box = await picture().boundingBox();
  if (box === null) throw new Error('the picture is not shown');
  return [box.x + x * box.width, box.y + y * box.height];
}
async function add(what: string): Promise<void> {
  await rig.page.getByRole('button', { name: 'Add', exact: true }).click();
  await rig.page.getByRole('menuitem', { name: what }).click();
}
async function save(): Promise<void> {
  await rig.page.getByRole('button', { name: 'Save', exact: true }).click();
  await rig.page.getByText('Everything is saved.').waitFor();
}

test('a zone is drawn by mouse on the live picture, reshaped, taken back, told what matters, and saved', async () => {
  const { page } = rig;
  await page.getByRole('button', { name: 'Actions for Gate' }).click();
  await page.getByRole('menuitem', { name: 'Zones and analysis' }).click();
  await page.getByRole('heading', { name: 'Zones and analysis of Gate' }).waitFor();
  await page.locator('.device-live-box[data-live="true"]').waitFor({ timeout: 20_000 });
  await add('Zone to watch');
  for (const [x, y] of [
    [0.1, 0.3],
    [0.4, 0.35],
    [0.5, 0.8],
    [0.15, 0.9],
  ] as const) {
    const [px, py] = await at(x, y);
    await page.mouse.move(px, py, { steps: 3 });
    if (x === 0.5) await shot(rig.page, 'zones-drawing');
    await page.mouse.click(px, py);
  }
  // A click on the first corner closes it.
  const first = await at(0.1, 0.3);
  await page.mouse.click(first[0], first[1]);
  await page.getByText('Zone 1: zone with 4 corners', { exact: false }).waitFor();
  // A corner is dragged, Ctrl+Z brings it back, Ctrl+Y out again.
  const corner = await at(0.5, 0.8);
  const to = await at(0.62, 0.7);
  await page.mouse.move(corner[0], corner[1]);
  await page.mouse.down();
  await page.mouse.move(to[0], to[1], { steps: 6 });
  await page.mouse.up();
  const says = page.getByText(/Zone 1, corner 3 of 4/);
  await says.getByText('62% from the left, 70% from the top').waitFor();
  await page.keyboard.press('Control+z');
  await page.getByText(/corner 3 of 4: 50% from the left, 80% from the top/).waitFor();
  await page.keyboard.press('Control+y');
  await page.getByText(/corner 3 of 4: 62% from the left, 70% from the top/).waitFor();
  // An edge gives way to a fifth corner.
  const edge = await at(0.25, 0.325);
  const up = await at(0.25, 0.2);
  await page.mouse.move(edge[0], edge[1]);
  await page.mouse.down();
  await page.mouse.move(up[0], up[1], { steps: 6 });
  await page.mouse.up();
  await page.getByText(/Zone 1, corner 2 of 5/).waitFor();
  await page.getByLabel('Name', { exact: true }).fill('Doorway');
  await page.getByRole('checkbox', { name: 'it stays longer than' }).check();
  await page.getByLabel('Stays longer than, seconds').fill('45');
  await shot(rig.page, 'zones-zone');
  await expectAccessible(rig.page);
  await save();
  const { zones } = await told();
  expect(zones).toMatchObject([
    { name: 'Doorway', kind: 'detect', version: 1, triggers: { present: true, loitersS: 45 } },
  ]);
  expect(zones[0]?.points.length).toBe(5);

  // By keyboard: what was saved has nothing more to save, and the keyboard stays on it.
  const name = page.getByLabel('Name', { exact: true });
  const saves = page.getByRole('button', { name: 'Save', exact: true });
  await name.fill('Door');
  await saves.focus();
  await page.keyboard.press('Enter');
  await until('it is saved', async () => (await told()).zones[0]?.name === 'Door');
  await until('the keyboard is on Save again', () => saves.evaluate((e) => e === document.activeElement));
  await page.getByText('Everything is saved.').waitFor();
  expect(await saves.isDisabled()).toBe(true);
  expect(await saves.evaluate((e) => e === document.activeElement), 'and stays there').toBe(true);
  await page.keyboard.press('Enter');
  await name.fill('Doorway');
  await save();
  expect((await told()).zones).toMatchObject([{ name: 'Doorway', version: 3 }]);
  expect(zones[0]?.points[3]?.x).toBeCloseTo(0.62, 1);
});

test('a private zone and a line are drawn by keyboard alone, and what crosses itself is not saved', async () => {
  const { page, faults } = rig;
  const addButton = page.getByRole('button', { name: 'Add', exact: true });
  await addButton.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Zone to watch' }).waitFor();
  for (let i = 0; i < 3; i += 1) {
    if (await page.getByRole('menuitem', { name: 'Private zone' }).evaluate((e) => e === document.activeElement)) break;
    await page.keyboard.press('ArrowDown');
  }
  await page.keyboard.press('Enter');
  await until('the picture has the keyboard', () => picture().evaluate((e) => e === document.activeElement));
  // Nothing set: Enter makes a usual shape about the cross.
  for (let i = 0; i < 5; i += 1) await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Enter');
  await page.getByText('Private 1: zone with 4 corners', { exact: false }).waitFor();
  await page.keyboard.press('c');
  await page.getByText(/Private 1, corner 1 of 4: 55% from the left, 30% from the top/).waitFor();
  await page.keyboard.press('+');
  await page.getByText(/Private 1, corner 2 of 5/).waitFor();
  await page.keyboard.press('Delete');
  await page.getByText(/of 4/).first().waitFor();
  // Its first corner is put behind the opposite edge: the edges cross, and saving says so.
  await page.keyboard.press('Escape');
  await page.keyboard.press('c');
  for (let i = 0; i < 8; i += 1) await page.keyboard.press('Shift+ArrowRight');
  for (let i = 0; i < 4; i += 1) await page.keyboard.press('Shift+ArrowDown');
  await page
    .getByText(/Its edges cross/)
    .first()
    .waitFor();
  expect(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
  await shot(rig.page, 'zones-crossing');
  // What one corner was moved by the arrows is one step.
  await page.keyboard.press('Control+z');
  await page
    .getByText(/Its edges cross/)
    .first()
    .waitFor({ state: 'detached' });

  await addButton.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Line to cross' }).press('Enter');
  await until('the picture has the keyboard', () => picture().evaluate((e) => e === document.activeElement));
  for (let i = 0; i < 4; i += 1) await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press(' ');
  for (let i = 0; i < 4; i += 1) await page.keyboard.press('Shift+ArrowRight');
  for (let i = 0; i < 2; i += 1) await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press(' ');
  await page.getByText('Line 1: line. Drag it or its ends.').waitFor();
  await page.getByRole('combobox', { name: 'Counts as in' }).click();
  await page.getByRole('option', { name: 'to the right' }).click();
  await shot(rig.page, 'zones-line');
  await expectAccessible(rig.page);
  // A reload loses nothing of what was not saved.
  await page.reload();
  await page.getByText('What you drew before and did not save is here again.').waitFor();
  await save();
  const { zones, lines } = await told();
  expect(zones.map((z) => [z.name, z.kind])).toEqual([
    ['Doorway', 'detect'],
    ['Private 1', 'privacy'],
  ]);
  expect(zones[1]?.points).toEqual([
    { x: 0.55, y: 0.3 },
    { x: 0.95, y: 0.3 },
    { x: 0.95, y: 0.7 },
    { x: 0.55, y: 0.7 },
  ]);
  expect(lines).toMatchObject([{ name: 'Line 1', a: { x: 0.3, y: 0.5 }, b: { x: 0.5, y: 0.6 }, countsIn: 'to-right' }]);
  expect(faults).toEqual([]);
});

test('what a private zone covers is seen while it is drawn, and a switch shows it as every screen does', async () => {
  const { page } = rig;
  const asShown = page.getByRole('switch', { name: 'As it is shown' });
  const black = page.locator('.device-live-box .privacy-layer polygon');
  await page.getByText('black when shown').waitFor();
  await shot(page, 'zones-private');
  expect(await black.count()).toBe(0);
  await asShown.check();
  await page.getByText('This is how every screen shows it', { exact: false }).waitFor();
  expect(await black.count()).toBe(1);
  expect(await picture().count()).toBe(0);
  const place = await black.evaluate((area) => {
    const frame = area.closest('.device-live-box')?.getBoundingClientRect();
    const box = area.getBoundingClientRect();
    return frame ? [(box.left - frame.left) / frame.width, (box.top - frame.top) / frame.height] : [];
  });
  expect(place[0]).toBeCloseTo(0.55, 2);
  expect(place[1]).toBeCloseTo(0.3, 2);
  await shot(page, 'zones-as-shown');
  await expectAccessible(page);
  // Whoever goes on drawing sees what is drawn.
  await page.getByRole('button', { name: /^Private 1/ }).click();
  await page.getByText('Private 1: zone with 4 corners', { exact: false }).waitFor();
  expect(await asShown.isChecked()).toBe(false);
  expect(await black.count()).toBe(0);
  await page.getByRole('button', { name: /^Private 1/ }).click();
});

test('what somebody else changed meanwhile is not overwritten', async () => {
  const { page } = rig;
  await page.evaluate(async (id) => {
    const zone = (
      (await (await fetch(`/api/cameras/${id}/watching`)).json()) as { zones: { id: string; version: number }[] }
    ).zones[0];
    if (!zone) throw new Error('there is no zone');
    const answer = await fetch(`/api/cameras/${id}/zones/${zone.id}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ version: zone.version, zone: { ...zone, name: 'Porch' } }),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }, gateId);
  await page.getByRole('button', { name: /^Doorway/ }).click();
  await page.getByLabel('Name', { exact: true }).fill('Entrance');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText(/Somebody else has changed these zones/).waitFor();
  expect((await told()).zones[0]?.name).toBe('Porch');
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('button', { name: /^Porch/ }).waitFor();
});

test('a camera is given a detector of its own, which then looks, and the station’s again', async () => {
  const { page } = rig;
  const detector = page.getByRole('combobox', { name: 'Detector' });
  const modelId = async (): Promise<string | null | undefined> => (await told()).settings.modelId;
  const pick = async (name: string | RegExp): Promise<void> => {
    await detector.click();
    await page.getByRole('option', { name, exact: true }).click();
  };
  expect(await detector.inputValue()).toBe('The station’s, now SSD MobileNetV2');
  await pick('SSD MobileNetV2');
  await until('it is the camera’s own', async () => (await modelId()) === 'ssd-mobilenet-v2');
  await page.getByText('looked at by SSD MobileNetV2').waitFor();
  await page.reload();
  await until('it is chosen', async () => (await detector.inputValue()) === 'SSD MobileNetV2');
  // Opened by its address, the page shows the picture as large as what is drawn on it.
  const sizes = page.locator('.device-live-box').evaluate((box) => {
    const picture = box.querySelector('.device-live-picture')?.getBoundingClientRect();
    const drawn = box.querySelector('.zone-edit')?.getBoundingClientRect();
    return [picture, drawn].map((r) => (r ? [r.left, r.top, r.width, r.height].map(Math.round) : null));
  });
  const [shown, drawn] = await sizes;
  expect(shown).toEqual(drawn);
  await shot(page, 'zones-detector');
  await expectAccessible(page);
  await pick(/^The station’s/);
  await until('it is the station’s again', async () => (await modelId()) === null);
});

test('a private zone is black on the wall, live and in the past, where it was drawn', async () => {
  const { page } = rig;
  await page.getByRole('link', { name: 'Wall', exact: true }).click();
  const gate = tile(page, 'Gate');
  await expectLive(gate);
  const black = gate.locator('.privacy-layer polygon');
  await black.waitFor();
  const place = await gate.evaluate((element) => {
    const frame = element.querySelector('.tile-frame')?.getBoundingClientRect();
    const area = element.querySelector('.privacy-layer polygon')?.getBoundingClientRect();
    if (!frame || !area) throw new Error('nothing is black');
    return { x: (area.left - frame.left) / frame.width, y: (area.top - frame.top) / frame.height };
  });
  expect(place.x).toBeCloseTo(0.55, 2);
  expect(place.y).toBeCloseTo(0.3, 2);
  await shot(rig.page, 'zones-wall');
  await page.keyboard.press(',');
  await until('the past', async () => (await gate.getAttribute('data-live')) === 'playback');
  expect(await black.count()).toBe(1);
});
