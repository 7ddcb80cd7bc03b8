/**
 * Looks at everything that was recorded, over and over, at a limited rate: files against the index, chains, hashes. What has no hash
 * yet (recovered, fetched, from before there were hashes) gets one on the way. Goes on where it was after a restart.
 */
import { AppError } from '#contract/error.ts';
import type { Outputs } from '#contract/call.ts';
import { isArchive } from '#domain/archive.ts';
import { IntegrityPass, IntegrityPlan, newPass, usualPlan } from '#domain/integrity.ts';
import { noChain } from '#domain/segment-chain.ts';
import { segmentPath } from '#domain/segment.ts';
import type { CameraId, StreamId } from '#domain/id.ts';
import type { StreamKind } from '#domain/stream.ts';
import { dayMs, hourMs } from '#domain/time.ts';
import { ownVolume } from '#domain/volume.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { z } from 'zod';
import type { Chain } from './chain.ts';
import type { EventRoom } from './events.ts';
import { createIntegrityFindings, type Found } from './integrity-findings.ts';
import type { CameraRecord, ReadStore, SegmentRow, StreamRecord, WriteStore } from './ports.ts';
import type { Verifier } from './verifier-port.ts';
import type { VolumeLookup, VolumeRoom } from './volumes.ts';

const passKey = 'integrity-pass';
const planKey = 'integrity-plan';
const lastKey = 'integrity-last-ms';
/** Segments younger than this may still be written, sealed or on their way into the index. */
const restMs = 10 * 60_000;
/** The start of a station has other things to do than a whole pass … */
const settleMs = 60_000;
/** … but what a crash left has no hash, and what is changed before it has one is not seen. */
const soonMs = 5_000;
const idleMs = 30_000;
/** After a failure of the disk or the index. */
const retryMs = 60_000;
const saveEveryMs = 30_000;
const pageRows = 200;
/** What was left by a crash is hashed soon and not only when the pass comes by. */
const freshEveryMs = 10 * 60_000;
const freshMs = 48 * hourMs;

type FileHash = { sha256: string; bytes: number };

export type IntegrityRoom = {
  state(): Omit<Outputs['integrity']['state'], 'backups'>;
  checkNow(): void;
  plan(plan: IntegrityPlan): void;
  /** Throws NOT_FOUND. */
  proof(id: CameraId, kind: StreamKind, startMs: number): Outputs['integrity']['proof'];
  /** How many things are wrong, for the health of the station. */
  found(): number;
  start(): void;
  stop(): void;
};

