/** `npm run faults [-- NAME …]`: what goes wrong in the world, done to the product; docs/faults.md says how each is made. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readClip } from '../../src/main/demo/clip.ts';
import { keptFolder } from '../kept.ts';
import { loadClipPath } from '../load-clip.ts';
import { startLoad } from '../load.ts';
import { inOwnNamespace, runInOwnNamespace } from '../own-namespace.ts';
import { needLinux } from '../process-usage.ts';
import { clockJumps } from './clock-faults.ts';
import {
  dataFull,
  diskFull,
  errors,
  readOnly,
  stalls,
  unmounted,
  unplugged,
  volumeErrors,
  volumeStalls,
} from './disk-faults.ts';
import type { Fault, FaultResult } from './fault.ts';
import { holds } from './fault.ts';
import { indexDeleted, indexTruncated, segmentsCorrupted } from './index-faults.ts';
import { powerCut, powerCutControl } from './power-faults.ts';
import { kill, reconnects, workerCrash } from './process-faults.ts';

const faults: Fault[] = [
  kill,
  powerCut,
  powerCutControl,
  diskFull,
  dataFull,
  readOnly,
  unmounted,
  unplugged,
  errors,
  stalls,
  volumeStalls,
  volumeErrors,
  indexDeleted,
  indexTruncated,
  segmentsCorrupted,
  clockJumps,
  workerCrash,
  reconnects,
];

const usage = `usage: npm run faults [-- NAME …] [--tries N] [--cameras 4] [--quick] [--json]

${faults.map((f) => `  ${f.name.padEnd(20)} ${f.what}`).join('\n')}

All of them without a NAME. --quick: one or two tries each. --json: the last line of standard output is
{ name, faults, ok }.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
    quick: { type: 'boolean', default: false },
    tries: { type: 'string' },
    cameras: { type: 'string' },
  },
});

/** With --json people read standard error, so that standard output holds one thing. */
const say = (text: string): void => {
  (values.json ? process.stderr : process.stdout).write(`${text}\n`);
};

function whole(name: 'tries' | 'cameras', otherwise: number): number {
  const given = values[name];
  const n = given === undefined ? otherwise : Number(given);
  if (!Number.isInteger(n) || n < 1) throw new Error(`--${name} takes a whole number from 1 on, not ${given ?? ''}`);
  return n;
}

type Row = { name: string; skipped: string | null; failed: string | null; result: FaultResult | null; ok: boolean };

const figure = (n: number | undefined): string =>
  n === undefined ? '–' : Number.isFinite(n) ? String(Math.round(n)) : 'never';

function table(rows: Row[]): string {
  const heads = ['fault', 'tries', 'lost ms, max', 'index errors', 'gap errors', 'recovered in, ms', ''];
  const lines = rows.map(({ name, skipped, failed, result, ok }) => [
    name,
    figure(result?.tries),
    figure(result?.lostMs),
    figure(result?.indexErrors),
    figure(result?.gapErrors),
    figure(result?.recoveredMs),
    skipped !== null ? `skipped: ${skipped}` : failed !== null ? `FAILED: ${failed}` : ok ? 'holds' : 'does NOT hold',
  ]);
  const widths = heads.map((head, i) => Math.max(head.length, ...lines.map((l) => l[i]?.length ?? 0)));
  return [heads, ...lines]
    .map((cells) =>
      cells
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : i === 6 ? cell : cell.padStart(widths[i] ?? 0)))
        .join('  '),
    )
    .join('\n');
}

async function main(): Promise<void> {
  const unknown = positionals.filter((name) => !faults.some((f) => f.name === name));
  if (values.help || unknown.length > 0) {
    say(unknown.length > 0 ? `There is no fault "${unknown.join('", "')}".\n\n${usage}` : usage);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  needLinux();
  const cameras = whole('cameras', 4);
  if (!inOwnNamespace()) {
    const code = await runInOwnNamespace({});
    if (code !== null) {
      process.exitCode = code;
      return;
    }
  }
  const root = resolve(import.meta.dirname, '..', '..');
  const clipPath = loadClipPath(keptFolder(root), say);
  const scratch = mkdtempSync(join(tmpdir(), 'vigie-faults-'));
  const chosen = faults.filter((f) => positionals.length === 0 || positionals.includes(f.name));
  const most = Math.max(cameras, ...chosen.map((f) => f.cameras ?? 0));
  const load = await startLoad({ clip: clipPath, cameras: most, keepFrames: 4_000 });
  const rows: Row[] = [];
  try {
    const clip = readClip(readFileSync(clipPath));
    for (const fault of chosen) {
      const skipped = await fault.lacking();
      if (skipped !== null) {
        rows.push({ name: fault.name, skipped, failed: null, result: null, ok: true });
        say(`${fault.name}: skipped, ${skipped}`);
        continue;
      }
      say(`${fault.name}: ${fault.what}`);
      const tries = whole('tries', values.quick ? fault.quickTries : fault.tries);
      const own = join(scratch, fault.name);
      mkdirSync(own);
      try {
        const result = await fault.run({
          root,
          scratch: own,
          load,
          clip,
          cameras: Math.max(cameras, fault.cameras ?? 0),
          tries,
          say,
        });
        for (const note of result.notes) say(`  ${note}`);
        rows.push({ name: fault.name, skipped: null, failed: null, result, ok: holds(fault, result) });
      } catch (error) {
        const failed = error instanceof Error ? error.message : String(error);
        say(`  FAILED: ${failed}`);
        rows.push({ name: fault.name, skipped: null, failed, result: null, ok: false });
      } finally {
        rmSync(own, { recursive: true, force: true });
      }
    }
  } finally {
    await load.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
  const ok = rows.every((r) => r.ok);
  say(`\n${table(rows)}`);
  if (values.json) process.stdout.write(`${JSON.stringify({ name: 'faults', cameras, faults: rows, ok })}\n`);
  if (!ok) process.exitCode = 1;
}

main().catch((error: unknown) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
