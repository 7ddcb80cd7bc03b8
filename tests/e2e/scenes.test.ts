/** What a scene tells, on a real station with cameras: speed, schedules, what is left and taken, crowds, plates on lists, silence. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CameraId } from '#domain/id.ts';
import type { Event } from '#domain/event.ts';
import type { LineTotals } from '#domain/line-totals.ts';
import { createDemoSite } from '../../src/main/demo/index.ts';
import { systemClock } from '../../src/main/lib/clock.ts';
import { quietLog } from '../../src/main/lib/log.ts';
import { expectAccessible } from '../support/accessible.ts';
import { openBrowser } from '../support/browser.ts';
import { encodeClip, startClipCamera, type ClipCamera } from '../support/clip-camera.ts';
import { noFfmpeg } from '../support/grey.ts';
import { hasMedia, mediaDir } from '../support/media.ts';
import { drive, plateOnClip } from '../support/plate-clips.ts';
import { makeRedClip } from '../support/red-clip.ts';
import { writeRedModel } from '../support/red-model.ts';
import { shot } from '../support/shot.ts';
import { startSoundCamera, tone } from '../support/sound-camera.ts';
import { startStation, type RunningStation } from '../support/station.ts';
import { tempFolder } from '../support/temp.ts';
import { until } from '../support/until.ts';

const home = tempFolder('vigie-scenes-');
let station: RunningStation;
let browser: Browser;
let page: Page;
const faults: string[] = [];

/** Asks the station as its administrator does. Throws with its words. */
async function ask<T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, data?: unknown): Promise<T> {
  const answer = await page.context().request.fetch(`${station.url}/api${path}`, {
    ...{ method, headers: { origin: station.url } },
    ...(data !== undefined && { data }),
  });
  if (!answer.ok()) throw new Error(`${method} ${path}: ${await answer.text()}`);
  return (await answer.json()) as T;
}
const addCamera = async (name: string, url: string): Promise<CameraId> =>
  (await ask<{ id: CameraId }>('POST', '/cameras', { name, main: { url } })).id;
const eventsOf = async (id: CameraId, kind: string): Promise<Event[]> =>
  (await ask<{ events: Event[] }>('GET', `/events?cameraId=${id}&kind=${kind}&limit=100`)).events;
const one = (id: CameraId, kind: string, timeoutMs: number): Promise<Event> =>
  until(`${kind} is told`, async () => (await eventsOf(id, kind))[0], timeoutMs);
/** A camera that is not looked at any more costs nothing. */
const away = (id: CameraId): Promise<unknown> => ask('DELETE', `/cameras/${id}`);

const whole = [
  { x: 0.01, y: 0.01 },
  { x: 0.99, y: 0.01 },
  { x: 0.99, y: 0.99 },
  { x: 0.01, y: 0.99 },
];
const watch = (id: CameraId, settings: object): Promise<unknown> => ask('PUT', `/cameras/${id}/watching`, { settings });

async function redCamera(name: string, seconds: number, x: string): Promise<ClipCamera> {
  const path = join(home.path, `${name}.mp4`);
  makeRedClip(path, seconds, x);
  return startClipCamera(encodeClip({ from: { path, seconds }, width: 640, height: 360, fps: 10, gop: 10 }));
}

beforeAll(async () => {
  if (noFfmpeg) return;
  station = await startStation({ args: ['--headless'] });
  browser = await openBrowser();
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
  page.setDefaultTimeout(20_000);
  page.on('pageerror', (error) => faults.push(error.message));
  await ask('POST', '/setup', { name: 'owner', password: 'a long night with coffee' });
  const folder = join(home.path, 'model');
  mkdirSync(folder);
  const { manifest } = writeRedModel(folder);
  writeFileSync(join(folder, 'red.json'), JSON.stringify(manifest));
  await ask('POST', '/models/folder', { path: folder, id: ['red'] });
});
afterAll(async () => {
  if (!noFfmpeg) {
    await browser.close();
    await station.stop();
  }
  home.remove();
  expect(faults).toEqual([]);
});

