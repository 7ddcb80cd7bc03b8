/** `bench timeline`: what the timeline asks of an index of ten million segments and a million events. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { firstArchive } from '#domain/archive.ts';
import type { CameraId, StreamId } from '#domain/id.ts';
import { dayMs } from '#domain/time.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import type { QueryCommand, QueryReport, QuerySetup } from '#workers/query/port.ts';
import { createQueryClient } from '#workers/query/client.ts';
import { startThread } from '#workers/lib/thread.ts';
import { openQueries, openWriteStore } from '../src/main/adapters/sqlite/index.ts';
import { fetchedBytes, forgetFile } from './file-cache.ts';
import type { Outcome } from './outcome.ts';
import { quantile, rounded } from './outcome.ts';

const cameras = 64;
const minuteMs = 60_000;
/** A 1920 px wide timeline. */
const pixels = 1920;

const id = (kind: string, n: number): string => `01${kind}${n.toString().padStart(26 - 2 - kind.length, '0')}`;

type Facts = {
  segments: number;
  events: number;
  bytesPerSegment: number;
  fromMs: number;
  toMs: number;
  /** What the tables were when it was made. */
  schema: string;
};

/** How much there is to be; `archived`: percent of the footage, the oldest, that is at an archive only. */
type Wanted = { segments: number; events: number; archived: number };

export const openStore = (path: string) =>
  openWriteStore(path, {
    clock: systemClock,
    log: quietLog,
    newStation: () => ({ id: id('S', 1), name: 'Bench' }),
  });

/** Of an index made now: one that was kept is made again when the tables have changed since. */
function schemaNow(dir: string): string {
  const path = join(dir, 'schema.db');
  const remove = (): void => {
    for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true });
  };
  remove();
  openStore(path).close();
  const db = new Sqlite(path, { readonly: true });
  const all = db.prepare('SELECT sql FROM sqlite_schema ORDER BY name').pluck().all();
  db.close();
  remove();
  return createHash('sha256').update(JSON.stringify(all)).digest('hex');
}

/**
 * The index as months of recording leave it: 64 cameras, a segment a minute, a hole of a few minutes about once a day, and
 * events spread over cameras and kinds. Rows are written in bulk past the store, into the schema that the store made.
 */
function seed(
  path: string,
  { segments, events, archived }: Wanted,
  say: (text: string) => void,
): Omit<Facts, 'schema'> {
  openStore(path).close();
  const db = new Sqlite(path);
  db.pragma('journal_mode = OFF');
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -200000');
  db.pragma('foreign_keys = OFF');
  const perCamera = Math.ceil(segments / cameras);
  const toMs = Math.floor(Date.UTC(2026, 5, 1) / minuteMs) * minuteMs;
  const fromMs = toMs - perCamera * minuteMs;
  const size = (): number => {
    db.pragma('wal_checkpoint(TRUNCATE)');
    return statSync(path).size;
  };
  const writer = db.prepare<[], number>('SELECT id FROM writer LIMIT 1').pluck().get() ?? 1;
  db.prepare('INSERT INTO format (id, codecs, width, height, init_bytes) VALUES (1, ?, 1920, 1080, 900)').run(
    'avc1.640028',
  );
  const camera = db.prepare(
    'INSERT INTO camera (id, number, name, folder, enabled, created_ms) VALUES (?, ?, ?, ?, 1, ?)',
  );
  const stream = db.prepare(
    "INSERT INTO stream (id, camera_id, kind, url, transport, used) VALUES (?, ?, 'main', 'rtsp://10.0.0.1/', 'auto', 1)",
  );
  for (let c = 1; c <= cameras; c++) {
    camera.run(id('C', c), c, `Camera ${c}`, `camera-${c}`, fromMs);
    stream.run(c, id('C', c));
  }
  const empty = size();
  const segment = db.prepare(
    'INSERT INTO segment (stream_id, start_ms, duration_ms, bytes, state, format_id, writer_id) VALUES (?, ?, ?, ?, 1, 1, ?)',
  );
  const moved = db.prepare(
    'INSERT INTO archived (stream_id, start_ms, archive_id, bytes, sha256, verified_ms) SELECT stream_id, start_ms, volume_id, bytes, zeroblob(32), ? FROM segment WHERE stream_id = ? AND start_ms < ?',
  );
  const move = db.prepare('UPDATE segment SET volume_id = ? WHERE stream_id = ? AND start_ms < ?');
  const movedRuns = db.prepare(
    'INSERT INTO archived_run SELECT stream_id, from_ms, min(to_ms, ?) FROM coverage WHERE stream_id = ? AND from_ms < ?',
  );
  const run = db.prepare('INSERT INTO coverage (stream_id, from_ms, to_ms) VALUES (?, ?, ?)');
  const gap = db.prepare("INSERT INTO gap (stream_id, from_ms, to_ms, cause) VALUES (?, ?, ?, 'camera-lost')");
  let left = segments;
  for (let c = 1; c <= cameras; c++) {
    say(`  filling camera ${c} of ${cameras}`);
    db.transaction(() => {
      let runFrom = fromMs;
      for (let i = 0; i < perCamera && left > 0; i++, left--) {
        const start = fromMs + i * minuteMs;
        const broken = (i * 7 + c * 131) % 1440 === 0 && i > 0;
        // The segment before a hole ends early; all segments stay countable.
        segment.run(c, start, broken ? 20_000 : minuteMs, 15_000_000 + ((i * 7919) % 100_000), writer);
        if (broken) {
          run.run(c, runFrom, start + 20_000);
          gap.run(c, start + 20_000, start + minuteMs);
          runFrom = start + minuteMs;
        }
      }
      run.run(c, runFrom, toMs);
      if (archived > 0) {
        const untilMs = fromMs + Math.floor((perCamera * archived) / 100) * minuteMs;
        move.run(firstArchive, c, untilMs);
        moved.run(toMs, c, untilMs);
        movedRuns.run(untilMs, c, untilMs);
      }
    })();
  }
  const bytesPerSegment = (size() - empty) / segments;
  say('  filling events');
  const kinds = ['camera-lost', 'camera-back', 'external', 'worker-restarted', 'disk-low'];
  const event = db.prepare(
    'INSERT INTO event (id, station_id, seq, kind, severity, camera_id, from_ms, to_ms, data, lane_id) VALUES (?, 1, ?, ?, \'info\', ?, ?, ?, \'{"title":"door"}\', ?)',
  );
  const lane = db.prepare('INSERT INTO lane (id, kind, camera_id) VALUES (?, ?, ?)');
  db.transaction(() => {
    for (const [k, kind] of kinds.entries())
      for (let c = 1; c <= cameras; c++) lane.run(k * cameras + c, kind, id('C', c));
    for (let n = 1; n <= events; n++) {
      const at = fromMs + Math.floor(((toMs - fromMs) * n) / events);
      const k = n % kinds.length;
      const c = 1 + ((n * 31) % cameras);
      event.run(id('E', n), n, kinds[k], id('C', c), at, at + ((n * 977) % 30_000), k * cameras + c);
    }
  })();
  db.prepare("UPDATE tally SET value = ? WHERE name = 'segments'").run(segments);
  db.pragma('journal_mode = WAL');
  db.close();
  const store = openStore(path);
  store.rebuildEventDays();
  store.close();
  return { segments, events, bytesPerSegment, fromMs, toMs };
}

