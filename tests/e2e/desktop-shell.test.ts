/** The shell around a station that a test can steer: isolation, navigation, quitting, windows, restarts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import '../standin/globals.ts';
import { type LaunchedApp, launchApp, runToEnd } from '../standin/launch.ts';
import { smallApp } from '../standin/small-app.ts';
import { tempFolder } from '../support/temp.ts';
import { until } from '../support/until.ts';

let temp: ReturnType<typeof tempFolder>;
let root: string;
let profile: string;
const open: LaunchedApp[] = [];

async function launch(args: string[] = [], env: Record<string, string> = {}): Promise<LaunchedApp> {
  const app = await launchApp({ app: root, profile, args, env });
  open.push(app);
  return app;
}
/** The station's page, ready. */
async function stationPage(app: LaunchedApp): Promise<Page> {
  const page = await until(
    `the station's page; ${app.output()}`,
    () => app.windows().find((p) => p.url().startsWith('http:')),
    20_000,
  );
  await page.waitForSelector('body[data-ticket]');
  return page;
}
const record = (page: Page, streams: number): Promise<string> =>
  page.evaluate(async (n) => (await fetch(`/record?streams=${n}`)).text(), streams);
const asked = (app: LaunchedApp, what: string): Promise<unknown[][]> =>
  app.evaluate((_e, name) => globalThis.standin.asked.filter((a) => a.what === name).map((a) => a.args), what);
/** Answers the next message boxes with a button. */
const press = (app: LaunchedApp, button: number): Promise<void> =>
  app.evaluate(({ dialog }, response) => {
    dialog.showMessageBox = async (...args: unknown[]) => {
      globalThis.standin.asked.push({ what: 'box', args: [args.at(-1)] });
      return { response, checkboxChecked: false };
    };
  }, button);

beforeEach(() => {
  temp = tempFolder('vigie-desktop-');
  root = smallApp(temp.path);
  profile = join(temp.path, 'p');
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()));
  temp.remove();
});

test('the page gets its ticket in the fragment, the shell API, and nothing of Node', async () => {
  const app = await launch(['--data', '/some/folder', '--station-is-not-an-option']);
  const page = await stationPage(app);
  expect(await page.evaluate(() => document.body.dataset.ticket)).toBe('ticket-1');
  expect(await page.innerText('#args')).toBe('--data /some/folder');
  expect(
    await page.evaluate(() => [
      typeof (globalThis as { require?: unknown }).require,
      typeof (globalThis as { process?: unknown }).process,
      Object.isFrozen(window.vigieShell),
    ]),
  ).toEqual(['undefined', 'undefined', true]);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(await page.evaluate(() => [window.vigieShell.version, window.vigieShell.platform])).toEqual([
    version,
    process.platform,
  ]);
  expect(await page.evaluate(() => window.vigieShell.displays())).toEqual([
    { id: 1, label: 'Monitor 1', width: 1920, height: 1080, primary: true, current: true },
  ]);
});

test('the preload refuses what is not valid and saves where the person says', async () => {
  const app = await launch();
  const page = await stationPage(app);
  const file = join(temp.path, 'snapshot.jpg');
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = async () => ({ canceled: false, filePath });
  }, file);
  expect(
    await page.evaluate(() => window.vigieShell.saveFile({ name: 'gate.jpg', bytes: Uint8Array.of(1, 2, 3) })),
  ).toBe('saved');
  expect([...readFileSync(file)]).toEqual([1, 2, 3]);
  expect(
    await page.evaluate(() =>
      window.vigieShell.saveFile({ name: '../../etc/passwd', bytes: Uint8Array.of(1) }).catch(String),
    ),
  ).toContain('not a file name');
  expect(
    await page.evaluate(() => window.vigieShell.openWindow({ path: '//evil.example/', displayId: 1 }).catch(String)),
  ).toContain('not a path of this station');
  await page.evaluate(() =>
    window.vigieShell.notify({ title: 'Gate', body: 'Somebody is there', urgent: true, path: '/alarms' }),
  );
  expect(await asked(app, 'notification')).toEqual([['Gate', 'Somebody is there', 'critical']]);
});

