/** The index is gone or damaged, or recordings are. */
import { createHash, randomFillSync } from 'node:crypto';
import { closeSync, openSync, readFileSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { StationProcess } from '../station-process.ts';
import type { Fault, FaultRun } from './fault.ts';
import { run as shell } from './shell.ts';
import { createSite } from './site.ts';
import type { Hands, Site } from './site.ts';

const always = (): Promise<null> => Promise.resolve(null);

/** Starts it; where it says that it needs that, the index is made from the disk first, as a person does it. */
async function startOrRebuild(run: FaultRun, site: Site, hands: Hands): Promise<'by itself' | 'by rebuild-index'> {
  try {
    await hands.start();
    return 'by itself';
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes('rebuild-index')) throw error;
    await shell(process.execPath, join(run.root, 'out', 'main', 'station.cjs'), 'rebuild-index', '--data', site.data);
    const station = await hands.start();
    // They come back switched off, because passwords are not beside the video.
    for (const { id } of await station.cameras())
      await station.call('PATCH', `/cameras/${id}`, { change: { enabled: true } });
    return 'by rebuild-index';
  }
}

/** Without a backup first, then with one. */
function indexFault(of: Pick<Fault, 'name' | 'what'>, damage: (database: string) => void): Fault {
  return {
    ...of,
    tries: 2,
    quickTries: 2,
    allowedMs: 1_000,
    lacking: always,
    async run(run) {
      const site = await createSite(run, join(run.scratch, 'data'));
      const ways: string[] = [];
      for (let n = 0; n < run.tries; n++)
        await site.attempt({
          causes: ['station-off'],
          async fault(hands) {
            if (n >= run.tries / 2) await hands.station().call('POST', '/integrity/backups', {});
            const beginMs = Date.now();
            await hands.station().stop('SIGKILL');
            damage(join(site.data, 'vigie.db'));
            const way = await startOrRebuild(run, site, hands);
            ways.push(way);
            // An index made from the disk knows of no recording that was asked for before its cameras are switched on again.
            const span = { beginMs, endMs: beginMs };
            return way === 'by itself' ? span : { ...span, unasked: [beginMs - 1_000, Date.now()] };
          },
        });
      site.result.notes.push(`it came back ${ways.join(', ')}`);
      return site.result;
    },
  };
}

export const indexDeleted = indexFault(
  { name: 'index-deleted', what: 'vigie.db removed after a SIGKILL, half of the tries with a backup of it' },
  (database) => {
    for (const end of ['', '-wal', '-shm']) rmSync(`${database}${end}`, { force: true });
  },
);

export const indexTruncated = indexFault(
  {
    name: 'index-truncated',
    what: 'vigie.db cut off at a random byte after a SIGKILL, half of the tries with a backup',
  },
  (database) => {
    truncateSync(database, Math.floor(statSync(database).size * (0.05 + 0.9 * Math.random())));
  },
);

const segmentsWanted = 120;
const share = 0.01;
const leastDamaged = 3;

/** What becomes of a file on a failing disk. */
const damages: ((path: string, bytes: number) => void)[] = [
  (path, bytes) => {
    const file = openSync(path, 'r+');
    writeSync(file, randomFillSync(Buffer.alloc(4096)), 0, 4096, Math.floor(bytes / 2 / 4096) * 4096);
    closeSync(file);
  },
  (path, bytes) => truncateSync(path, Math.floor(bytes / 2)),
  (path, bytes) => {
    const file = openSync(path, 'r+');
    const length = Math.floor(bytes / 3);
    writeSync(file, Buffer.alloc(length), 0, length, bytes - length);
    closeSync(file);
  },
];

/** Whatever is in it, it is answered, and the station lives. */
async function playAll(station: StationProcess, site: Site, files: readonly string[]): Promise<void> {
  const cameras = await station.cameras();
  for (const path of files) {
    const id = cameras.find((c) => path.includes(`/${c.folder}/`))?.id ?? '';
    const name = /main_(\d{4}-\d\d-\d\d)_(\d\d)-(\d\d)-(\d\d\.\d{3}Z)\.mp4$/.exec(path);
    if (name === null) throw new Error(`${path} is none of the segments in ${site.video}`);
    const startMs = Date.parse(`${name[1] ?? ''}T${name[2] ?? ''}:${name[3] ?? ''}:${name[4] ?? ''}`);
    const answer = await fetch(`${station.url}/media/segments/${id}/main/${startMs}.mp4`, {
      headers: { authorization: `Bearer ${station.token()}` },
      signal: AbortSignal.timeout(20_000),
    });
    await answer.arrayBuffer().catch(() => undefined);
  }
  await station.cameras();
}

const digestOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

export const segmentsCorrupted: Fault = {
  name: 'segments-corrupted',
  what: `${share * 100} % of the segments (${leastDamaged} at least) overwritten, cut off or zeroed while the station is off`,
  cameras: 16,
  tries: 1,
  quickTries: 1,
  allowedMs: 0,
  lacking: always,
  async run(run) {
    const site = await createSite(run, join(run.scratch, 'data'));
    // Every run of the station makes a segment of each camera.
    while (site.files().length < segmentsWanted) await site.record();
    for (let n = 0; n < run.tries; n++) {
      const files = site.files().sort(() => Math.random() - 0.5);
      const damaged = files.slice(0, Math.max(leastDamaged, Math.ceil(files.length * share)));
      const sound = new Map(files.slice(damaged.length).map((path) => [path, digestOf(path)]));
      for (const [i, path] of damaged.entries()) damages[i % damages.length]?.(path, statSync(path).size);
      site.result.notes.push(`${damaged.length} of ${files.length} segments were damaged`);
      await site.attempt({
        causes: ['station-off'],
        hashes: true,
        damaged,
        async fault(hands) {
          await playAll(hands.station(), site, damaged);
          return { beginMs: Number.POSITIVE_INFINITY, endMs: Date.now() };
        },
      });
      const touched = [...sound].filter(([path, digest]) => digestOf(path) !== digest);
      if (touched.length > 0) site.result.notes.push(`changed though they were sound: ${touched.join(', ')}`);
      site.result.indexErrors += touched.length;
    }
    return site.result;
  },
};
