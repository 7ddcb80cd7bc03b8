/** A person at the keys of a camera that turns: the demo's yard moves while it is held to, and stops whatever happens. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createDevices } from '../../src/main/adapters/onvif/index.ts';
import type { DemoCamera, DemoSite } from '../../src/main/demo/index.ts';
import { noIdentity } from '../../src/main/domain/device.ts';
import type { PtzStatus } from '../../src/main/domain/ptz.ts';
import type { Device } from '../../src/main/engine/device-port.ts';
import { expectAccessible } from '../support/accessible.ts';
import { openBrowser } from '../support/browser.ts';
import { startStation, type RunningStation } from '../support/station.ts';
import { leaveUnwatched } from '../support/unwatched.ts';
import { until } from '../support/until.ts';
import { expectLive, password, site, tile } from './wall-rig.ts';

let station: RunningStation;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let demo: DemoSite;
/** The yard as another client of it sees it. */
let yard: Device;
let profile: string;
const faults: string[] = [];

async function openPage(in_: BrowserContext): Promise<Page> {
  const made = await in_.newPage();
  made.setDefaultTimeout(15_000);
  made.on('pageerror', (error) => faults.push(error.message));
  return made;
}
const looks = { viewport: { width: 1440, height: 900 }, locale: 'en-GB' };

async function call(from: Page, method: string, path: string, body: unknown): Promise<void> {
  const status = await from.evaluate(
    async ([m, p, b]) =>
      (
        await fetch(`/api${p}`, {
          method: m,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(b),
        })
      ).status,
    [method, path, body] as const,
  );
  expect(status, path).toBeLessThan(300);
}

async function addDemo(camera: DemoCamera): Promise<void> {
  const { name, main, sub, username } = camera;
  const link = {
    url: camera.deviceUrl,
    identity: noIdentity,
    mainProfile: null,
    subProfile: null,
    certificate: null,
    trustedHosts: [],
    setClock: false,
  };
  const draft = { name, main, sub, username, password: camera.password, link, enabled: true };
  await call(page, 'POST', '/cameras', draft);
}

beforeAll(async () => {
  station = await startStation();
  browser = await openBrowser(['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream']);
  context = await browser.newContext(looks);
  demo = site();
  const cameras = (await demo.start()).filter((c) => c.name !== 'Street');
  page = await openPage(context);
  await page.goto(station.url);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByLabel('Password again').fill(password);
  await page.getByRole('button', { name: 'Create the administrator' }).click();
  await page.getByRole('navigation').waitFor();
  for (const camera of cameras) await addDemo(camera);
  await leaveUnwatched(page.request, station.url);
  await call(page, 'POST', '/users', { name: 'ana', password, role: 'operator' });
  const turns = cameras.find((c) => c.name === 'Yard');
  if (!turns) throw new Error('no demo camera Yard');
  yard = createDevices({ clock: systemClock, log: quietLog }).connect({
    url: turns.deviceUrl,
    username: turns.username,
    password: turns.password,
    certificate: null,
  });
  profile = (await yard.facts()).profiles.find((p) => p.ptz)?.token ?? '';
});
afterAll(async () => {
  yard.close();
  await browser.close();
  await station.stop();
  await demo.stop();
});

/** Another person at another screen. */
async function openAna(): Promise<Page> {
  const ana = await openPage(await browser.newContext(looks));
  await ana.goto(station.url);
  await ana.getByLabel('User').fill('ana');
  await ana.getByLabel('Password').fill(password);
  await ana.keyboard.press('Enter');
  await ana.getByRole('navigation').waitFor();
  return ana;
}

const where = (): Promise<PtzStatus> => yard.ptz.status(profile);
const pan = async (): Promise<number> => (await where()).pan ?? 0;
async function rests(): Promise<PtzStatus> {
  return until('the head to rest', async () => {
    const status = await where();
    return status.moving ? false : status;
  });
}
/** Stands still for longer than the station would hold it. */
async function staysAt(at: PtzStatus): Promise<void> {
  const begunMs = performance.now();
  await until('some time to pass', () => performance.now() - begunMs > 1000);
  expect(await where()).toEqual(at);
}
const panel = () => page.getByRole('complementary', { name: 'Steering Yard' });

async function steerYard(on: Page = page): Promise<void> {
  // A page behind another one hears no wheel.
  await on.bringToFront();
  await on.goto(station.url);
  await expectLive(tile(on, 'Yard'));
  await tile(on, 'Yard').click();
  await on.keyboard.press('p');
  await on.getByRole('button', { name: 'Go to Side wall' }).waitFor();
}

