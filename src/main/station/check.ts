/** `vigie check`: looks at index, files, chains and, if asked for, hashes; repairs only when told to, and never deletes video. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import type { Finding } from '#domain/integrity.ts';
import { segmentPath } from '#domain/segment.ts';
import { ownVolume } from '#domain/volume.ts';
import { checkChain } from '#workers/integrity/chains.ts';
import { checkHashes, sameFile } from '#workers/integrity/hashes.ts';
import { comparePlace, type Odd } from '#workers/integrity/presence.ts';
import { createArchiveDoor } from '../adapters/archive/index.ts';
import { createKeyring, createSecrets, type Keyring } from '../adapters/auth/index.ts';
import {
  authenticateFile,
  compareFile,
  createFileHasher,
  type DataFolder,
  listBackups,
  type VolumeFiles,
  type VolumeKeyLookup,
} from '../adapters/files/index.ts';
import { type CheckReader, openCheckReader } from '../adapters/sqlite/index.ts';
import { type ArchiveRow, archivesKey, readArchiveRows } from '../engine/archive-list.ts';
import type { StreamRecord } from '../engine/index-port.ts';
import type { Secrets } from '../engine/secret-port.ts';
import { lookAtArchives } from './check-archives.ts';
import { repairDerived, repairFile, repairMissing } from './check-repair.ts';
import { type CheckReport, exitCodeOf, jsonOf, linesOf, sizeText } from './check-report.ts';
import type { Environment } from './config.ts';
import { keysDir, openFiles, openIndex, takeExisting, volumeKey, type Store } from './open-data.ts';
import { openVolumes, type OpenedVolume, type OpenedVolumes } from './open-volumes.ts';
import { openKeysAt } from './open-keys.ts';
import type { Options } from './options.ts';
import { createProgress, type Progress } from './progress.ts';
import { backupsDir } from './restore.ts';
import { StationError } from './stop-with.ts';

const pageRows = 1_000;
const whole = (n: number): string => n.toLocaleString('en');
/** Findings kept one by one; beyond, they are counted. */
const mostKept = 100_000;

type Asked = Pick<Options, 'repair' | 'hashes' | 'archive' | 'json'>;
type Check = {
  store: Store;
  volumes: OpenedVolumes;
  reader: CheckReader;
  /** What this computer can open of the volume's keys. */
  keys: VolumeKeyLookup;
  /** Why not even their files could be read, of each volume where that is so. */
  keysTrouble: string[];
  streams: StreamRecord[];
  /** null: their key is out of reach here. */
  secrets: Secrets | null;
  /** A file may be written there, and is gone afterwards. */
  spare: string;
  report: CheckReport;
  asked: Asked;
  progress: Progress;
};

/** 0: all is well (or was repaired) · 3: something does not agree. Throws `StationError`. */
export async function check(options: Options, environment: Environment): Promise<number> {
  const folder = await takeExisting(options.data ?? environment.dataFolder, systemClock);
  try {
    if (!existsSync(folder.database)) throw new StationError(await indexGone(folder));
    const deps = { clock: systemClock, log: quietLog };
    const store = openIndex(folder.database, deps);
    try {
      const secrets = secretsOf(folder);
      const keys = createKeyring();
      const files = await openFiles(folder, store.setting, false, keys);
      const mark = store.setting.get(volumeKey) ?? '';
      const volumes = await openVolumes(store, { files, mark }, keys);
      const keysTrouble: string[] = [];
      for (const v of volumes.here) keysTrouble.push(...(await addKeys(keys, folder, secrets, v, store)));
      const reader = openCheckReader(folder.database, deps);
      try {
        const report = await lookAtAll({
          store,
          volumes,
          reader,
          keys,
          keysTrouble,
          streams: reader.streams(),
          secrets,
          spare: join(folder.path, `archive-check-${randomUUID().slice(0, 8)}.part`),
          report: emptyReport(folder.path, files.root),
          asked: options,
          progress: createProgress(),
        });
        process.stdout.write(`${options.json ? jsonOf(report) : linesOf(report).join('\n')}\n`);
        return exitCodeOf(report);
      } finally {
        reader.close();
      }
    } finally {
      store.close();
    }
  } finally {
    await folder.release();
  }
}