export function createIntegrity(deps: {
  store: Pick<WriteStore, 'chain' | 'setting' | 'retention'> & Pick<ReadStore, 'streams' | 'segmentsFrom' | 'counts'>;
  volumes: VolumeLookup & Pick<VolumeRoom, 'seen'>;
  chain: Pick<Chain, 'hashed'>;
  verifier: Omit<Verifier, 'backUp'>;
  events: Pick<EventRoom, 'note'>;
  camera: (stream: StreamRecord) => CameraRecord | null;
  clock: Clock;
  log: Log;
}): IntegrityRoom {
  const { store, volumes, verifier, clock, log } = deps;
  const findings = createIntegrityFindings({ ...deps, setting: store.setting });
  let plan = read(IntegrityPlan, store.setting.get(planKey)) ?? usualPlan;
  let pass = read(IntegrityPass, store.setting.get(passKey));
  let trouble: string | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let running = false;
  let stopped = true;
  let again = false;
  let savedMs = -Infinity;
  let freshAtMs = -Infinity;
  let startedMs = 0;
  let settledMs = Infinity;

  const isStopped = (): boolean => stopped;
  const lastMs = (): number | null => {
    const at = Number(store.setting.get(lastKey) ?? Number.NaN);
    return Number.isFinite(at) ? at : null;
  };
  const nextMs = (): number => {
    if (pass === null) return clock.nowMs();
    return pass.stage === null ? pass.startedMs + plan.everyDays * dayMs : pass.startedMs;
  };
  const save = (now = false): void => {
    if (pass === null || (!now && clock.monoMs() - savedMs < saveEveryMs)) return;
    savedMs = clock.monoMs();
    store.setting.set(passKey, JSON.stringify(pass));
  };
  const rowAt = (stream: StreamRecord, startMs: number): SegmentRow | null =>
    store.segmentsFrom(stream.id, startMs, startMs, 1)[0] ?? null;

  const volumeOf = (stream: StreamRecord, startMs: number): number => rowAt(stream, startMs)?.volume ?? ownVolume;

  /** Nothing can be said of it: its volume is not here now, or does not answer. */
  const isAway = (stream: StreamRecord, startMs: number): boolean => {
    const volume = volumeOf(stream, startMs);
    return volumes.filesOf(volume) === null || verifier.hanging().includes(volume);
  };
  /** What a later look at nothing must not take back. */
  const isUnseen = (stream: StreamRecord) => (startMs: number | null) => startMs !== null && isAway(stream, startMs);

  /** What a volume does not answer is passed over: the others have their turn. null: that was so. */
  const unlessSilent = async <T>(work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof AppError && reasonOf(error) === 'volume-silent') return null;
      throw error;
    }
  };
  /** Those that are here and answer. */
  const answering = () => volumes.here().filter(({ volume }) => !verifier.hanging().includes(volume));

  /** Its file may be gone and its row not yet: it is being deleted. */
  const isGoing = (stream: StreamRecord, startMs: number): boolean =>
    store.retention.marks().some((m) => m.streamId === stream.id && m.fromMs <= startMs && startMs <= m.toMs);

  /** null: there is no such file · a text: the disk cannot read it. Rejects where nothing can be said. */
  const hash = async (stream: StreamRecord, startMs: number): Promise<FileHash | string | null> => {
    const volume = volumeOf(stream, startMs);
    const files = volumes.need(volume);
    const path = files.path(stream.folder, stream.kind, startMs);
    try {
      const found = await verifier.hash({ volume, path, bytesPerSecond: plan.bytesPerSecond });
      if (found === null && !(await files.folders()).includes(stream.folder))
        throw new AppError('UNAVAILABLE', `The recordings of ${stream.folder} are not there: is their disk mounted?`);
      return found;
    } catch (error) {
      if (stopped || error instanceof AppError) throw error;
      return error instanceof Error ? error.message : String(error);
    }
  };

  /** Hashes a segment that has no hash yet; answers the bytes read. */
  const hashAnew = async (stream: StreamRecord, startMs: number): Promise<number> => {
    if (isAway(stream, startMs)) return 0;
    const found = await hash(stream, startMs);
    if (typeof found === 'string') {
      log.warn('a segment cannot be read', { folder: stream.folder, startMs, error: found });
      return 0;
    }
    const row = rowAt(stream, startMs);
    if (found === null || row === null || row.state === 'open') return 0; // what is missing is told by the look at the files
    deps.chain.hashed(stream.id, { startMs, endMs: row.endMs, ...found });
    return found.bytes;
  };

  /** One closed segment: its hash is compared, or made. */
  const lookAt = async (of: IntegrityPass, stream: StreamRecord, startMs: number): Promise<void> => {
    of.segments += 1;
    const link = store.chain.of(stream.id, startMs);
    if (link === null) {
      of.bytes += await hashAnew(stream, startMs);
      of.hashed += 1;
      return;
    }
    const found = await hash(stream, startMs);
    // It may have been deleted or changed by the plan meanwhile.
    if (store.chain.of(stream.id, startMs)?.link !== link.link || isGoing(stream, startMs)) return;
    const wrong = compare(link, found);
    if (wrong === null) findings.cleared(stream, startMs, ['hash-differs', 'no-file', 'too-short', 'unreadable']);
    else tell(of, stream, { ...wrong, path: segmentPath(stream.folder, stream.kind, startMs), startMs });
    if (found !== null && typeof found !== 'string') of.bytes += found.bytes;
  };

  const lookOrPass = async (of: IntegrityPass, stream: StreamRecord, startMs: number): Promise<void> => {
    const looked = isAway(stream, startMs)
      ? null
      : await unlessSilent(async () => {
          await lookAt(of, stream, startMs);
          return true;
        });
    if (looked === null) of.passedOver += 1;
  };

  const tell = (of: IntegrityPass, stream: StreamRecord, finding: Found): void => {
    of.found += 1;
    findings.found(stream, finding);
    log.warn('something is wrong with a recording', { path: finding.path, code: finding.code, text: finding.text });
  };

  /** Files against the index; what is odd is looked at once more, because recording and deleting go on. */
  const stepFiles = async (of: IntegrityPass): Promise<void> => {
    const untilMs = clock.nowMs() - restMs;
    const odd = [];
    for (const { volume, files } of answering()) {
      const looked = await unlessSilent(() => verifier.presence({ volume, root: files.root, untilMs }));
      if (looked !== null) odd.push(...looked.odd);
    }
    const found = new Map<StreamId, Found[]>();
    for (const { is, streamId, startMs, folder, kind } of odd) {
      const stream = streamId === null ? undefined : store.streams().find((s) => s.id === streamId);
      if (stream === undefined || is === 'no-row') continue; // unknown files harm nobody; `vigie check` tells them
      if (isAway(stream, startMs)) continue;
      const looked = await unlessSilent(async () => ({ file: await hash(stream, startMs) }));
      if (looked === null) continue;
      const { file } = looked;
      const row = rowAt(stream, startMs);
      if (row === null || row.state === 'open' || isGoing(stream, startMs)) continue;
      const wrong = compare({ bytes: row.bytes, sha256: null }, file);
      if (wrong === null) continue;
      of.found += 1;
      const mine = found.get(stream.id) ?? [];
      found.set(stream.id, [...mine, { ...wrong, path: segmentPath(folder, kind, startMs), startMs }]);
    }
    for (const stream of store.streams())
      findings.settle(stream, ['no-file', 'too-short'], found.get(stream.id) ?? [], isUnseen(stream));
    Object.assign(of, { stage: 'chains', streamId: 0, fromMs: 0 });
    save(true);
  };

  /** The streams that are still to be looked at in this stage. */
  const streamsFrom = (id: number): StreamRecord[] =>
    store
      .streams()
      .filter((s) => s.id >= id)
      .sort((a, b) => a.id - b.id);

  const stepChain = async (of: IntegrityPass): Promise<void> => {
    const [stream] = streamsFrom(of.streamId);
    if (stream === undefined) {
      Object.assign(of, { stage: 'hashes', streamId: 0, fromMs: 0 });
      save(true);
      return;
    }
    const streamId = stream.id;
    const told = [...(await verifier.chain({ streamId })).findings];
    let seen = 0;
    for (const { volume, files } of answering()) {
      const looked = await unlessSilent(() => verifier.lists({ volume, root: files.root, streamId }));
      if (looked === null) continue;
      told.push(...looked.findings);
      seen += 1;
    }
    // Retention may have taken the row while the chain was followed.
    const found = told.filter((f) => f.startMs === null || store.chain.of(stream.id, f.startMs) !== null);
    of.found += found.length;
    // The lists on a volume that is not here may still differ.
    findings.settle(stream, chainCodes, found, () => seen < volumes.seen().length);
    of.streamId = stream.id + 1;
    save();
  };

  const stepHash = async (of: IntegrityPass): Promise<void> => {
    const untilMs = clock.nowMs() - restMs;
    for (const stream of streamsFrom(of.streamId)) {
      if (of.streamId !== stream.id) Object.assign(of, { streamId: stream.id, fromMs: 0 });
      const page = store.segmentsFrom(stream.id, of.fromMs, untilMs, pageRows);
      for (const row of page) {
        if (stopped || pass !== of) return;
        if (row.state !== 'open' && !isArchive(row.volume ?? ownVolume)) await lookOrPass(of, stream, row.startMs);
        of.fromMs = row.startMs + 1;
        save();
      }
      if (page.length > 0) return; // a turn for what is fresh
    }
    Object.assign(of, { stage: null, finishedMs: clock.nowMs(), streamId: 0, fromMs: 0 });
    store.setting.set(lastKey, String(clock.nowMs()));
    save(true);
    findings.end();
    log.info('everything recorded was looked at', {
      segments: of.segments,
      bytes: of.bytes,
      found: of.found,
      passedOver: of.passedOver,
    });
  };

  /** What the last days have without a hash: a crash left it, or a write failed. */
  const lookAtFresh = async (): Promise<void> => {
    if (clock.monoMs() - freshAtMs < freshEveryMs) return;
    freshAtMs = clock.monoMs();
    // Nobody writes any more what was begun before this start.
    const untilMs = Math.max(startedMs, clock.nowMs() - restMs);
    for (const stream of store.streams()) {
      for (let from: number | null = clock.nowMs() - freshMs; from !== null; ) {
        const page = store.chain.unhashed(stream.id, from, pageRows);
        for (const startMs of page.startsMs) {
          if (isStopped()) return;
          if (startMs < untilMs) await unlessSilent(() => hashAnew(stream, startMs));
        }
        from = page.nextMs;
        await turn();
        if (isStopped()) return;
      }
    }
  };

  const step = async (): Promise<boolean> => {
    await lookAtFresh();
    if (clock.monoMs() < settledMs) return false;
    if (again || pass === null || (pass.stage === null && clock.nowMs() >= nextMs())) {
      again = false;
      pass = newPass(clock.nowMs());
      findings.begin();
      save(true);
    }
    switch (pass.stage) {
      case null:
        return false;
      case 'files':
        await stepFiles(pass);
        return true;
      case 'chains':
        await stepChain(pass);
        return true;
      case 'hashes':
        await stepHash(pass);
        return true;
    }
  };

  const passedOver = (): string[] => {
    const hanging = verifier.hanging();
    return volumes.seen().flatMap((v) => (hanging.includes(v.row.volume) ? [v.path] : []));
  };

  const work = async (): Promise<void> => {
    running = true;
    let waitMs = 0;
    try {
      waitMs = (await step()) ? 0 : idleMs;
      trouble = null;
    } catch (error) {
      waitMs = retryMs;
      const text = error instanceof Error ? error.message : String(error);
      if (!stopped && trouble !== text)
        log.warn('looking at recordings does not go on; it is tried again', { error: text });
      trouble = text;
    }
    running = false;
    wake(waitMs);
  };
  const wake = (ms: number): void => {
    if (stopped) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void work(), ms);
  };

  return {
    state: () => ({
      plan,
      pass,
      lastMs: lastMs(),
      nextMs: nextMs(),
      segments: store.counts().segments,
      findings: findings.list(),
      more: findings.more(),
      trouble,
      passedOver: passedOver(),
    }),
    checkNow() {
      again = true;
      settledMs = -Infinity;
      if (!running) wake(0);
      else if (pass !== null) pass = { ...pass }; // what is going on ends after its segment
    },
    plan(next) {
      plan = next;
      store.setting.set(planKey, JSON.stringify(next));
      if (!running) wake(0);
    },
    proof(id, kind, startMs) {
      const stream = store.streams().find((s) => s.cameraId === id && s.kind === kind);
      const link = stream === undefined ? null : store.chain.of(stream.id, startMs);
      if (stream === undefined || link === null)
        throw new AppError('NOT_FOUND', 'This segment has no hash yet, or there is no such segment.');
      const [previous] = link.link === 1 ? [] : store.chain.links(stream.id, link.link - 1, 1);
      const seam = store.chain.seams(stream.id).find((s) => s.toLink === link.link - 1);
      const before =
        link.link === 1 ? noChain : previous?.link === link.link - 1 ? previous.chain : (seam?.chain ?? null);
      return { ...link, stream: `${stream.folder}/${stream.kind}`, before };
    },
    found: () => findings.list().length + findings.more(),
    start() {
      stopped = false;
      startedMs = clock.nowMs();
      settledMs = clock.monoMs() + settleMs;
      wake(soonMs);
    },
    stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      timer = null;
      save(true);
    },
  };
}