test.skipIf(noFfmpeg)(
  'speed between two lines, and totals of a line that counts, which a schedule may keep out',
  async () => {
    // Through the picture in four seconds, each ten seconds.
    const camera = await redCamera('lane', 30, '-90+180*mod(t\\,10)');
    try {
      const id = await addCamera('Lane', camera.url);
      await watch(id, { modelId: 'red', perSecond: 2 });
      const spans: unknown[] = [];
      const closed = await ask<{ id: string }>('PUT', '/recording/schedules', { name: 'Closed', week: { spans } });
      const draw = (name: string, x: number, more: object): Promise<{ id: string }> =>
        ask('POST', `/cameras/${id}/lines`, {
          line: { name, a: { x, y: 1 }, b: { x, y: 0 }, classes: ['car'], ...more },
        });
      const end = await draw('End', 0.7, { countsIn: 'to-right' });
      const quiet = await draw('Quiet', 0.5, { countsIn: 'to-right', scheduleId: closed.id });
      // 256 pixels at 180 a second, said to be 10 m: 25 km/h.
      await draw('Begin', 0.3, { tells: 'none', speed: { toLineId: end.id, metres: 10, limitKmh: 15 } });
      const fast = await one(id, 'speeding', 60_000);
      expect(fast.data['kmh']).toBeGreaterThanOrEqual(20);
      expect(fast.data['kmh']).toBeLessThanOrEqual(32);
      expect([fast.severity, fast.data['source'], fast.look?.class]).toEqual(['warning', 'End', 'car']);

      // While the week of a line says off, nobody is told or counted there.
      await until('three have crossed', async () => (await eventsOf(id, 'line-crossed')).length >= 3, 60_000);
      const crossed = await eventsOf(id, 'line-crossed');
      expect(new Set(crossed.map((e) => e.data['source']))).toEqual(new Set(['End']));
      const totals = (line: { id: string }): Promise<LineTotals> =>
        ask('GET', `/cameras/${id}/lines/${line.id}/totals`);
      const [counted, none] = [await totals(end), await totals(quiet)];
      const sum = ({ hours }: LineTotals): [number, number] => [
        hours.reduce((n, h) => n + h.in, 0),
        hours.reduce((n, h) => n + h.out, 0),
      ];
      expect(sum(counted)[0]).toBeGreaterThanOrEqual(crossed.length);
      expect([sum(counted)[1], ...sum(none)]).toEqual([0, 0, 0]);
      expect(counted.days.at(-1)?.lookedMs).toBeGreaterThan(20_000);
      // It holds from now on.
      const day = (n: number) => ({ day: n, fromMin: 0, toMin: 1440, mode: 'continuous' });
      const all = Array.from({ length: 7 }, (_, n) => day(n));
      await ask('PUT', '/recording/schedules', { id: closed.id, name: 'Closed', week: { spans: all } });
      await until(
        'it is told there',
        async () => (await eventsOf(id, 'line-crossed')).some((e) => e.data['source'] === 'Quiet'),
        60_000,
      );

      await page.goto(`${station.url}/cameras/${id}/watching`);
      await page.getByRole('button', { name: /^End/ }).click();
      const part = page.getByRole('region', { name: 'Counted' });
      await part.getByRole('img', { name: 'In and out on each of the last 28 days' }).waitFor();
      await part.getByText(/: \d+ in, 0 out/).waitFor();
      await part.getByRole('row').nth(1).waitFor();
      await expectAccessible(page);
      await part.scrollIntoViewIfNeeded();
      await shot(page, 'line-totals');
      const href = await part.getByRole('link', { name: 'CSV by day' }).getAttribute('href');
      const csv = await page.context().request.get(`${station.url}${href ?? ''}`);
      expect((await csv.text()).split('\r\n').length).toBeGreaterThan(50);
      await page.goto(`${station.url}/events`);
      await page
        .getByRole('row', { name: /Too fast.*km\/h/ })
        .first()
        .waitFor();
      await shot(page, 'scene-speed');
      await away(id);
    } finally {
      await camera.stop();
    }
  },
);

test.skipIf(noFfmpeg)(
  'what was left, and what was taken',
  async () => {
    // It comes after 15 s, stands until 60 s, and is gone from one picture to the next.
    const camera = await redCamera(
      'yard',
      100,
      'if(lt(t\\,15)\\,-90\\,if(lt(t\\,18)\\,-90+120*(t-15)\\,if(lt(t\\,60)\\,270\\,-90)))',
    );
    try {
      const id = await addCamera('Yard', camera.url);
      await watch(id, { modelId: 'red', perSecond: 2 });
      const triggers = { present: false, leftS: 15, takenS: 5 };
      await ask('POST', `/cameras/${id}/zones`, {
        zone: { kind: 'detect', name: 'Bay', points: whole, classes: ['car'], triggers },
      });
      // One that stands there when watching begins is not told: the next one is.
      const left = await one(id, 'object-left', 170_000);
      const taken = await until(
        'it is taken after that',
        async () => (await eventsOf(id, 'object-taken')).find((e) => e.fromMs > left.fromMs),
        120_000,
      );
      expect([left.severity, left.data['source'], taken.severity, taken.data['source']]).toEqual([
        ...['warning', 'Bay', 'warning', 'Bay'],
      ]);
      // Where it was in the film.
      const at = (e: Event): number => ((e.fromMs - camera.beganMs) / 1_000) % 100;
      expect(at(left)).toBeGreaterThan(15 + 15);
      expect(at(left)).toBeLessThan(15 + 15 + 12);
      expect(Math.abs(at(taken) - 60)).toBeLessThan(4);
      await until('a picture', async () => (await one(id, 'object-taken', 10_000)).look?.hasPicture === true);
      await page.goto(`${station.url}/events`);
      await page
        .getByRole('row', { name: /Something was left/ })
        .first()
        .waitFor();
      await page
        .getByRole('row', { name: /Something was taken/ })
        .first()
        .waitFor();
      await shot(page, 'scene-left-taken');
      await away(id);
    } finally {
      await camera.stop();
    }
  },
  320_000,
);

