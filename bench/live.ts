/** `bench live`: from the camera's network card to the screen, and how many tiles hold their rate; in a real Chromium. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import type { Load } from './load.ts';
import { startLoad } from './load.ts';
import type { Outcome } from './outcome.ts';
import { quantile, rounded } from './outcome.ts';
import { pauseMs, startStation, until } from './station-process.ts';
import type { StationProcess } from './station-process.ts';

type Options = { seconds: number; cache: string; root: string; say: (text: string) => void };

const fps = 15;
/** A tile holds its rate when it shows 19 of 20 pictures. */
const holds = fps * 0.95;
const layouts = [25, 16, 9, 4, 1];

/** The page's half: reads the code from what a tile shows and notes when it was shown. Runs in Chromium. */
const probe = (root: string): string => {
  const source = readFileSync(join(root, 'src', 'main', 'demo', 'frame-code.ts'), 'utf8');
  const reader = stripTypeScriptTypes(source).replaceAll('export ', '');
  return `(() => { ${reader}
    const canvas = new OffscreenCanvas(320, 180);
    const ctx = canvas.getContext('2d', { willReadFrequently: true });
    const seen = [];
    const counts = new Map();
    const watch = (tile) => {
      const video = tile.querySelector('video');
      if (!video) return false;
      const state = { shown: 0, first: 0, last: 0 };
      counts.set(tile, state);
      const next = (now, frame) => {
        if (!state.first) { state.first = frame.presentedFrames; state.since = now; }
        state.last = frame.presentedFrames; state.until = now;
        if (globalThis.benchReads && counts.keys().next().value === tile && frame.presentedFrames % 3 === 0) {
          ctx.drawImage(video, 0, 0, 320, 180);
          const code = readFrameCode(ctx.getImageData(0, 0, 320, 180).data, 320, 180);
          const shownMs = Date.now() + Math.max(0, frame.expectedDisplayTime - performance.now());
          seen.push({ frame: code ? code.frame : -1, shownMs, height: video.videoHeight });
        }
        video.requestVideoFrameCallback(next);
      };
      video.requestVideoFrameCallback(next);
      return true;
    };
    globalThis.bench = {
      watch: () => [...document.querySelectorAll('.tile[data-camera]')].filter(watch).length,
      reset: () => { for (const s of counts.values()) s.first = 0; seen.length = 0; },
      seen: () => seen,
      rates: () => [...counts.values()].map((s) => (s.last - s.first) / ((s.until - s.since) / 1000)),
    };
  })()`;
};

type Wall = { station: StationProcess; load: Load; page: Page; close(): Promise<void> };

/** A station with `cameras` of one kind, and the wall open on all of them. */
async function openWall(o: Options, browser: Browser, cameras: number, clip: string, sub?: string): Promise<Wall> {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  const load = await startLoad({ clip, cameras, keepFrames: 1200, ...(sub !== undefined && { sub }) });
  const station = await startStation({ root: o.root, dir: join(dir, 'data') });
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
  const close = async (): Promise<void> => {
    await context.close();
    await station.stop();
    await load.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    const streams = Array.from({ length: cameras }, (_, i) => ({
      main: load.url(i + 1),
      ...(sub !== undefined && { sub: load.url(i + 1, 'sub') }),
    }));
    await station.addCameras(streams);
    await until('all cameras live', async () =>
      (await station.cameras()).every((c) => c.streams.some((s) => s.kind === 'main' && s.state === 'live')),
    );
    // One page with all of them, without the list of events beside it.
    const value = { size: cameras, order: [], group: null, page: 0, feed: false, saved: {} };
    await station.call('PUT', '/preferences/wall', { value });
    const { port } = new URL(station.url);
    await context.addCookies([{ name: `vigie-${port}`, value: station.token(), url: station.url }]);
    const page = await context.newPage();
    await page.goto(station.url);
    await until('all tiles live', async () => (await page.locator('.tile[data-live="live"]').count()) === cameras);
    await page.evaluate(probe(o.root));
    const watched = await page.evaluate<number>('bench.watch()');
    if (watched !== cameras)
      throw new Error(`${watched} of ${cameras} tiles draw into a <video>; the others cannot be measured`);
    return { station, load, page, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function latency(
  o: Options,
  browser: Browser,
  clips: { main: string; sub: string },
): Promise<{ ms: number[]; unread: number; height: number }> {
  const wall = await openWall(o, browser, 4, clips.main, clips.sub);
  try {
    await pauseMs(3000);
    await wall.page.evaluate('globalThis.benchReads = true; bench.reset()');
    await pauseMs(o.seconds * 1000);
    const seen = await wall.page.evaluate<{ frame: number; shownMs: number; height: number }[]>('bench.seen()');
    const sent = await wall.load.sent(1);
    const ms = seen.flatMap((s) => {
      // The last time this number was sent before it was seen; a loop is 24 s, so there is one.
      const at = sent.findLast((f) => f.frame === s.frame && f.sentMs <= s.shownMs);
      return s.frame < 0 || !at ? [] : [s.shownMs - at.sentMs];
    });
    return { ms, unread: seen.length - ms.length, height: seen.at(-1)?.height ?? 0 };
  } finally {
    await wall.close();
  }
}

/** The largest layout in which every tile holds its rate. */
async function tiles(o: Options, browser: Browser, clip: string, name: string): Promise<number> {
  for (const cameras of layouts) {
    const wall = await openWall(o, browser, cameras, clip);
    try {
      await pauseMs(3000);
      await wall.page.evaluate('bench.reset()');
      await pauseMs(Math.min(10, o.seconds) * 1000);
      const rates = await wall.page.evaluate<number[]>('bench.rates()');
      const good = rates.filter((r) => r >= holds).length;
      o.say(`  ${name}, ${cameras} tiles: ${good} hold ${fps} fps (slowest ${Math.min(...rates).toFixed(1)})`);
      if (good === cameras) return cameras;
    } finally {
      await wall.close();
    }
  }
  return 0;
}

export async function benchLive(o: Options): Promise<Outcome> {
  const clip = (name: string): string => join(o.root, 'resources', 'demo', `gate-${name}.mp4`);
  const browser = await chromium.launch({
    executablePath: process.env['CHROME_BIN'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  try {
    o.say('latency on a wall of 4');
    const { ms, unread, height } = await latency(o, browser, { main: clip('main'), sub: clip('sub') });
    if (ms.length === 0) throw new Error('No picture number could be read from the screen.');
    o.say(
      `  p50 ${quantile(ms, 0.5).toFixed(0)} ms, p95 ${quantile(ms, 0.95).toFixed(0)} ms of ${ms.length} pictures, ${height} lines high`,
    );
    const tiles360p = await tiles(o, browser, clip('sub'), '640×360');
    const tiles1080p = await tiles(o, browser, clip('main'), '1920×1080');
    return {
      name: 'live',
      figures: {
        p50Ms: rounded(quantile(ms, 0.5)),
        p95Ms: rounded(quantile(ms, 0.95)),
        tiles360p,
        tiles1080p,
        pictures: ms.length,
        unread,
        shownHeight: height,
      },
      goals: { p95Ms: '<= 250' },
    };
  } finally {
    await browser.close();
  }
}
