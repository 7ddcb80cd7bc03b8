import { setPriority } from 'node:os';
import { rmSync, statSync } from 'node:fs';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import type { StreamId } from '#domain/id.ts';
import { systemClock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { createChainFiles, createFileHasher } from '../../main/adapters/files/index.ts';
import {
  backUpDatabase,
  type CheckedStream,
  type CheckReader,
  openCheckReader,
  soundness,
} from '../../main/adapters/sqlite/index.ts';
import { parentChannel } from '../lib/parent.ts';
import { type ChainFinding, checkChain, checkLists } from './chains.ts';
import type {
  IntegrityCommand,
  IntegrityJob,
  IntegrityJobs,
  IntegrityReport,
  IntegritySetup,
  OddSegment,
} from './port.ts';
import { comparePlace, type Odd } from './presence.ts';

const parent = parentChannel<IntegrityCommand, IntegrityReport>();
const { database } = parent.setup as IntegritySetup;

const log: Log = {
  debug() {},
  info() {},
  warn: (text, fields) => parent.post({ op: 'log', level: 'warn', text, ...(fields && { fields }) }),
  error: (text, fields) => parent.post({ op: 'log', level: 'error', text, ...(fields && { fields }) }),
  with: () => log,
};

// On Linux this is the priority of the calling thread alone; elsewhere it would be that of the whole station.
if (process.platform === 'linux') setPriority(19);

/** Steps are short; after so long others have their turn. */
const turnMs = 10;
const mostOdd = 10_000;
const hasher = createFileHasher(true);
let reader: CheckReader | null = null;
const open = (): CheckReader => (reader ??= openCheckReader(database, { clock: systemClock, log }));

let stopping = false;
class Stopped extends Error {}
const unlessStopping = (): void => {
  if (stopping) throw new Stopped('The station is stopping.');
};

/** A job that gets on says so: a volume that hangs is told from one that takes long. */
const aliveEveryMs = 1_000;
let aliveMs = Number.NEGATIVE_INFINITY;
const alive = (): void => {
  const now = systemClock.monoMs();
  if (now - aliveMs < aliveEveryMs) return;
  aliveMs = now;
  parent.post({ op: 'alive' });
};

const oddOf = (odd: Exclude<Odd, { is: 'unknown' }>): OddSegment => ({
  is: odd.is,
  folder: odd.is === 'no-row' ? odd.folder : odd.stream.folder,
  kind: odd.is === 'no-row' ? odd.kind : odd.stream.kind,
  streamId: odd.stream?.id ?? null,
  startMs: odd.is === 'no-file' ? odd.row.startMs : odd.file.startMs,
});

const streamOf = (id: StreamId): CheckedStream | undefined =>
  open()
    .streams()
    .find((s) => s.id === id);
const bare = ({ code, path, text, startMs }: ChainFinding) => ({ code, path, text, startMs });

const jobs: { [J in IntegrityJob]: (ask: IntegrityJobs[J]['ask']) => Promise<IntegrityJobs[J]['answer']> } = {
  async hash({ path, bytesPerSecond }) {
    const hashing = hasher(path);
    const startedMs = systemClock.monoMs();
    let bytes = 0;
    for (let step = hashing.next(); ; step = hashing.next()) {
      if (step.done === true) return step.value;
      bytes += step.value;
      alive();
      const aheadMs = (bytes / bytesPerSecond) * 1000 - (systemClock.monoMs() - startedMs);
      await (aheadMs > 1 ? delay(aheadMs) : turn());
      if (!stopping) continue;
      hashing.return(null); // closes the file
      unlessStopping();
    }
  },
  async presence({ volume, root, untilMs }) {
    const out: IntegrityJobs['presence']['answer'] = { files: 0, bytes: 0, odd: [] };
    let turned = systemClock.monoMs();
    for (const step of comparePlace({ root, volume, reader: open(), untilMs })) {
      out.files += step.files;
      out.bytes += step.bytes;
      alive();
      for (const odd of step.odd) if (odd.is !== 'unknown' && out.odd.length < mostOdd) out.odd.push(oddOf(odd));
      if (systemClock.monoMs() - turned < turnMs) continue;
      await turn();
      unlessStopping();
      turned = systemClock.monoMs();
    }
    return out;
  },
  async chain({ streamId }) {
    const out: IntegrityJobs['chain']['answer'] = { links: 0, findings: [] };
    const stream = streamOf(streamId);
    if (stream === undefined) return out;
    for await (const step of checkChain({ reader: open(), files: [], stream })) {
      out.links += step.links;
      out.findings.push(...step.findings.map(bare));
      await turn();
      unlessStopping();
    }
    return out;
  },
  async lists({ root, streamId }) {
    const stream = streamOf(streamId);
    if (stream === undefined) return { findings: [] };
    const step = (): void => {
      alive();
      unlessStopping();
    };
    const findings = await checkLists({ reader: open(), files: createChainFiles(root), stream, step });
    return { findings: findings.map(bare) };
  },
  async backUp({ to }) {
    try {
      await backUpDatabase(database, to, unlessStopping);
      const found = await soundness(to);
      if (!found.sound) throw new Error(`The backup is not sound: ${found.why}`);
      return { bytes: statSync(to).size };
    } catch (error) {
      for (const end of ['', '-journal', '-wal', '-shm']) rmSync(to + end, { force: true });
      throw error;
    }
  },
};

type Ask = Extract<IntegrityCommand, { op: 'ask' }>;
/** Both sides are compiled together from one table of jobs, so what is asked fits by its type. */
async function run({ id, job, ask }: Ask): Promise<void> {
  try {
    unlessStopping();
    const work = jobs[job] as (ask: Ask['ask']) => Promise<unknown>;
    parent.post({ op: 'answer', id, value: await work(ask) });
  } catch (error) {
    parent.post({ op: 'failed', id, message: error instanceof Error ? error.message : String(error) });
  }
}

let last = Promise.resolve();
parent.onMessage((command) => {
  if (command.op === 'ask') {
    last = last.then(() => run(command));
    return;
  }
  stopping = true;
  void last.then(() => {
    reader?.close();
    parent.close();
  });
});