/** There is nothing to compare the video with. An index made by a look would be empty, and the station would start with it. */
async function indexGone(folder: DataFolder): Promise<string> {
  const backups = await listBackups(backupsDir(folder));
  return `The index of ${folder.path} is gone; the video is still there. ${
    backups.length > 0
      ? 'Start Vigie: it puts the newest backup in its place and takes in what was recorded since. "vigie restore-index" does the same.'
      : 'There is no backup of it. "vigie rebuild-index" makes it again from the video and what is kept beside it.'
  }`;
}

/** A keychain of the desktop is out of reach here. */
const secretsOf = (folder: DataFolder): Secrets | null =>
  existsSync(join(keysDir(folder.path), 'secrets.key')) ? createSecrets(keysDir(folder.path)) : null;

/** Without the keychain's key all is looked at as far as that goes without keys. */
async function addKeys(
  keys: Keyring,
  folder: DataFolder,
  secrets: Secrets | null,
  of: OpenedVolume,
  store: Store,
): Promise<string[]> {
  try {
    const nowMs = (): number => systemClock.nowMs();
    keys.add(await openKeysAt({ folder, root: of.files.root, store, secrets, nowMs, readOnly: true }, of.mark));
    return [];
  } catch (error) {
    return [`${join(of.files.root, 'keys.json')}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

const emptyReport = (data: string, video: string): CheckReport => ({
  data,
  video,
  cameras: 0,
  segments: 0,
  bytes: 0,
  events: 0,
  parts: [],
  unhashed: 0,
  findings: [],
  counts: {},
});

async function lookAtAll(c: Check): Promise<CheckReport> {
  await part(c, 'index', () => lookAtIndex(c));
  await part(c, 'files', () => lookAtFiles(c));
  await part(c, 'chain', () => lookAtChains(c));
  if (c.asked.hashes) await part(c, 'hashes', () => lookAtHashes(c));
  else c.report.parts.push({ part: 'hashes', looked: null, ms: 0, found: 0 });
  if (c.asked.hashes) await part(c, 'encryption', () => lookAtEncryption(c));
  const archives = readArchiveRows(c.store.setting.get(archivesKey));
  if (c.asked.archive) await part(c, 'archive', () => lookAtAllArchives(c, archives));
  else if (archives.length > 0) c.report.parts.push({ part: 'archive', looked: null, ms: 0, found: 0 });
  const { segments, events } = c.store.counts();
  c.report.segments = segments;
  c.report.events = events;
  c.report.cameras = new Set(c.streams.map((s) => s.cameraId)).size;
  c.progress.end();
  return c.report;
}

async function part(
  { report }: Check,
  name: CheckReport['parts'][number]['part'],
  look: () => Promise<string> | string,
): Promise<void> {
  const started = systemClock.monoMs();
  const before = foundIn(report);
  const looked = await look();
  report.parts.push({ part: name, looked, ms: systemClock.monoMs() - started, found: foundIn(report) - before });
}

const foundIn = (report: CheckReport): number => Object.values(report.counts).reduce((n, c) => n + c.found, 0);

function found({ report }: Check, { code, path, text }: Finding, repaired: string | null): void {
  const n = (report.counts[code] ??= { found: 0, repaired: 0 });
  n.found += 1;
  if (repaired !== null) n.repaired += 1;
  if (report.findings.length < mostKept) report.findings.push({ code, path, text, repaired });
}

function lookAtIndex(c: Check): string {
  for (const fault of c.store.faults()) {
    const derived = fault.what === 'coverage' || fault.what === 'stored' || fault.what === 'event-days';
    const repaired = derived && c.asked.repair ? repairDerived(c.store, fault) : null;
    found(c, { code: derived ? 'derived' : 'index', path: 'index', text: `${fault.detail}.` }, repaired);
  }
  return 'pages, schema, derived tables';
}

async function lookAtFiles(c: Check): Promise<string> {
  for (const text of c.keysTrouble) found(c, { code: 'unreadable', path: 'keys.json', text }, null);
  let seen = 0;
  for (const place of c.volumes.here) seen += await lookAtVolume(c, place, seen);
  const stored = c.store.retention.stored();
  for (const { volume, path, why } of c.volumes.away) {
    const segments = stored.reduce((sum, s) => sum + (s.volume === volume ? s.segments : 0), 0);
    const text = `${whole(segments)} of the index's segments lie there, and ${why}.`;
    if (segments > 0) found(c, { code: 'volume-away', path, text }, null);
  }
  const away = c.volumes.away.map((v) => `; not here, and not looked at: ${v.path} (${v.why})`).join('');
  return `${whole(seen)} on the disk${c.volumes.here.length > 1 ? 's' : ''}, ${whole(c.store.counts().segments)} in the index${away}`;
}

async function lookAtVolume(c: Check, place: OpenedVolume, before: number): Promise<number> {
  let seen = 0;
  for (const step of comparePlace({
    root: place.files.root,
    volume: place.volume,
    reader: c.reader,
    untilMs: Number.MAX_SAFE_INTEGER,
  })) {
    seen += step.files;
    c.report.bytes += step.bytes;
    for (const odd of step.odd) await lookInto(c, place, odd);
    c.progress.say(() => `files: ${before + seen}`);
  }
  return seen;
}

/** It was being deleted when the station stopped: the next start finishes that. */
const isGoing = (store: Store, streamId: number, startMs: number): boolean =>
  store.retention.marks().some((m) => m.streamId === streamId && m.fromMs <= startMs && startMs <= m.toMs);

/** What differs is looked into; all else is as it should be by its name and size. */
async function lookInto(c: Check, { volume, files }: OpenedVolume, odd: Odd): Promise<void> {
  const at = (path: string): string => named(files, volume, path);
  switch (odd.is) {
    case 'unknown':
      found(
        c,
        { code: 'unknown-file', path: at(odd.path), text: 'Vigie did not give this name; it is left alone.' },
        null,
      );
      return;
    case 'no-file': {
      const { stream, row } = odd;
      if (isGoing(c.store, stream.id, row.startMs)) return;
      const path = at(segmentPath(stream.folder, stream.kind, row.startMs));
      const repaired = c.asked.repair ? repairMissing(c.store, stream, row.startMs) : null;
      found(c, { code: 'no-file', path, text: 'The index names this file and it is not there.' }, repaired);
      return;
    }
    case 'no-row':
    case 'unsure': {
      const { stream } = odd;
      const { folder, kind } = odd.is === 'unsure' ? odd.stream : odd;
      const file = await files.found(segmentPath(folder, kind, odd.file.startMs));
      for (const finding of compareFile(file, odd.is === 'unsure' ? odd.row : null))
        found(
          c,
          { ...finding, path: at(finding.path) },
          c.asked.repair ? repairFile(c.store, stream, finding, volume) : null,
        );
    }
  }
}

async function lookAtChains(c: Check): Promise<string> {
  let links = 0;
  for (const stream of c.streams) {
    for await (const step of checkChain({
      reader: c.reader,
      files: c.volumes.here.map((v) => v.files.chain),
      stream,
    })) {
      links += step.links;
      for (const finding of step.findings) found(c, finding, null);
      c.progress.say(() => `chains: ${links} links`);
    }
  }
  return `${links.toLocaleString('en')} links of ${c.streams.length.toLocaleString('en')} streams`;
}

async function lookAtHashes(c: Check): Promise<string> {
  const hasher = createFileHasher(false);
  let [bytes, files] = [0, 0];
  for (const stream of c.streams) {
    const rootOf = (volume: number): string | null => filesOf(c, volume)?.root ?? null;
    const place = { rootOf, reader: c.reader, stream, hasher, fromMs: 0, untilMs: Number.MAX_SAFE_INTEGER };
    for (const step of checkHashes(place)) {
      if (step.is === 'read') bytes += step.bytes;
      else if (step.is === 'unhashed') await lookAtUnhashed(c, step.stream, step.startMs);
      else if (step.is === 'unreadable')
        found(c, { code: 'unreadable', path: pathOf(step), text: `The disk could not read it: ${step.error}` }, null);
      else {
        files += 1;
        // One that is not there was told by the look at the files.
        if (step.found !== null && !sameFile(step.link, step.found))
          found(
            c,
            { code: 'hash-differs', path: pathOf(step), text: await remains(c, step.stream, step.link.startMs) },
            null,
          );
      }
      c.progress.say(() => `hashes: ${files} segments, ${sizeText(bytes)} of ${sizeText(c.report.bytes)}`);
    }
  }
  const { unhashed } = c.report;
  const without =
    unhashed === 0
      ? ''
      : `; ${whole(unhashed)} have no hash yet, so that only their structure could be looked at: the running station makes their hashes`;
  return `${whole(files)} segments, ${sizeText(bytes)}${without}`;
}

/** What a crash left has no hash for some seconds of the next run: what can be seen without one is looked at. */
async function lookAtUnhashed(c: Check, stream: StreamRecord, startMs: number): Promise<void> {
  c.report.unhashed += 1;
  const row = c.reader.segment(stream.id, startMs);
  const files = filesOf(c, row?.volume);
  const path = segmentPath(stream.folder, stream.kind, startMs);
  if (row === null || files === null) return;
  const shown = named(files, row.volume, path);
  for (const finding of compareFile(await files.found(path), row))
    if (!c.report.findings.some((f) => f.path === shown)) found(c, { ...finding, path: shown }, null);
}

/** On other volumes than the own one: where that is, too. */
const named = (files: VolumeFiles, volume: number | undefined, path: string): string =>
  (volume ?? ownVolume) === ownVolume ? path : join(files.root, path);

async function lookAtEncryption(c: Check): Promise<string> {
  let [sound, plain, closed, seen] = [0, 0, 0, 0];
  for (const stream of c.streams) {
    for (let fromMs: number | null = 0; fromMs !== null; ) {
      const page: ReturnType<CheckReader['segments']> = c.reader.segments(stream.id, fromMs, pageRows);
      for (const { startMs, state, volume } of page) {
        if (state === 'open') continue;
        const path = segmentPath(stream.folder, stream.kind, startMs);
        const files = filesOf(c, volume);
        if (files === null) continue;
        seen += 1;
        try {
          const looked = await authenticateFile(join(files.root, path), c.keys);
          if (looked.is === 'sound') sound += 1;
          else if (looked.is === 'plain') plain += 1;
          else if (looked.is === 'locked' || looked.is === 'key-destroyed') closed += 1;
          else if (looked.is === 'changed') {
            const at = looked.atMs.slice(0, 3).map((ms) => new Date(ms).toISOString());
            const more = looked.atMs.length > at.length ? ` and ${looked.atMs.length - at.length} more` : '';
            const text = `From byte ${looked.offset} on it is not as it was written: at ${at.join(', ')}${more}.`;
            found(c, { code: 'not-authentic', path, text }, null);
          }
        } catch {
          // The disk could not read it: the look at the hashes has told so.
        }
        c.progress.say(() => `encryption: ${seen} segments`);
      }
      const last = page.at(-1);
      fromMs = last === undefined || page.length < pageRows ? null : last.startMs + 1;
    }
  }
  const without = closed === 0 ? '' : `; ${whole(closed)} whose key is not here were looked at without it`;
  return `${whole(sound)} encrypted segments verified, ${whole(plain)} plain${without}`;
}

async function lookAtAllArchives(c: Check, rows: ArchiveRow[]): Promise<string> {
  const { objects, bytes, fetched, unknown } = await lookAtArchives({
    rows,
    door: createArchiveDoor(),
    secrets: c.secrets,
    copies: c.store.archive.copies,
    streams: c.streams,
    fetchTo: c.asked.hashes ? c.spare : null,
    found: (finding) => {
      found(c, finding, null);
    },
    progress: (n, of) => {
      c.progress.say(() => `archives: ${whole(n)} recordings, ${sizeText(of)}`);
    },
  });
  const read = c.asked.hashes ? `, ${whole(fetched)} of them fetched and compared with their hashes` : '';
  const strange =
    unknown === 0 ? '' : `; ${whole(unknown)} that the index does not know: compare that archive in the station`;
  return `${whole(objects)} recordings, ${sizeText(bytes)}, at ${rows.map((r) => r.name).join(', ') || 'no archive'}${read}${strange}`;
}

const filesOf = (c: Check, volume: number | undefined): VolumeFiles | null =>
  c.volumes.here.find((v) => v.volume === (volume ?? ownVolume))?.files ?? null;

const pathOf = ({ stream, link }: { stream: StreamRecord; link: { startMs: number } }): string =>
  segmentPath(stream.folder, stream.kind, link.startMs);

/** How much of a changed file still plays. */
async function remains(c: Check, stream: StreamRecord, startMs: number): Promise<string> {
  const files = filesOf(c, c.reader.segment(stream.id, startMs)?.volume ?? ownVolume);
  const inspection = (await files?.found(segmentPath(stream.folder, stream.kind, startMs)))?.inspection ?? null;
  const content = inspection?.content ?? null;
  if (inspection === null || content === null)
    return 'Its bytes are not those that were recorded, and nothing in it plays.';
  const plays =
    content.bytes >= inspection.bytes
      ? 'its structure is whole, so it may play'
      : `its first ${content.bytes} of ${inspection.bytes} bytes play`;
  return `Its bytes are not those that were recorded; ${plays}.`;
}