/** Made once per size and kept under `cache`, because filling takes minutes. */
export function indexOf(cache: string, wanted: Wanted, say: (text: string) => void): { path: string; facts: Facts } {
  const { segments, events, archived } = wanted;
  const dir = join(cache, `index-${segments}-${events}${archived > 0 ? `-archived-${archived}` : ''}`);
  const path = join(dir, 'index.db');
  const facts = join(dir, 'facts.json');
  const schema = schemaNow(cache);
  if (existsSync(facts)) {
    const kept = JSON.parse(readFileSync(facts, 'utf8')) as Facts;
    if (kept.schema === schema) return { path, facts: kept };
  }
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  say(`making an index of ${segments} segments and ${events} events (once)`);
  const made = { ...seed(path, wanted, say), schema };
  writeFileSync(facts, JSON.stringify(made));
  return { path, facts: made };
}

/** As a query worker does at its start and every few minutes. */
function readAhead(path: string): void {
  const queries = openQueries(path, { clock: systemClock, log: quietLog });
  const step = queries.readAhead();
  while (step());
  queries.close();
}

/**
 * The same question again and again, each time with nothing of the index in memory: the system's cache of the file is dropped, and
 * a commit like the station's of every second makes the query workers forget what they had read (SQLite, WAL mode). With `ahead`
 * what the query workers read without being asked is read again before each question, and not timed.
 */
async function fromDisk(
  path: string,
  rounds: number,
  ask: () => Promise<number>,
  ahead = false,
): Promise<{ ms: number[] /** Fetched from the disk for one question, on average. */; kib: number }> {
  const ms: number[] = [];
  let bytes = 0;
  const store = openStore(path);
  try {
    for (let i = 0; i < rounds; i++) {
      store.setting.set('bench', String(i));
      forgetFile(path);
      if (ahead) readAhead(path);
      const before = fetchedBytes();
      ms.push(await ask());
      bytes += fetchedBytes() - before;
    }
  } finally {
    store.close();
  }
  if (rounds > 0 && bytes === 0)
    throw new Error('the index was not read from a disk: it cannot be told how long that takes');
  return { ms, kib: bytes / 1024 / rounds };
}