beforeEach(async () => {
  await yard.ptz.absolute(profile, { pan: 0, tilt: 0, zoom: 0 }, null);
  await rests();
});

test('a held key turns the head; release, blur and another focus stop it', async () => {
  await page.goto(station.url);
  const picture = tile(page, 'Yard');
  await expectLive(picture);
  await picture.click();
  await until(
    'the device is known',
    async () => (await picture.getByRole('button', { name: 'Steer (P)' }).count()) === 1,
  );

  // Shift and an arrow steer at once, without asking for it first.
  await page.keyboard.down('Shift');
  await page.keyboard.down('ArrowRight');
  await until('it turns', async () => (await pan()) > 0.1);
  await page.getByText('you steer').first().waitFor();
  await page.keyboard.up('ArrowRight');
  await page.keyboard.up('Shift');
  await staysAt(await rests());

  await page.keyboard.down('ArrowLeft');
  const before = await pan();
  await until('it turns back', async () => (await pan()) < before - 0.05);
  await page.evaluate(() => window.dispatchEvent(new Event('blur')));
  const atBlur = await rests();
  await page.keyboard.up('ArrowLeft');
  await staysAt(atBlur);

  await page.keyboard.down('ArrowRight');
  await until('it turns again', async () => (await pan()) > (atBlur.pan ?? 0) + 0.05);
  await tile(page, 'Gate').click();
  const left = await rests();
  await page.keyboard.up('ArrowRight');
  await staysAt(left);
  expect(await panel().count()).toBe(0);
  expect(faults).toEqual([]);
});

test('a page that is killed while it steers lets go', async () => {
  const doomed = await openPage(context);
  await steerYard(doomed);
  await doomed.keyboard.down('ArrowRight');
  await until('it turns', async () => (await pan()) > 0.1);
  const devtools = await context.newCDPSession(doomed);
  const crashed = new Promise((done) => doomed.once('crash', done));
  devtools.send('Page.crash').catch(() => undefined); // it has nobody left to answer
  await crashed;
  const status = await rests();
  expect(status.pan).toBeLessThan(0.9);
  await staysAt(status);
  await doomed.close();
});

test('a station that does not answer is told of on the picture, and the head stops all the same', async () => {
  await steerYard();
  await page.keyboard.down('ArrowRight');
  await until('it turns', async () => (await pan()) > 0.05);
  station.child.kill('SIGSTOP');
  try {
    await tile(page, 'Yard').getByText('Yard has not answered for a second.').waitFor();
    const status = await rests();
    expect(status.pan).toBeLessThan(0.9);
    await page.keyboard.up('ArrowRight');
  } finally {
    station.child.kill('SIGCONT');
  }
  // What was asked for meanwhile is not made up for: the stop lies in the line right behind it, and a busy machine takes a moment from
  // the one to the other. Without the stop it would turn for as long as the station holds a movement.
  const status = await rests();
  const begunMs = performance.now();
  await until('some time to pass', () => performance.now() - begunMs > 1000);
  expect(Math.abs((await pan()) - (status.pan ?? 0))).toBeLessThan(0.15);
  await page.keyboard.down('ArrowLeft');
  await until('it obeys again', async () => (await pan()) < (status.pan ?? 0) - 0.02);
  await page.keyboard.up('ArrowLeft');
  await until('the words are gone', async () => (await page.getByText('has not answered').count()) === 0);
  await staysAt(await rests());
  expect(faults).toEqual([]);
});

test('a gamepad turns the head while steering, and not before or after', async () => {
  await page.goto(station.url);
  await page.bringToFront();
  // A pad as Chromium reports one (no hardware here): all axes and buttons at rest but the left stick.
  await page.evaluate(`{
    const rest = { pressed: false, touched: false, value: 0 };
    window.pad = { id: 'Test pad', index: 0, connected: true, mapping: 'standard', axes: [1, 0, 0, 0], buttons: Array(16).fill(rest) };
    navigator.getGamepads = () => [window.pad, null, null, null];
  }`);
  await expectLive(tile(page, 'Yard'));
  await tile(page, 'Yard').click();
  const before = await rests();
  await staysAt(before);
  await page.keyboard.press('p');
  await page.getByText('Stick: Test pad').waitFor();
  await until('it turns', async () => (await pan()) > (before.pan ?? 0) + 0.05);
  await page.keyboard.press('Escape');
  await staysAt(await rests());
  await page.evaluate('window.pad.axes = [0, 0, 0, 0]');
  await page.keyboard.press('p');
  await page.getByText('Stick: Test pad').waitFor();
  await page.getByRole('button', { name: 'Go to Side wall' }).waitFor();
  await page.evaluate('window.pad.buttons = window.pad.buttons.with(1, { pressed: true, touched: true, value: 1 })');
  await until('the side wall', async () => Math.abs((await pan()) + 0.5) < 0.01);
  expect(faults).toEqual([]);
});

