/** A disk that hangs under a whole station: everything else goes on, and what hung is known again when it answers. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Volume } from '#domain/volume.ts';
import { startStation, type RunningStation } from '../support/station.ts';
import { tempFolder } from '../support/temp.ts';
import { until } from '../support/until.ts';

const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe' });
type Row = {
  camera: string;
  spans: [number, number][];
  gaps: { fromMs: number; toMs: number | null; cause: string }[];
};

/** An ext4 file system in a file, mounted; null: that is not allowed here. */
function image(home: string): string | null {
  const path = join(home, 'disk');
  mkdirSync(path);
  try {
    run('truncate', '-s', '128M', `${path}.img`);
    run('mkfs.ext4', '-q', `${path}.img`);
    run('mount', '-o', 'loop', `${path}.img`, path);
    return path;
  } catch {
    return null;
  }
}
const home = tempFolder();
const disk = image(home.path);
let frozen = false;
const freeze = (on: boolean): void => {
  if (disk === null || on === frozen) return;
  run('fsfreeze', on ? '--freeze' : '--unfreeze', disk);
  frozen = on;
};
let station: RunningStation | null = null;

afterEach(async () => {
  freeze(false);
  await station?.stop();
  if (disk !== null) run('umount', '-l', disk);
  home.remove();
});

/** Asks the station; each answer within `ms`. */
function caller(url: string) {
  let cookie = '';
  let slowest = 0;
  const ask = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> => {
    const started = performance.now();
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { origin: url, cookie, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const set = answer.headers.get('set-cookie')?.split(';')[0];
    if (set !== undefined) cookie = set;
    const text = await answer.text();
    slowest = Math.max(slowest, performance.now() - started);
    return { status: answer.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
  };
  return { ask, slowestMs: () => slowest, begin: () => (slowest = 0) };
}

test.skipIf(disk === null)(
  'a disk that hangs holds up nothing but itself',
  async () => {
    const path = disk ?? '';
    station = await startStation({ data: join(home.path, 'data'), args: ['--headless', '--demo'] });
    const { ask, begin, slowestMs } = caller(station.url);
    expect(
      (await ask('POST', '/api/setup', { name: 'owner', password: 'a long night with coffee' })).status,
    ).toBeLessThan(300);
    const volumes = async (): Promise<Volume[]> => (await ask('GET', '/api/volumes')).body as Volume[];
    const second = async (): Promise<Volume> => {
      const found = (await volumes()).find((v) => v.volume === 2);
      if (found === undefined) throw new Error('no second volume');
      return found;
    };
    const timeline = async (): Promise<Row[]> => {
      const now = Date.now();
      const { body } = await ask('GET', `/api/timeline?fromMs=${String(now - 600_000)}&toMs=${String(now + 1000)}`);
      return (body as { rows: Row[] }).rows;
    };
    // One camera's analysis goes on with the rest of the station; four would fill the machine.
    const cameras = (await ask('GET', '/api/cameras')).body as { id: string; name: string }[];
    for (const { id } of cameras.filter((c) => c.name !== 'Gate'))
      expect((await ask('PUT', `/api/cameras/${id}/watching`, { settings: { mode: 'off' } })).status).toBe(200);
    expect((await ask('POST', '/api/volumes', { path, reserveBytes: 0 })).status).toBe(201);
    await until('both are recorded on', async () => (await volumes()).every((v) => v.streams > 1), 60_000);
    await until(
      'each has some seconds',
      async () =>
        (await timeline()).length >= 4 &&
        (await timeline()).every((r) => r.spans.reduce((s, [a, b]) => s + b - a, 0) > 8000),
      60_000,
    );
    const before = await second();
    expect(before).toMatchObject({ state: 'ok', fileSystem: 'ext4' });
    /** Gaps since then, of each camera. */
    const gapsSince = async (ms: number) =>
      (await timeline()).map((r) => r.gaps.filter((g) => g.fromMs > ms - 2000 && g.cause.startsWith('disk')));

    freeze(true);
    const frozenMs = Date.now();
    begin();
    const silent = await until(
      'it is told that it does not answer',
      async () => {
        const v = await second();
        return v.state === 'silent' && v.streams === 0 ? v : null;
      },
      30_000,
    );
    expect(silent.trouble).toContain('does not answer');
    const lost = await until(
      'those that were recorded there go on elsewhere',
      async () => {
        const goesOn = (await timeline()).every((r) => (r.spans.at(-1)?.[1] ?? 0) > frozenMs + 8_000);
        const gaps = await gapsSince(frozenMs);
        return goesOn && gaps.flat().every((g) => g.toMs !== null) ? gaps : null;
      },
      30_000,
    );
    // The others were not held up; nobody waited for an answer. What waited for the disk goes along: there may be no gap at all.
    expect(lost.some((g) => g.length === 0)).toBe(true);
    for (const gap of lost.flat()) {
      expect(gap.cause).toBe('disk-error');
      expect((gap.toMs ?? Infinity) - gap.fromMs).toBeLessThan(15_000);
    }
    const { events } = (await ask('GET', '/api/events?limit=50')).body as {
      events: { kind: string; data: { state?: string } }[];
    };
    expect(events.map((e) => [e.kind, e.data.state])).toEqual(
      expect.arrayContaining([
        ['disk-error', 'silent'],
        ['recording-moved', 'silent'],
      ]),
    );
    expect(slowestMs()).toBeLessThan(3000);

    freeze(false);
    await until('it answers', async () => (await second()).state === 'ok', 30_000);
    await until(
      'what hung is closed as its files say',
      async () => (await second()).segments > before.segments,
      90_000,
    );
    const wholeMs = (gaps: Row['gaps'][]) => gaps.flat().reduce((sum, g) => sum + (g.toMs ?? 0) - g.fromMs, 0);
    expect(wholeMs(await gapsSince(frozenMs))).toBeLessThanOrEqual(wholeMs(lost));
  },
  240_000,
);