export async function benchTimeline(options: {
  segments: number;
  events: number;
  /** Percent of the footage, the oldest, that is at an archive only. */
  archived: number;
  rounds: number;
  cache: string;
  say: (text: string) => void;
}): Promise<Outcome> {
  const { say } = options;
  const { path, facts } = indexOf(options.cache, options, options.say);
  const setup: QuerySetup = { path };
  const queries = createQueryClient({
    clock: systemClock,
    log: quietLog,
    start: () =>
      startThread<QueryCommand, QueryReport>(
        new URL('../src/workers/query/worker.ts', import.meta.url),
        'query',
        setup,
      ),
  });
  const streamIds = Array.from({ length: cameras }, (_, i) => (i + 1) as StreamId);
  const cameraIds = streamIds.map((n) => id('C', n) as CameraId);
  let state = 1;
  /** The same moments in every run. */
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const days = Math.floor((facts.toMs - facts.fromMs) / dayMs) - 1;
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const began = performance.now();
    await work();
    return performance.now() - began;
  };
  let archivedRows = 0;
  const dayView = async (length = 1): Promise<void> => {
    const fromMs = facts.fromMs + Math.floor(random() * Math.max(1, days - length + 1)) * dayMs;
    const spanMs = length * dayMs;
    const window = { fromMs, toMs: fromMs + spanMs, grainMs: spanMs / pixels };
    const [rows, ticks] = await Promise.all([
      queries.coverage({ streamIds, ...window }),
      queries.ticks({ cameraIds, ...window, limit: 2000 }),
      queries.bounds(streamIds),
    ]);
    archivedRows += rows.filter((r) => r.archived.length > 0).length;
    if (rows.length !== cameras || rows.some((r) => r.spans.length === 0))
      throw new Error('the day view came back empty');
    const told = ticks.reduce((sum, t) => sum + t.count, 0);
    // They are spread evenly; some that began before reach in.
    const least = Math.floor((facts.events * spanMs) / (facts.toMs - facts.fromMs)) - 1;
    if (told < least) throw new Error(`the ticks of a view tell of ${told} events, and it has ${least} at least`);
  };
  const at = (): number => Math.floor(facts.fromMs + random() * (facts.toMs - facts.fromMs - minuteMs));
  const scrub = async (n: number): Promise<void> => {
    const first = Math.floor(random() * (cameras - n + 1));
    const found = await queries.locate(streamIds.slice(first, first + n), at(), minuteMs);
    if (found.some((f) => f.segment === null)) throw new Error('a moment was not found');
  };
  try {
    for (let i = 0; i < 5; i++) await dayView();
    const view: number[] = [];
    const before = process.cpuUsage();
    for (let i = 0; i < options.rounds; i++) view.push(await timed(() => dayView()));
    const spent = process.cpuUsage(before);
    const month: number[] = [];
    if (days >= 31) for (let i = 0; i < 20; i++) month.push(await timed(() => dayView(31)));
    else say(`  the index holds ${days} whole days: a month view is not measured`);
    for (let i = 0; i < 50; i++) await scrub(1);
    const one: number[] = [];
    for (let i = 0; i < options.rounds * 10; i++) one.push(await timed(() => scrub(1)));
    const sixteen: number[] = [];
    for (let i = 0; i < options.rounds * 10; i++) sixteen.push(await timed(() => scrub(16)));
    const cold = process.platform === 'linux';
    if (!cold) say('  questions from the disk are measured on Linux only');
    const rounds = cold ? options.rounds : 0;
    const coldView = await fromDisk(path, rounds, () => timed(() => dayView()));
    const aheadView = await fromDisk(path, rounds, () => timed(() => dayView()), true);
    const coldOne = await fromDisk(path, rounds, () => timed(() => scrub(1)));
    const coldSixteen = await fromDisk(path, rounds, () => timed(() => scrub(16)));
    if (options.archived > 0 && archivedRows === 0) throw new Error('nothing that is at an archive was told');
    return {
      name: 'timeline',
      figures: {
        dayViewP95Ms: rounded(quantile(view, 0.95)),
        dayViewP50Ms: rounded(quantile(view, 0.5)),
        dayViewCpuMs: rounded((spent.user + spent.system) / 1000 / options.rounds),
        ...(month.length > 0 && { monthViewP50Ms: rounded(quantile(month, 0.5)) }),
        scrubP95Ms: rounded(quantile(one, 0.95)),
        scrubP50Ms: rounded(quantile(one, 0.5)),
        scrub16P95Ms: rounded(quantile(sixteen, 0.95)),
        ...(cold && {
          dayViewColdP95Ms: rounded(quantile(coldView.ms, 0.95)),
          dayViewColdP50Ms: rounded(quantile(coldView.ms, 0.5)),
          dayViewColdKib: rounded(coldView.kib),
          dayViewAheadP95Ms: rounded(quantile(aheadView.ms, 0.95)),
          dayViewAheadKib: rounded(aheadView.kib),
          scrubColdP95Ms: rounded(quantile(coldOne.ms, 0.95)),
          scrubColdP50Ms: rounded(quantile(coldOne.ms, 0.5)),
          scrubColdKib: rounded(coldOne.kib),
          scrub16ColdP95Ms: rounded(quantile(coldSixteen.ms, 0.95)),
        }),
        indexBytesPerSegment: rounded(facts.bytesPerSegment),
        segments: facts.segments,
        events: facts.events,
        archivedPercent: options.archived,
      },
      goals: {
        dayViewP95Ms: '<= 20',
        scrubP95Ms: '<= 2',
        ...(cold && { dayViewColdP95Ms: '<= 20', scrubColdP95Ms: '<= 2' }),
      },
    };
  } finally {
    await queries.stop();
  }
}
