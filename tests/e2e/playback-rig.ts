/** A real station with the demo site and a real browser on its wall, with enough recorded to look back. */
import type { Browser, Page } from 'playwright-core';
import { readFrameCode } from '../../src/main/demo/frame-code.ts';
import { openBrowser } from '../support/browser.ts';
import { startStation, type RunningStation } from '../support/station.ts';
import { leaveUnwatched } from '../support/unwatched.ts';
import { until } from '../support/until.ts';

export type Rig = { station: RunningStation; browser: Browser; page: Page; stop(): Promise<void> };

const user = { name: 'guard', password: 'a long night with coffee' };

/** Opens the wall after `recordedMs` of all cameras are on disk; `watched`: whether the station's own analysis looks at them. */
export async function openRig(recordedMs: number, { watched = false } = {}): Promise<Rig> {
  const station = await startStation({ args: ['--demo', '--headless'] });
  let browser: Browser | null = null;
  try {
    browser = await openBrowser();
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, locale: 'en-GB' });
    const made = await context.request.post(`${station.url}/api/setup`, {
      data: user,
      headers: { origin: station.url },
    });
    if (!made.ok()) throw new Error(`setup answers ${String(made.status())}: ${await made.text()}`);
    if (!watched) await leaveUnwatched(context.request, station.url);
    await until(
      'all demo cameras to have enough on disk',
      async () => {
        const now = Date.now();
        const answer = await context.request.get(
          `${station.url}/api/timeline?fromMs=${String(now - 600_000)}&toMs=${String(now)}`,
        );
        if (!answer.ok()) return false;
        const { rows } = (await answer.json()) as { rows: { spans: [number, number][] }[] };
        return rows.length >= 4 && rows.every((r) => r.spans.reduce((sum, [a, b]) => sum + b - a, 0) >= recordedMs);
      },
      recordedMs + 60_000,
    );
    const page = await context.newPage();
    await page.goto(station.url);
    await page.locator('.tl-canvas').waitFor();
    await page.locator('.tile[data-camera]').nth(3).waitFor();
    const opened = browser;
    return {
      station,
      browser,
      page,
      async stop() {
        await opened.close();
        await station.stop();
      },
    };
  } catch (error) {
    await browser?.close();
    await station.stop();
    throw error;
  }
}

/** Types a moment as a person does. */
export async function goTo(page: Page, text: string): Promise<void> {
  const input = page.locator('.tl-goto input');
  await input.fill(text);
  await input.press('Enter');
  await input.blur();
}

/** What a tile shows: the number burnt into its picture, and the moment it claims. */
export type Seen = { frame: number | null; shownMs: number; state: string };

type Taken = { luma: string; width: number; height: number; shownMs: number; state: string };

/** All tiles at one instant, in the order of the wall. */
export async function look(page: Page): Promise<Seen[]> {
  const taken = await page.evaluate((): Taken[] =>
    [...document.querySelectorAll<HTMLElement>('.tile [data-playback]')].map((surface) => {
      const canvas = surface.querySelector('canvas');
      const state = surface.dataset['playback'] ?? '';
      const shownMs = Number(surface.dataset['shownMs'] ?? Number.NaN);
      if (!canvas || state !== 'showing') return { luma: '', width: 0, height: 0, shownMs, state };
      const copy = new OffscreenCanvas(canvas.width, canvas.height);
      const context = copy.getContext('2d');
      if (!context) throw new Error('no canvas');
      context.drawImage(canvas, 0, 0);
      const { data } = context.getImageData(0, 0, copy.width, copy.height);
      let luma = '';
      for (let i = 0; i < data.length; i += 4) luma += String.fromCharCode(data[i + 1] ?? 0);
      return { luma: btoa(luma), width: copy.width, height: copy.height, shownMs, state };
    }),
  );
  return taken.map(({ luma, width, height, shownMs, state }) => ({
    frame: luma === '' ? null : (readFrameCode(Buffer.from(luma, 'base64'), width, height)?.frame ?? null),
    shownMs,
    state,
  }));
}

export const loopFrames = 360;
export const frameMs = 1000 / 15;
/** Distance of two picture numbers in the loop, −180 … 179. */
export const apart = (from: number, to: number): number =>
  ((((to - from + loopFrames / 2) % loopFrames) + loopFrames) % loopFrames) - loopFrames / 2;

/** The first cameras of the demo, whose pictures are counted: gate, yard and corridor. The street's misbehaves on purpose. */
export const steady = 3;
/** So many looks in a row show the same where it stands still: pictures that are played stay for a few, and for more on a busy machine. */
const stillLooks = 8;
/** Waits until the tiles of the steady cameras show a picture that can be read, and it stands still. */
export async function settled(page: Page): Promise<{ frame: number; shownMs: number }[]> {
  let last = '';
  let same = 0;
  return until(
    'the steady tiles to stand still',
    async () => {
      const all = await look(page);
      const seen = all.slice(0, steady);
      const now = JSON.stringify(seen);
      same = now === last ? same + 1 : 0;
      last = now;
      if (same < stillLooks || all.length < 4) return null;
      const out = seen.flatMap((s) => (s.frame === null ? [] : [{ frame: s.frame, shownMs: s.shownMs }]));
      return out.length === steady ? out : null;
    },
    30_000,
  );
}

/** … at the same moment: a tile that was behind the others comes after them. */
export const together = (page: Page): Promise<{ frame: number; shownMs: number }[]> =>
  until(
    'the steady tiles to stand still at the same picture',
    async () => {
      const all = await settled(page);
      return all.every(({ frame }) => Math.abs(apart(all[0]?.frame ?? 0, frame)) <= 1) ? all : null;
    },
    30_000,
  );