const chainCodes = ['chain-changed', 'chain-missing', 'chain-cut', 'list-differs', 'link-differs'] as const;

/** What is wrong with a file, given what it should be; null: nothing. `sha256` null: only its size is known. */
function compare(
  want: { bytes: number; sha256: string | null },
  found: FileHash | string | null,
): Pick<Found, 'code' | 'text'> | null {
  if (found === null) return { code: 'no-file', text: 'The index names this file and it is not there.' };
  if (typeof found === 'string') return { code: 'unreadable', text: `The disk could not read it: ${found}` };
  if (want.sha256 === null)
    return found.bytes >= want.bytes
      ? null
      : { code: 'too-short', text: `The file has ${found.bytes} bytes where the index says ${want.bytes}.` };
  if (found.sha256 === want.sha256 && found.bytes === want.bytes) return null;
  return {
    code: 'hash-differs',
    text:
      found.bytes === want.bytes
        ? 'Its bytes are not those that were recorded.'
        : `It has ${found.bytes} bytes; ${want.bytes} were recorded.`,
  };
}

const reasonOf = ({ data }: AppError): unknown => (data as { reason?: unknown } | undefined)?.reason;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function read<S extends z.ZodType>(schema: S, text: string | null): z.infer<S> | null {
  try {
    return schema.parse(JSON.parse(text ?? ''));
  } catch {
    return null; // never set, or from another version: the usual holds
  }
}