test('digits go to positions, a click to the middle, a box into the picture; ring, wheel and home', async () => {
  await steerYard();
  await page.keyboard.press('2');
  await until('the side wall', async () => Math.abs((await pan()) + 0.5) < 0.01);
  await page.keyboard.press('h');
  await until('home', async () => Math.abs(await pan()) < 0.01);

  const box = await tile(page, 'Yard').locator('.steer-surface').boundingBox();
  if (!box) throw new Error('no surface');
  const at = (x: number, y: number) => ({ x: box.x + box.width * x, y: box.y + box.height * y });
  const click = at(0.8, 0.4);
  await page.mouse.click(click.x, click.y);
  await until('a bit to the right and up', async () => {
    const { pan: p, tilt, zoom, moving } = await where();
    return !moving && (p ?? 0) > 0.02 && (tilt ?? 0) > 0.005 && zoom === 0;
  });
  await page.keyboard.press('h');
  await until('home', async () => Math.abs(await pan()) < 0.01);

  const [from, to] = [at(0.1, 0.2), at(0.4, 0.5)];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 5 });
  await page.mouse.up();
  await until('nearer, to the left', async () => {
    const { pan: p, zoom, moving } = await where();
    return !moving && (p ?? 0) < -0.02 && (zoom ?? 0) > 0.05;
  });
  // Not alone on the wall: here a double click is two clicks.
  expect(await page.locator('.tile').count()).toBe(4);

  const { zoom: was } = await rests();
  await page.mouse.wheel(0, 100);
  await until('farther', async () => ((await where()).zoom ?? 0) < (was ?? 0));
  await rests();
  const ring = await tile(page, 'Yard').locator('.steer-ring').boundingBox();
  if (!ring) throw new Error('no ring');
  await page.mouse.move(ring.x + ring.width / 2, ring.y + ring.height / 2);
  await page.mouse.down();
  await page.mouse.move(ring.x + ring.width, ring.y + ring.height / 2, { steps: 3 });
  const turned = await pan();
  await until('the ring turns', async () => (await pan()) > turned + 0.05);
  await page.mouse.up();
  await staysAt(await rests());
  await expectAccessible(page, 'steering');

  // At 200 % zoom the panel is still there, whole.
  await page.setViewportSize({ width: 720, height: 450 });
  const small = await panel().boundingBox();
  const picture = await tile(page, 'Yard').boundingBox();
  expect(small && small.height > 150 && small.y + small.height <= 451).toBe(true);
  expect(small && picture && picture.y + picture.height <= small.y).toBe(true);
  await page.setViewportSize(looks.viewport);
  await page.keyboard.press('Escape');
  expect(await panel().count()).toBe(0);
  expect(faults).toEqual([]);
});