test('navigation is locked, new windows are denied, permissions are denied by default', async () => {
  const app = await launch();
  const page = await stationPage(app);
  const before = page.url();
  await page.click('#away', { noWaitAfter: true });
  await page.click('#redirected', { noWaitAfter: true });
  await page.evaluate(() => {
    const frame = document.createElement('iframe');
    frame.src = 'http://127.0.0.1:9/';
    document.body.append(frame);
  });
  await page.click('#out');
  await until('the link to reach the system', async () => (await asked(app, 'shell.openExternal')).length > 0);
  expect(await asked(app, 'shell.openExternal')).toEqual([['https://docs.example/page']]);
  expect(page.url()).toBe(before);
  expect(await page.evaluate(() => document.body.dataset.ticket)).toBe('ticket-1');
  const granted = await app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    const { request, check, device } = globalThis.standin.handlers;
    const origin = new URL(contents?.getURL() ?? '').origin;
    const got: Record<string, boolean> = {
      device: device(),
      'check geolocation': check(null, 'geolocation', origin, { isMainFrame: true }),
      'check elsewhere': check(null, 'fullscreen', 'https://evil.example', { isMainFrame: true }),
    };
    const own = { isMainFrame: true, requestingUrl: `${origin}/` };
    const ask = (name: string, permission: string, details: Parameters<typeof request>[3]): void =>
      request(contents, permission, (yes) => (got[name] = yes), details);
    for (const permission of ['geolocation', 'notifications', 'usb', 'fullscreen']) ask(permission, permission, own);
    ask('full screen for a frame from elsewhere', 'fullscreen', { ...own, requestingUrl: 'https://evil.example/' });
    ask('microphone', 'media', { ...own, mediaTypes: ['audio'] });
    ask('microphone and camera', 'media', { ...own, mediaTypes: ['audio', 'video'] });
    ask('media of no kind', 'media', own);
    ask('microphone for a frame from elsewhere', 'media', {
      ...own,
      mediaTypes: ['audio'],
      requestingUrl: 'https://evil.example/',
    });
    got['check microphone'] = check(null, 'media', origin, { isMainFrame: true, mediaType: 'audio' });
    got['check camera'] = check(null, 'media', origin, { isMainFrame: true, mediaType: 'video' });
    return got;
  });
  expect(granted).toEqual({
    device: false,
    'check geolocation': false,
    'check elsewhere': false,
    microphone: true,
    'check microphone': true,
    'check camera': false,
    'microphone and camera': false,
    'media of no kind': false,
    'microphone for a frame from elsewhere': false,
    'full screen for a frame from elsewhere': false,
    geolocation: false,
    notifications: false,
    usb: false,
    fullscreen: true,
  });
});

test('quitting while recording asks; each answer does what it says', async () => {
  const app = await launch();
  const page = await stationPage(app);
  await record(page, 3);
  await until('the power save blocker', async () => (await asked(app, 'powerSaveBlocker.start')).length === 1);
  await until('the tray to say so', () =>
    app.evaluate(() => globalThis.standin.trays[0]?.tip === 'Vigie: recording 3 streams'),
  );

  await press(app, 2);
  await app.evaluate(({ app: a }) => a.quit());
  await until('the question', async () => (await asked(app, 'box')).length === 1);
  expect((await asked(app, 'box'))[0]?.[0]).toMatchObject({
    buttons: ['Keep recording in the background', 'Stop recording and quit', 'Cancel'],
    cancelId: 2,
  });
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())).toBe(true);

  await press(app, 0);
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await until('the window to hide', () =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() === false),
  );
  expect(await page.evaluate(async () => (await fetch('/pid')).status)).toBe(200);
  await app.evaluate(() => globalThis.standin.trays[0]?.menu.getMenuItemById('open')?.click());
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())).toBe(true);

  const pid = Number(await page.evaluate(async () => (await fetch('/pid')).text()));
  await press(app, 1);
  await app.evaluate(({ app: a }) => a.quit());
  expect(await app.ended).toBe(0);
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

