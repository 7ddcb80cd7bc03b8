/** `bench playback`: from a hand on the timeline to the right picture on the screen, and tiles in step; in a real Chromium. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';
import { writeHistory } from './history.ts';
import type { Grid } from './history.ts';
import type { Outcome } from './outcome.ts';
import { quantile, rounded } from './outcome.ts';
import { playbackProbe } from './playback-probe.ts';
import type { Look, Seen } from './playback-probe.ts';
import { pauseMs, startStation, until } from './station-process.ts';
import type { StationProcess } from './station-process.ts';

type Options = { rounds: number; root: string; say: (text: string) => void };

const minutes = 20;
const hourMs = 3_600_000;
/** Every view of the timeline is dragged on inside this span around the middle of the footage. */
const reachMs = 8 * 60_000;

/** The same for every run: a bench must be repeatable. Park & Miller's generator, 0 … 1. */
function createDice(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** A station with the demo site, and footage of which every picture's moment is known. */
async function openSite(
  o: Options,
  dir: string,
): Promise<{ station: StationProcess; grids: Grid[]; middleMs: number }> {
  const { root } = o;
  const first = await startStation({ root, dir, args: ['--demo'] });
  const names = ['gate', 'yard', 'corridor', 'street'];
  await until('all streams recorded', async () => {
    const cameras = await first.cameras();
    return cameras.length === names.length && cameras.every((c) => c.streams.every((s) => s.recording));
  });
  await pauseMs(1500); // the first fragment of each
  const token = first.token();
  await first.stop();
  const fromMs = Math.floor((Date.now() - 2 * hourMs) / hourMs) * hourMs;
  const grids = writeHistory({ video: join(dir, 'video'), clips: join(root, 'resources', 'demo'), fromMs, minutes });
  const made = spawnSync(process.execPath, [join(root, 'out', 'main', 'station.cjs'), 'rebuild-index', '--data', dir]);
  if (made.status !== 0) throw new Error(`The index was not made: ${made.stderr.toString()}`);
  const station = await startStation({ root, dir, args: ['--demo'], token, signIn: false });
  await until('all cameras live', async () =>
    (await station.cameras()).every((c) => c.streams.some((s) => s.kind === 'main' && s.state === 'live')),
  );
  const value = { size: 4, order: [], group: null, page: 0, feed: false, saved: {} };
  await station.call('PUT', '/preferences/wall', { value });
  // What a tile of this size plays: the sub stream where there is one.
  const tiles = names.map(
    (name) => grids.find((g) => g.folder === name && g.kind === 'sub') ?? grids.find((g) => g.folder === name),
  );
  return { station, grids: tiles.filter((g) => g !== undefined), middleMs: fromMs + (minutes * 60_000) / 2 };
}

const typed = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');

async function goTo(page: Page, atMs: number): Promise<void> {
  await page.locator('.tl-goto input').fill(typed(atMs));
  await page.keyboard.press('Enter');
  await page.locator('.tl-goto input').blur();
}

type Series = { preview: number[]; first: number[]; all: number[]; missed: number; notes: string[] };
const series = (): Series => ({ preview: [], first: [], all: [], missed: 0, notes: [] });

function take(into: Series, seen: Seen, of: string): void {
  const whole = seen.tiles.every((t) => t !== null);
  if (seen.preview !== null) into.preview.push(seen.preview);
  if (seen.tiles[0] !== null && seen.tiles[0] !== undefined) into.first.push(seen.tiles[0]);
  if (whole) into.all.push(Math.max(...seen.tiles.map((t) => t ?? 0)));
  if (seen.note !== '') {
    into.missed++;
    into.notes.push(`${of}: tiles ${seen.tiles.map((t) => t?.toFixed(0) ?? '–').join(' ')} ${seen.note}`);
  }
}

/** Drags the playhead to and fro; each move waits for its pictures, then a moment longer. */
async function scrub(
  page: Page,
  rounds: number,
  middleMs: number,
  spanMs: number,
  dice: () => number,
): Promise<Series> {
  const out = series();
  await goTo(page, middleMs);
  await page.keyboard.press('k');
  const strip = page.locator('.tl-canvas');
  const box = await strip.boundingBox();
  if (!box) throw new Error('The timeline has no place on the screen.');
  await strip.focus();
  // It opens an hour wide; each press halves it. The playhead is in the middle.
  for (let span = hourMs; span > spanMs; span /= 2) await page.keyboard.press('+');
  await pauseMs(500);
  const pxPerMs = box.width / spanMs;
  const y = box.y + box.height / 2;
  const middle = box.x + box.width / 2;
  await page.mouse.move(middle, y);
  await page.mouse.down();
  await page.mouse.move(middle + 12, y);
  await pauseMs(500);
  let atMs = 0;
  const reach = Math.min(reachMs, spanMs * 0.4);
  for (let i = 0; i < rounds; i++) {
    // Neither the key frame that is shown nor one of the same number in the loop.
    let next = atMs;
    while (Math.abs(next - atMs) < 5000 || Math.abs(((((next - atMs) % 24_000) + 24_000) % 24_000) - 12_000) > 8000)
      next = (dice() * 2 - 1) * reach;
    atMs = next;
    await page.evaluate('bench.arm({ kind: "scrub", focus: 0 })');
    await page.mouse.move(middle + atMs * pxPerMs, y);
    take(out, await page.evaluate<Seen>('bench.done()'), `move to ${typed(middleMs + atMs)}`);
    await pauseMs(50 + dice() * 150);
  }
  await page.mouse.up();
  await page.mouse.move(middle, box.y - 200);
  return out;
}

async function seek(
  page: Page,
  rounds: number,
  middleMs: number,
  playing: boolean,
  dice: () => number,
): Promise<Series> {
  const out = series();
  await goTo(page, middleMs);
  await page.keyboard.press(playing ? 'l' : 'k');
  await pauseMs(500);
  let atMs = middleMs;
  for (let i = 0; i < rounds; i++) {
    let next = atMs;
    while (Math.abs(next - atMs) < 5000 || Math.abs(((((next - atMs) % 24_000) + 24_000) % 24_000) - 12_000) > 8000)
      next = Math.floor((middleMs + (dice() * 2 - 1) * reachMs) / 1000) * 1000;
    atMs = next;
    await page.locator('.tl-goto input').fill(typed(atMs));
    await pauseMs(50 + dice() * 150);
    await page.evaluate(`bench.arm(${JSON.stringify({ kind: 'seek', atMs, playing, limitMs: 3000 })})`);
    await page.keyboard.press('Enter');
    take(out, await page.evaluate<Seen>('bench.done()'), `${playing ? 'playing' : 'paused'}, ${typed(atMs)}`);
    await page.locator('.tl-goto input').blur();
    await pauseMs(100 + dice() * 300);
  }
  return out;
}

/**
 * By how much of a picture a tile is behind another at one look. A tile is behind when its picture should have given way to
 * the next one at a moment that another tile already shows; the cameras' pictures lie a quarter of a picture apart.
 */
function behind(looks: Look[], grids: Grid[], fromMs: number): { frames: number[]; pictures: number[] } {
  const frames: number[] = [];
  const t0 = looks[0]?.t ?? 0;
  const pictures = grids.map(() => 0);
  let last: number[] = [];
  for (const { t, frames: seen } of looks) {
    if (seen.some((n) => n < 0)) continue;
    for (const [i, n] of seen.entries()) if (n !== last[i]) pictures[i] = (pictures[i] ?? 0) + 1;
    last = seen;
    const moments = seen.map((n, i) => {
      const g = grids[i];
      if (!g) return 0;
      // The number counts within the loop: the one nearest to where the clock must be about now.
      const about = (fromMs + (t - t0) - g.originMs) / g.frameMs;
      return g.originMs + (n + Math.round((about - n) / g.loop) * g.loop) * g.frameMs;
    });
    const newest = Math.max(...moments);
    frames.push(Math.max(...moments.map((m, i) => Math.max(0, (newest - m) / (grids[i]?.frameMs ?? 1) - 1))));
  }
  return { frames, pictures };
}

/** `fps`: pictures a second on the slowest tile. */
async function drift(page: Page, grids: Grid[], middleMs: number): Promise<{ frames: number[]; fps: number }> {
  await goTo(page, middleMs);
  await page.keyboard.press('k');
  await page.keyboard.press('l');
  await pauseMs(1500);
  await page.evaluate('bench.watch(true)');
  await pauseMs(10_000);
  const looks = await page.evaluate<Look[]>('bench.watch(false)');
  const { frames, pictures } = behind(looks, grids, middleMs + 1500);
  return { frames, fps: (Math.min(...pictures) * 1000) / ((looks.at(-1)?.t ?? 0) - (looks[0]?.t ?? 0)) };
}

export async function benchPlayback(o: Options): Promise<Outcome> {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  const dice = createDice(20_261_124);
  const closing: (() => Promise<unknown>)[] = [];
  try {
    o.say(`a demo site with ${String(minutes)} minutes of footage`);
    const { station, grids, middleMs } = await openSite(o, join(dir, 'data'));
    closing.push(() => station.stop());
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
    closing.push(() => browser.close());
    const context = await browser.newContext({
      viewport: { width: 1400, height: 900 },
      locale: 'en-GB',
      timezoneId: 'UTC',
    });
    const { port } = new URL(station.url);
    await context.addCookies([{ name: `vigie-${port}`, value: station.token(), url: station.url }]);
    const page = await context.newPage();
    await page.goto(station.url);
    await until('all tiles live', async () => (await page.locator('.tile[data-live="live"]').count()) === grids.length);
    await page.evaluate(playbackProbe(o.root, grids, Math.floor(middleMs / 86_400_000) * 86_400_000));
    const line = (name: string, s: Series): void => {
      const ms = (values: number[]): string =>
        values.length === 0 ? '–' : `${quantile(values, 0.5).toFixed(0)}/${quantile(values, 0.95).toFixed(0)}`;
      o.say(
        `  ${name}: p50/p95 under the cursor ${ms(s.preview)}, first tile ${ms(s.first)}, all ${ms(s.all)} ms; missed ${String(s.missed)}`,
      );
      for (const note of s.notes) o.say(`    ${note}`);
    };
    const near = await scrub(page, o.rounds, middleMs, hourMs / 32, dice);
    line('scrub, 2 min view', near);
    await page.reload();
    await until('all tiles live', async () => (await page.locator('.tile[data-live="live"]').count()) === grids.length);
    await page.evaluate(playbackProbe(o.root, grids, Math.floor(middleMs / 86_400_000) * 86_400_000));
    const hour = await scrub(page, o.rounds, middleMs, hourMs, dice);
    line('scrub, 1 h view', hour);
    const paused = await seek(page, o.rounds, middleMs, false, dice);
    line('seek, paused', paused);
    const playing = await seek(page, o.rounds, middleMs, true, dice);
    line('seek, playing', playing);
    const { frames, fps } = await drift(page, grids, middleMs - reachMs);
    o.say(
      `  drift: p50 ${quantile(frames, 0.5).toFixed(2)}, p95 ${quantile(frames, 0.95).toFixed(2)}, most ${Math.max(...frames).toFixed(2)} pictures in ${String(frames.length)} looks; ${fps.toFixed(1)} pictures a second`,
    );
    const p95 = (...values: number[][]): number => rounded(quantile(values.flat(), 0.95));
    return {
      name: 'playback',
      figures: {
        scrubP95Ms: p95(near.preview),
        scrubTilesP95Ms: p95(near.all),
        scrubHourP95Ms: p95(hour.preview),
        scrubHourTilesP95Ms: p95(hour.all),
        missedScrubs: near.missed + hour.missed,
        seekP95Ms: p95(paused.all, playing.all),
        seekP50Ms: rounded(quantile([...paused.all, ...playing.all], 0.5)),
        missedSeeks: paused.missed + playing.missed,
        driftFrames: rounded(Math.max(...frames)),
        driftP95Frames: p95(frames),
        tileFps: rounded(fps),
      },
      goals: {
        scrubP95Ms: '<= 150',
        scrubTilesP95Ms: '<= 150',
        scrubHourP95Ms: '<= 150',
        scrubHourTilesP95Ms: '<= 150',
        missedScrubs: '== 0',
        seekP95Ms: '<= 200',
        missedSeeks: '== 0',
        driftFrames: '< 1',
      },
    };
  } finally {
    for (const close of closing.reverse()) await close();
    rmSync(dir, { recursive: true, force: true });
  }
}