test('positions are kept and removed, a tour runs and stops', async () => {
  await steerYard();
  await page.getByRole('button', { name: 'Keep this position' }).click();
  await page.getByLabel('Name of the position').fill('Ramp');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Go to Ramp' }).waitFor();
  expect((await yard.ptz.presets(profile)).map((p) => p.name)).toContain('Ramp');

  await page.getByRole('button', { name: 'More for Ramp' }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  await page.getByLabel('Name of the position').fill('Ramp 2');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Go to Ramp 2' }).waitFor();
  const renamed = (await yard.ptz.presets(profile)).map((p) => p.name);
  expect(renamed.filter((name) => name.startsWith('Ramp'))).toEqual(['Ramp 2']);

  await page.getByRole('button', { name: 'New tour' }).click();
  await page.getByLabel('Name of the tour').fill('Night round');
  await page.getByRole('combobox', { name: 'Stop 1' }).click();
  await page.getByRole('option', { name: 'Containers' }).click();
  await expectAccessible(page, 'tour');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Start Night round' }).click();
  await until('the containers', async () => Math.abs((await pan()) - 0.5) < 0.01);
  await tile(page, 'Yard').getByText('tour Night round: Containers').waitFor();
  await page.getByRole('button', { name: 'Stop the tour' }).click();
  await page.getByRole('button', { name: 'Start Night round' }).waitFor();

  await page.getByRole('button', { name: 'More for Ramp 2' }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await until('it is gone', async () => (await page.getByRole('button', { name: 'Go to Ramp' }).count()) === 0);
  expect(faults).toEqual([]);
});

test('one person steers: others see who, an administrator takes over', async () => {
  const ana = await openAna();
  await steerYard(ana);
  await steerYard();
  await ana.keyboard.down('ArrowRight');
  await until('it turns', async () => (await pan()) > 0.05);
  await tile(page, 'Yard').getByText('ana steers').waitFor();
  await tile(page, 'Yard').getByRole('button', { name: 'Take over' }).click();
  await tile(page, 'Yard').getByText('you steer').waitFor();
  await tile(ana, 'Yard').getByText('admin steers').waitFor();
  expect(await ana.getByRole('button', { name: 'Take over' }).count()).toBe(0);
  await staysAt(await rests());
  await ana.keyboard.up('ArrowRight');
  await ana.context().close();
  expect(faults).toEqual([]);
});

test('an output asks first; a lamp is sent its command', async () => {
  await page.goto(station.url);
  await tile(page, 'Gate').click();
  await expectLive(tile(page, 'Gate'));
  await page.keyboard.press('p');
  const output = page.getByRole('group', { name: 'Output 1' });
  await output.getByRole('button', { name: 'On', exact: true }).click();
  await page.getByText('this may open a door').waitFor();
  const relay = (): boolean | undefined => demo.device('Gate')?.terminals.relays()[0]?.active;
  expect(relay()).toBe(false);
  await page.getByRole('button', { name: 'Switch on' }).click();
  await until('it is switched', () => relay() === true);
  await steerYard();
  const lamp = page.getByRole('group', { name: 'White light' });
  await lamp.getByRole('button', { name: 'On' }).click();
  await page.getByText('White light On: the camera has taken it.').waitFor();
  expect(faults).toEqual([]);
});

test('T held is heard at the camera, and let go is not; others see who talks', async () => {
  const ana = await openAna();
  await page.bringToFront();
  await page.goto(station.url);
  await tile(page, 'Corridor').click();
  await expectLive(tile(page, 'Corridor'));
  await tile(page, 'Corridor').getByRole('button', { name: 'Hold to talk (T)' }).waitFor({ state: 'attached' });
  const ear = demo.ear('Corridor');
  if (!ear) throw new Error('the corridor has no ear');
  await page.keyboard.down('t');
  await tile(page, 'Corridor').getByText('you are heard').waitFor();
  // The fake microphone beeps: more than silence (0xff) arrives.
  await until('sound', () => ear.heard().recent.some((sample) => sample < 0x70 || (sample >= 0x80 && sample < 0xf0)));
  await tile(ana, 'Corridor').getByText('admin is talking').waitFor();
  await page.keyboard.up('t');
  await until('nobody talks', async () => (await ana.getByText('is talking').count()) === 0);
  await ana.context().close();
  await until('the socket is closed', async () => (await page.getByText('you are heard').count()) === 0);
  let was = ear.heard().packets;
  await until('no more comes', async () => {
    const begunMs = performance.now();
    await until('a while', () => performance.now() - begunMs > 500);
    const now = ear.heard().packets;
    const same = now === was;
    was = now;
    return same;
  });
  expect(faults).toEqual([]);
});

test('device settings: a level is changed and undone, the encoder tells its effect', async () => {
  await page.goto(`${station.url}/cameras`);
  await page.getByRole('button', { name: 'Actions for Yard' }).click();
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  await page.getByRole('link', { name: 'Device settings' }).click();
  const brightness = page.getByRole('slider', { name: 'Brightness' });
  await brightness.waitFor();
  const source = (await yard.facts()).profiles.find((p) => p.token === profile)?.source ?? '';
  const level = async (): Promise<number | undefined> => (await yard.imaging.get(source)).brightness;
  const was = await level();
  await brightness.press('ArrowRight');
  await until('brighter', async () => (await level()) === (was ?? 0) + 1);
  await page.getByRole('button', { name: 'Undo' }).click();
  await until('as it was', async () => (await level()) === was);
  await page.getByText('The stream restarts: a gap of about a second').waitFor();
  expect(await page.getByRole('button', { name: 'Save the encoder' }).isDisabled()).toBe(true);
  await page.getByText('Its clock is right.').waitFor();
  await expectAccessible(page, 'device settings');
  expect(faults).toEqual([]);
});
