/** The first five minutes: administrator, log-in, an empty station, a first camera, the demo site. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DemoCamera, DemoSite } from '../../src/main/demo/index.ts';
import { until } from '../support/until.ts';
import {
  addByForm,
  createAdministrator,
  expectLive,
  expectMoving,
  openForm,
  openRig,
  password,
  site,
  tile,
  type Rig,
} from './wall-rig.ts';

let rig: Rig;
let cameras: DemoCamera[];
let demo: DemoSite;

beforeEach(async () => {
  rig = await openRig();
  demo = site();
  cameras = await demo.start();
});
afterEach(async () => {
  await rig.close();
  await demo.stop();
});

const camera = (name: string): DemoCamera => {
  const found = cameras.find((c) => c.name === name);
  if (!found) throw new Error(`no demo camera ${name}`);
  return found;
};

test('create the administrator, log out, log in; a wrong password is told in words', async () => {
  const { page, station } = rig;
  await page.goto(station.url);
  await page.getByLabel('Password', { exact: true }).fill('short');
  await page.getByRole('button', { name: 'Create the administrator' }).click();
  await page.getByText('At least 10 characters: 5 so far.').waitFor();
  await page.getByText('The two passwords differ.').waitFor();
  await createAdministrator(rig);
  await page.getByRole('heading', { name: 'The wall shows your cameras live' }).waitFor();

  await page.getByRole('button', { name: 'Account of admin' }).click();
  await page.getByRole('menuitem', { name: 'Log out' }).click();
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText('User name or password is not right.').waitFor();
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'The wall shows your cameras live' }).waitFor();
  // The page asked for is the page shown, also after a reload.
  await page.goto(`${station.url}/settings`);
  await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
  // A session that ends elsewhere leads to the log-in page at once, and that leads back to the same page.
  await page.evaluate(async () => {
    await fetch('/api/session', { method: 'DELETE' });
  });
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
  expect(rig.faults).toEqual([]);
});

test('test a camera, see its picture and figures, save it, see it move on the wall', async () => {
  const { page } = rig;
  await createAdministrator(rig);
  const gate = camera('Gate');
  await openForm(page);
  const address = page.getByLabel('RTSP address', { exact: true });
  await address.fill(gate.main.url.replace('rtsp://', `rtsp://${gate.username}:wrong@`));
  await page.getByRole('button', { name: 'Test' }).click();
  await page.getByText('It refuses the user or the password.').waitFor();
  // What was pasted with the address went where it belongs.
  expect(await address.inputValue()).toBe(gate.main.url);
  expect(await page.getByLabel('User', { exact: true }).inputValue()).toBe(gate.username);

  await page.getByLabel('Password').fill(gate.password);
  await page.getByRole('button', { name: 'Test' }).click();
  await page.locator('canvas[data-drawn="true"]').waitFor();
  expect(await page.locator('.test-facts').innerText()).toMatch(/H\.264, 1920 × 1080, 1\d frames a second/);

  await page.getByLabel('Name').fill('Front gate');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.waitForURL('**/cameras');
  await until('recording', async () => /Recording/.test(await page.locator('tbody tr').innerText()));
  await page.getByRole('link', { name: 'Wall' }).click();
  const front = tile(page, 'Front gate');
  await expectLive(front);
  await expectMoving(front);

  await page.getByRole('link', { name: 'Cameras' }).click();
  await page.getByRole('button', { name: 'Actions for Front gate' }).click();
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  await page.getByLabel('Name').fill('North gate');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('cell', { name: 'North gate', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Actions for North gate' }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('button', { name: 'Remove the camera' }).click();
  await page.getByRole('heading', { name: 'The wall shows your cameras live' }).waitFor();
  expect(rig.faults).toEqual([]);
});

test('one click starts the demo site, one removes it', async () => {
  const { page } = rig;
  await createAdministrator(rig);
  await page.getByRole('button', { name: 'Try the demo site' }).click();
  for (const name of ['Gate', 'Yard', 'Corridor']) await expectLive(tile(page, name));
  await page.getByRole('button', { name: 'Demo site' }).click();
  await page.getByRole('menuitem', { name: 'Remove demo site' }).click();
  await page.getByRole('heading', { name: 'The wall shows your cameras live' }).waitFor();
  expect(rig.faults).toEqual([]);
});

test('a second camera and its number: no two are alike', async () => {
  const { page } = rig;
  await createAdministrator(rig);
  await addByForm(page, camera('Gate'));
  await openForm(page);
  const number = page.getByRole('textbox', { name: 'Number' });
  expect(await number.inputValue()).toBe('2');
  await number.fill('1');
  await page.getByLabel('RTSP address', { exact: true }).fill(camera('Corridor').main.url);
  await page.getByLabel('Name').fill('Corridor');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Number 1 belongs to Gate.').waitFor();
});

test('the desktop: a one-time ticket offers "no log-in on this PC", and leaves no trace in the address', async () => {
  const { page, station } = rig;
  const ticket = await station.ticket();
  await page.goto(`${station.url}/#ticket=${ticket ?? ''}`);
  await page.getByRole('button', { name: 'No log-in on this PC' }).click();
  await page.getByRole('heading', { name: 'The wall shows your cameras live' }).waitFor();
  expect(page.url()).not.toContain('ticket');
  // The next start of the desktop: a new window with a new ticket needs no log-in; one without a ticket does.
  const other = await rig.browser.newPage({ locale: 'fr-FR' });
  await other.goto(station.url);
  await other.getByRole('heading', { name: 'Connexion' }).waitFor();
  await other.goto(`${station.url}/settings#ticket=${(await station.ticket()) ?? ''}`);
  await other.getByRole('heading', { name: 'Réglages', level: 1 }).waitFor();
  await other.getByText('Pas de connexion sur ce PC').waitFor();
});
