/**
 * Looks at recordings, one after the other: a segment against its hash, the files of a volume against the index, the lists beside the video.
 * What of it is wrong is told; of what is away, or does not answer, nothing is said.
 */
import { AppError } from '#contract/error.ts';
import type { IntegrityPass } from '#domain/integrity.ts';
import { segmentPath } from '#domain/segment.ts';
import type { StreamId } from '#domain/id.ts';
import { ownVolume } from '#domain/volume.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { Chain } from './chain.ts';
import { compareFile, type FileHash } from './integrity-compare.ts';
import type { Found, IntegrityFindings } from './integrity-findings.ts';
import type { ReadStore, SegmentRow, StreamRecord, WriteStore } from './index-port.ts';
import { createStillMounted } from './still-mounted.ts';
import type { Verifier } from './verifier-port.ts';
import type { HereVolume, VolumeLookup } from './volume-lookup.ts';
import type { VolumeRoom } from './volumes.ts';

export type IntegrityLooks = {
  /** Whether a volume is here and has not fallen silent. */
  answers(volume: number): boolean;
  /** Those that are here and answer. */
  answering(): HereVolume[];
  /** What a volume does not answer is passed over: the others have their turn. null: that was so. */
  unlessSilent<T>(work: () => Promise<T>): Promise<T | null>;
  /** Hashes a segment that has no hash yet; answers the bytes read. */
  hashAnew(stream: StreamRecord, startMs: number): Promise<number>;
  /** One closed segment: its hash is compared, or made. false: nothing can be said of it now. */
  segment(of: IntegrityPass, stream: StreamRecord, startMs: number): Promise<boolean>;
  /**
   * Files of these volumes against the index; what is odd is looked at once more, because recording and deleting go on. Answers the
   * volumes that fell silent meanwhile.
   */
  files(of: IntegrityPass, places: readonly HereVolume[]): Promise<number[]>;
  /** What the lists of a volume tell of a stream; null: it does not answer. */
  lists(stream: StreamRecord, place: HereVolume): Promise<Found[] | null>;
  /** What is wrong with a stream's chain now. `unseen`: not everything that tells of it could be seen. */
  settleChain(of: IntegrityPass, stream: StreamRecord, told: Found[], unseen: () => boolean): void;
};

/** Segments younger than this may still be written, sealed or on their way into the index. */
export const restMs = 10 * 60_000;
const chainCodes = ['chain-changed', 'chain-missing', 'chain-cut', 'list-differs', 'link-differs'] as const;

const reasonOf = ({ data }: AppError): unknown => (data as { reason?: unknown } | undefined)?.reason;