test.skipIf(noFfmpeg || !hasMedia)('a crowd of people, while there is one (needs the labelled clips)', async () => {
  const from = { path: join(mediaDir, 'clips', 'campus_a.mp4'), seconds: 55 };
  const camera = await startClipCamera(encodeClip({ from, width: 640, height: 480, fps: 10, gop: 10 }));
  try {
    const id = await addCamera('Campus', camera.url);
    await watch(id, { perSecond: 2 });
    const zone = { kind: 'detect', name: 'Square', points: whole, classes: ['person'] };
    const made = await ask<{ id: string; version: number }>('POST', `/cameras/${id}/zones`, {
      zone: { ...zone, triggers: { present: false, crowd: 2 } },
    });
    const crowd = await one(id, 'crowd', 90_000);
    expect([crowd.severity, crowd.data['source'], crowd.toMs]).toEqual(['warning', 'Square', null]);
    await until('a picture', async () => (await one(id, 'crowd', 10_000)).look?.hasPicture === true);
    await page.goto(`${station.url}/events`);
    await page
      .getByRole('row', { name: /Many at once/ })
      .first()
      .waitFor();
    await shot(page, 'scene-crowd');
    // Nobody asks any more: it ends.
    await ask('PUT', `/cameras/${id}/zones/${made.id}`, {
      version: made.version,
      zone: { ...zone, triggers: { present: false } },
    });
    await until('it ends', async () => (await one(id, 'crowd', 10_000)).toMs !== null, 30_000);
    await away(id);
  } finally {
    await camera.stop();
  }
});

test.skipIf(noFfmpeg || !hasMedia)(
  'a plate that is not allowed is an alarm (needs the labelled pictures)',
  async () => {
    const clips = tempFolder();
    drive(clips.path);
    const demo = createDemoSite({
      ...{ clock: systemClock, log: quietLog, dir: clips.path, portBase: 0, password: 'a secret word', faults: [] },
    });
    try {
      const gate = (await demo.start()).find((c) => c.name === 'Gate');
      if (gate === undefined) throw new Error('no such camera');
      const { username, password, main, sub } = gate;
      const { id: list } = await ask<{ id: string }>('POST', '/plates/lists', { name: 'Banned', kind: 'deny' });
      // As somebody wrote it down: O for 0 and the like go with it.
      await ask('POST', `/plates/lists/${list}/entries`, { entry: { text: plateOnClip, label: 'Nobody’s' } });
      const { id } = await ask<{ id: CameraId }>('POST', '/cameras', {
        ...{ name: 'Gate', username, password, main: { url: main.url }, sub: sub === null ? null : { url: sub.url } },
      });
      await ask('POST', `/cameras/${id}/zones`, {
        zone: { kind: 'detect', name: 'Barrier', points: whole, plates: true, triggers: { present: false } },
      });
      const plate = await until(
        'an alarm',
        async () => (await eventsOf(id, 'plate')).find((e) => e.severity === 'alarm'),
        120_000,
      );
      expect(plate.look?.text).toBe(plateOnClip);
      expect(plate.data).toMatchObject({ listKind: 'deny', list: 'Banned' });
      await page.goto(`${station.url}/events`);
      const row = page.getByRole('row', { name: new RegExp(plateOnClip) }).first();
      await row.waitFor();
      expect(await row.innerText()).toContain('Banned');
      await shot(page, 'scene-plate');
      await away(id);
    } finally {
      await demo.stop();
      clips.remove();
    }
  },
);

test.skipIf(noFfmpeg)('a microphone that falls silent, and is heard again', async () => {
  const camera = await startSoundCamera();
  try {
    const id = await addCamera('Door', camera.url);
    await watch(id, { mode: 'off' });
    await ask('PUT', `/cameras/${id}/sound`, {
      settings: { on: true, tellLoud: false, tellSilence: true, silenceS: 5 },
    });
    camera.say(tone(0.2));
    // A click while a cable is plugged is not enough to have been heard.
    type Sound = { state: { heardS: number } };
    const heard = async (): Promise<number> => (await ask<Sound>('GET', `/cameras/${id}/sound`)).state.heardS;
    await until('it is heard for some time', async () => (await heard()) >= 4, 60_000);
    expect(await eventsOf(id, 'silence')).toEqual([]);
    const fellMs = camera.say(tone(0));
    const silence = await one(id, 'silence', 30_000);
    expect(Math.abs(silence.fromMs - fellMs)).toBeLessThan(7_000);
    expect([silence.severity, silence.toMs]).toEqual(['warning', null]);
    await page.goto(`${station.url}/events`);
    await page
      .getByRole('row', { name: /No sound any more/ })
      .first()
      .waitFor();
    await shot(page, 'scene-silence');
    camera.say(tone(0.2));
    await until('it ends', async () => (await one(id, 'silence', 10_000)).toMs !== null, 30_000);
    // No sound at all comes any more.
    camera.say(null);
    await until('another', async () => (await eventsOf(id, 'silence')).length === 2, 60_000);
    await away(id);
  } finally {
    await camera.stop();
  }
});