test('without a recording the last window ends the app, and a terminal is never asked', async () => {
  const app = await launch();
  await stationPage(app);
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  expect(await app.ended).toBe(0);

  const second = await launch();
  const page = await stationPage(second);
  await record(page, 1);
  await until('recording', async () => (await asked(second, 'powerSaveBlocker.start')).length === 1);
  await second.close();
  expect(await second.ended).toBe(0);
});

test('a killed station starts again on its port and the page reaches it again', async () => {
  const app = await launch();
  const page = await stationPage(app);
  const pid = Number(await page.evaluate(async () => (await fetch('/pid')).text()));
  process.kill(pid, 'SIGKILL');
  const next = await until('the next station', () =>
    page.evaluate(async () =>
      fetch('/pid').then(
        (r) => r.text(),
        () => null,
      ),
    ),
  );
  expect(Number(next)).not.toBe(pid);
  expect(await page.evaluate(() => document.body.dataset.ticket)).toBe('ticket-1');
  expect(await app.evaluate(() => globalThis.standin.utilityPids().length)).toBe(1);
});

test('a station that cannot start is a page with its words, and trying again works', async () => {
  const app = await launch(['--demo']);
  const page = await until('the page', () => app.windows().find((p) => p.url().startsWith('data:')));
  await page.waitForSelector('text=The data folder /nowhere cannot be written');
  expect(await page.innerText('h1')).toBe('The station cannot start');
  const tries = async (): Promise<number> => (await asked(app, 'ended')).length;
  await app.evaluate(({ app: a }) => {
    a.on('child-process-gone', () => globalThis.standin.asked.push({ what: 'ended', args: [] }));
  });
  await page.click('a:text("Try again")', { noWaitAfter: true });
  await until('another try', async () => (await tries()) > 0);
});

test('a window comes back where it stood, on these monitors', async () => {
  const two = { STANDIN_DISPLAYS: '[[0,0,1920,1080],[1920,0,2560,1440]]' };
  const app = await launch([], two);
  await stationPage(app);
  await app.evaluate(({ BrowserWindow }) => {
    const window = BrowserWindow.getAllWindows()[0];
    window?.setBounds({ x: 2000, y: 100, width: 1200, height: 700 });
    window?.maximize();
  });
  await app.close();
  const again = await launch([], two);
  await stationPage(again);
  const look = ({ BrowserWindow }: typeof Electron): unknown => {
    const window = BrowserWindow.getAllWindows()[0];
    return [window?.getNormalBounds(), window?.isMaximized()];
  };
  expect(await again.evaluate(look)).toEqual([{ x: 2000, y: 100, width: 1200, height: 700 }, true]);
  await again.close();
  const undocked = await launch();
  await stationPage(undocked);
  expect(await undocked.evaluate(look)).toEqual([{ x: 240, y: 70, width: 1440, height: 900 }, false]);
});

test('a second start shows the first window and ends', async () => {
  const app = await launch();
  await stationPage(app);
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize());
  expect(await runToEnd({ app: root, profile })).toBe(0);
  await until('the first window', () =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isMinimized() === false),
  );
});

test('a page opens a further window on another monitor', async () => {
  const app = await launch([], { STANDIN_DISPLAYS: '[[0,0,1920,1080],[1920,0,2560,1440]]' });
  const page = await stationPage(app);
  await page.evaluate(() => window.vigieShell.openWindow({ path: '/wall?spot=1', displayId: 2 }));
  const second = await until('the second window', () => app.windows().find((p) => p.url().includes('spot=1')));
  await second.waitForSelector('body[data-ticket]');
  expect(await second.evaluate(() => document.body.dataset.ticket)).toBe('ticket-2');
  expect(
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[1]?.getBounds().x),
  ).toBeGreaterThanOrEqual(1920);
  await second.evaluate(() => window.vigieShell.setScreen('kiosk'));
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((w) => w.isKiosk()))).toEqual([
    false,
    true,
  ]);
});