export function createIntegrityLooks(deps: {
  store: Pick<WriteStore, 'chain' | 'retention' | 'segment'> & Pick<ReadStore, 'streams' | 'segmentsFrom'>;
  volumes: VolumeLookup & Pick<VolumeRoom, 'seen'>;
  chain: Pick<Chain, 'hashed'>;
  verifier: Omit<Verifier, 'backUp'>;
  findings: Pick<IntegrityFindings, 'found' | 'cleared' | 'settle'>;
  bytesPerSecond: () => number;
  stopped: () => boolean;
  clock: Clock;
  log: Log;
}): IntegrityLooks {
  const { store, volumes, verifier, findings, clock, log } = deps;
  const isMounted = createStillMounted({ volumes, clock });

  const rowAt = (stream: StreamRecord, startMs: number): SegmentRow | null =>
    store.segmentsFrom(stream.id, startMs, startMs, 1)[0] ?? null;

  const volumeOf = (stream: StreamRecord, startMs: number): number => rowAt(stream, startMs)?.volume ?? ownVolume;

  /** Nothing can be said of it: its volume is not here now, or does not answer. */
  const isAway = (stream: StreamRecord, startMs: number): boolean => !answers(volumeOf(stream, startMs));
  const answers = (volume: number): boolean => volumes.filesOf(volume) !== null && !verifier.hanging().includes(volume);

  const unlessSilent = async <T>(work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof AppError && reasonOf(error) === 'volume-silent') return null;
      throw error;
    }
  };
  const answering = () => volumes.here().filter(({ volume }) => answers(volume));
  /** Its file may be gone and its row not yet: it is being deleted. */
  const isGoing = (stream: StreamRecord, startMs: number): boolean =>
    store.retention.marks().some((m) => m.streamId === stream.id && m.fromMs <= startMs && startMs <= m.toMs);

  /** null: there is no such file · a text: the disk cannot read it. Rejects where nothing can be said. */
  const hash = async (stream: StreamRecord, startMs: number): Promise<FileHash | string | null> => {
    const volume = volumeOf(stream, startMs);
    const files = volumes.need(volume);
    const path = files.path(stream.folder, stream.kind, startMs);
    try {
      const found = await verifier.hash({ volume, path, bytesPerSecond: deps.bytesPerSecond() });
      // Also where a whole camera's folder is gone: it is lost, as long as its disk is there.
      if (found === null && !(await isMounted(volume, files)))
        throw new AppError('UNAVAILABLE', `The recordings of ${stream.folder} are not there: is their disk mounted?`, {
          data: { reason: 'volume-away' },
        });
      return found;
    } catch (error) {
      if (deps.stopped() || error instanceof AppError) throw error;
      return error instanceof Error ? error.message : String(error);
    }
  };

  const hashAnew = async (stream: StreamRecord, startMs: number): Promise<number> => {
    if (isAway(stream, startMs)) return 0;
    const found = await hash(stream, startMs);
    if (typeof found === 'string') {
      log.warn('a segment cannot be read', { folder: stream.folder, startMs, error: found });
      return 0;
    }
    const row = rowAt(stream, startMs);
    if (found === null || row === null || row.state === 'open') return 0; // what is missing is told by the look at the files
    // A disk that refused a write may have taken it all the same: such a file has more than was known of it.
    if (row.state === 'sealed' && found.bytes > row.bytes)
      store.segment.close(stream.id, startMs, { endMs: row.endMs, bytes: found.bytes, state: row.state });
    deps.chain.hashed(stream.id, { startMs, endMs: row.endMs, ...found });
    return found.bytes;
  };

  /** One closed segment: its hash is compared, or made. */
  const lookAt = async (of: IntegrityPass, stream: StreamRecord, startMs: number): Promise<void> => {
    const link = store.chain.of(stream.id, startMs);
    if (link === null) {
      of.bytes += await hashAnew(stream, startMs);
      of.hashed += 1;
      return;
    }
    const found = await hash(stream, startMs);
    // It may have been deleted or changed by the plan meanwhile.
    if (store.chain.of(stream.id, startMs)?.link !== link.link || isGoing(stream, startMs)) return;
    const wrong = compareFile(link, found);
    if (wrong === null) findings.cleared(stream, startMs, ['hash-differs', 'no-file', 'too-short', 'unreadable']);
    else tell(of, stream, { ...wrong, path: segmentPath(stream.folder, stream.kind, startMs), startMs });
    if (found !== null && typeof found !== 'string') of.bytes += found.bytes;
  };

  const looked = async (of: IntegrityPass, stream: StreamRecord, startMs: number): Promise<boolean> => {
    if (isAway(stream, startMs)) return false;
    const done = await unlessSilent(async () => {
      await lookAt(of, stream, startMs);
      return true;
    });
    if (done === null) return false;
    of.segments += 1;
    return true;
  };
  const tell = (of: IntegrityPass, stream: StreamRecord, finding: Found): void => {
    of.found += 1;
    findings.found(stream, finding);
    log.warn('something is wrong with a recording', { path: finding.path, code: finding.code, text: finding.text });
  };

  const lookAtFiles = async (of: IntegrityPass, places: readonly HereVolume[]): Promise<number[]> => {
    const untilMs = clock.nowMs() - restMs;
    const odd = [];
    const silent: number[] = [];
    for (const { volume, files } of places) {
      const seen = await unlessSilent(() => verifier.presence({ volume, root: files.root, untilMs }));
      if (seen === null) silent.push(volume);
      else odd.push(...seen.odd);
    }
    const found = new Map<StreamId, Found[]>();
    for (const { is, streamId, startMs, folder, kind } of odd) {
      const stream = streamId === null ? undefined : store.streams().find((s) => s.id === streamId);
      if (stream === undefined || is === 'no-row') continue; // unknown files harm nobody; `vigie check` tells them
      if (isAway(stream, startMs)) continue;
      const again = await unlessSilent(async () => ({ file: await hash(stream, startMs) }));
      if (again === null) continue;
      const row = rowAt(stream, startMs);
      if (row === null || row.state === 'open' || isGoing(stream, startMs)) continue;
      const wrong = compareFile({ bytes: row.bytes, sha256: null }, again.file);
      if (wrong === null) continue;
      of.found += 1;
      const mine = found.get(stream.id) ?? [];
      found.set(stream.id, [...mine, { ...wrong, path: segmentPath(folder, kind, startMs), startMs }]);
    }
    const seen = new Set(places.map((p) => p.volume).filter((v) => !silent.includes(v)));
    for (const stream of store.streams()) {
      const unseen = (startMs: number | null): boolean =>
        startMs !== null && (isAway(stream, startMs) || !seen.has(volumeOf(stream, startMs)));
      findings.settle(stream, ['no-file', 'too-short'], found.get(stream.id) ?? [], unseen);
    }
    return silent;
  };
  const listsOf = async (stream: StreamRecord, { volume, files }: HereVolume): Promise<Found[] | null> =>
    (await unlessSilent(() => verifier.lists({ volume, root: files.root, streamId: stream.id })))?.findings ?? null;

  const settleChain = (of: IntegrityPass, stream: StreamRecord, told: Found[], unseen: () => boolean): void => {
    // Retention may have taken the row while the chain was followed.
    const found = told.filter((f) => f.startMs === null || store.chain.of(stream.id, f.startMs) !== null);
    of.found += found.length;
    findings.settle(stream, chainCodes, found, unseen);
  };

  return {
    ...{ answers, answering, unlessSilent, hashAnew, settleChain },
    segment: looked,
    files: lookAtFiles,
    lists: listsOf,
  };
}
