/**
 * The writing side of one stream: a queue of what shall be on disk, in order, and one writer that takes from it. What waits
 * for the same file goes out in one write, so that a slow disk gets fewer and larger ones.
 */
import type { StreamId } from '#domain/id.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { IngestReport } from '../port.ts';
import type { RecordDisk, RecordFile } from './disk.ts';
import { createLead, type Handed } from './lead.ts';
import {
  codeOf,
  fileWrite,
  type FragmentBytes,
  letGoFile,
  makeFile,
  removeFile,
  salvageFile,
  type SegmentFile,
} from './segment-file.ts';

type Task =
  | { do: 'create'; segment: SegmentFile }
  | { do: 'write'; segment: SegmentFile; fragment: FragmentBytes }
  | { do: 'seal'; segment: SegmentFile; endMs: number }
  | { do: 'tell'; report: IngestReport };

export type SegmentWriter = {
  create(segment: SegmentFile): void;
  /** Goes out with what comes next, at `flush` at the latest: each durable write costs the same, however small it is. */
  write(segment: SegmentFile, fragment: FragmentBytes): void;
  /** What waits is written now. */
  flush(): void;
  seal(segment: SegmentFile, endMs: number): void;
  /** Reports in order: after what is queued before it. */
  tell(report: IngestReport): void;
  /** Bytes handed over and not yet durable. */
  pendingBytes(): number;
  /** When the oldest of them was taken, on the monotonic clock; null: nothing waits. */
  waitingSinceMs(): number | null;
  /** What waits longest waits for the file of its segment to be made, or has waited for it. */
  opening(): boolean;
  /** Resolves when all that was handed over is done with. */
  idle(): Promise<void>;
  /** A segment that is not done with lies elsewhere than below this root: what comes after it waits for that. */
  waitsBeside(root: string): boolean;
  /** What was handed over and is not durable, oldest first. */
  undurable(): Handed[];
  /** What is durable of the group of pictures that is being written: `Lead.take`. */
  takeLead(): Handed[];
  /**
   * Waits for the disk no longer, and says nothing more than `let-go` of each segment that it answers: those that were not sealed,
   * oldest first. `elsewhere`: from this fragment on what is not durable is going to be written elsewhere, so it is taken out of the
   * file again where the disk wrote it after all; what comes before it, or all where it is null, is still for this disk when it answers.
   */
  abandon(elsewhere: FragmentBytes | null): SegmentFile[];
};

/** Most bytes of one write: more waits for the next. */
const maxWriteBytes = 8 << 20;
/** A system takes at most this many pieces in one call (IOV_MAX), and with O_DSYNC each call waits for the disk. */
const maxWritePieces = 1000;

export function createSegmentWriter(options: {
  streamId: StreamId;
  kind: StreamKind;
  disk: RecordDisk;
  /** Most bytes that are held of what is durable. */
  leadBytes: number;
  report(report: IngestReport): void;
  /** Something whole of a segment is on disk: the disk works. */
  onDurable(segment: SegmentFile): void;
  /**
   * The disk refused. The segment was closed as well as it could be, and nothing is queued any more. `waited`: what was handed over and is
   * not durable, oldest first.
   */
  onFailure(segment: SegmentFile, code: string, message: string, waited: Handed[]): void;
}): SegmentWriter {
  const { streamId, kind, disk } = options;
  /** Nobody listens any more. */
  let abandoned = false;
  const report: typeof options.report = (told) => {
    if (!abandoned) options.report(told);
  };
  const onDurable: typeof options.onDurable = (segment) => {
    if (!abandoned) options.onDurable(segment);
  };
  const onFailure: typeof options.onFailure = (...failure) => {
    if (!abandoned) options.onFailure(...failure);
  };
  const lead = createLead({ disk, mostBytes: options.leadBytes });
  /** Handed over and not sealed yet. */
  const unsealed = new Set<SegmentFile>();
  let tasks: Task[] = [];
  /** So many of them are to be done now; those behind may wait for `flush`. */
  let wanted = 0;
  let pending = 0;
  /** What is being written now, and its file. */
  let writing: { segment: SegmentFile; fragments: FragmentBytes[] } | null = null;
  /** Of that, what is written elsewhere. */
  let moved: FragmentBytes[] = [];
  let making = false;
  /** So many of the fragments that wait have waited for their file. */
  let late = 0;
  let running: Promise<void> | null = null;

  const tellOpened = (segment: SegmentFile): void => {
    if (segment.opened || abandoned) return;
    segment.opened = true;
    const { startMs, steadyMs, target, format, past } = segment;
    report({ op: 'opened', streamId, startMs, steadyMs, volume: target.volume, format, ...(past && { past: true }) });
  };

  const tellSealed = (segment: SegmentFile, file: RecordFile): void => {
    const { startMs, endMs, bytes } = segment;
    unsealed.delete(segment);
    report({ op: 'sealed', streamId, startMs, endMs, bytes, sha256: file.sha256() });
  };

  const create = async (segment: SegmentFile): Promise<void> => {
    await makeFile(segment, kind, disk);
    if (!segment.trial) tellOpened(segment);
  };

  const shift = (): void => {
    tasks.shift();
    wanted = Math.max(0, wanted - 1);
  };

  /** Takes from the queue what belongs into one write of one file. */
  const takeBatch = (): { fragments: FragmentBytes[]; sealMs: number | null } => {
    const fragments: FragmentBytes[] = [];
    let sealMs: number | null = null;
    let bytes = 0;
    let pieces = 0;
    for (let task = tasks[0]; task !== undefined && sealMs === null; task = tasks[0]) {
      if (task.do === 'write') {
        bytes += task.fragment.bytes;
        pieces += task.fragment.pieces.length;
        if (fragments.length > 0 && (bytes > maxWriteBytes || pieces > maxWritePieces)) break;
        fragments.push(task.fragment);
      } else if (task.do === 'seal') sealMs = task.endMs;
      else break;
      shift();
    }
    return { fragments, sealMs };
  };

  const write = async (segment: SegmentFile): Promise<void> => {
    const { file } = segment;
    const batch = takeBatch();
    if (file === null) return;
    writing = { segment, fragments: batch.fragments };
    const put = fileWrite(segment, file.block, batch.fragments, batch.sealMs !== null);
    let done = false;
    try {
      if (put.bytes > 0) await file.append(put.pieces, put.bytes, segment.bytes);
      done = true;
    } finally {
      // What was written of it are copies: nobody reads the pieces any more. What was refused is going to be written again.
      if (segment.encryption !== null && (done || abandoned))
        for (const f of batch.fragments) disk.taken(f.pieces.slice(1));
    }
    if (!abandoned) {
      writing = null;
      pending -= put.payload;
      late = Math.max(0, late - batch.fragments.length);
    }
    if (moved.length > 0) {
      const stays = batch.fragments.slice(0, -moved.length);
      segment.bytes += stays.reduce((sum, f) => sum + f.bytes, 0);
      segment.fragments += stays.length;
      return;
    }
    segment.bytes = put.position;
    segment.keys.push(...put.keys);
    segment.fragments += batch.fragments.length;
    const last = batch.fragments.at(-1);
    if (last !== undefined) {
      segment.endMs = Math.max(segment.endMs, last.endMs);
      if (!abandoned) lead.grew();
      tellOpened(segment);
      onDurable(segment);
    }
    if (abandoned) return;
    if (batch.sealMs === null) {
      if (last !== undefined)
        report({
          op: 'grew',
          segments: [{ streamId, startMs: segment.startMs, endMs: segment.endMs, bytes: segment.bytes }],
        });
      return;
    }
    if (file.sync !== null) await file.sync();
    lead.sealed(segment);
    segment.file = null;
    if (segment.fragments > 0) {
      segment.endMs = Math.max(batch.sealMs, segment.startMs + 1);
      tellSealed(segment, file);
      await file.close();
      return;
    }
    unsealed.delete(segment);
    if (segment.opened) report({ op: 'dropped', streamId, startMs: segment.startMs });
    await file.close();
    await removeFile(segment, kind, disk);
  };

  const undurable = (): Handed[] => {
    const all = tasks.flatMap((task) => (task.do === 'write' ? [task] : []));
    if (writing === null) return all;
    const { segment, fragments } = writing;
    return [...fragments.map((fragment) => ({ segment, fragment })), ...all];
  };

  const fail = async (segment: SegmentFile, error: unknown): Promise<void> => {
    const file = await salvageFile(segment, kind, disk);
    if (file !== null && segment.fragments > 0) tellSealed(segment, file);
    else if (file !== null && segment.opened) report({ op: 'dropped', streamId, startMs: segment.startMs });
    const waited = undurable();
    unsealed.clear();
    writing = null;
    tasks = tasks.filter((task) => task.do === 'tell');
    wanted = tasks.length;
    pending = 0;
    late = 0;
    onFailure(segment, codeOf(error), error instanceof Error ? error.message : String(error), waited);
  };

  const run = async (): Promise<void> => {
    for (let task = tasks[0]; task !== undefined && wanted > 0; task = tasks[0]) {
      if (task.do === 'tell') {
        shift();
        report(task.report);
        continue;
      }
      const { segment } = task;
      try {
        if (task.do === 'create') {
          shift();
          making = true;
          await create(segment).finally(() => (making = false));
          late = tasks.filter((t) => t.do === 'write').length;
        } else await write(segment);
      } catch (error) {
        // What comes behind would lie behind a hole.
        if (abandoned) tasks = [];
        else await fail(segment, error);
      }
    }
    running = null;
  };

  /** The disk has answered after all. `cut`: what was written elsewhere may be in the file too. */
  const letGo = async (segment: SegmentFile, cut: boolean): Promise<void> => {
    const { startMs } = segment;
    await letGoFile(segment, cut, { streamId, kind, disk, report: options.report });
    if (segment.opened) options.report({ op: 'let-go', streamId, startMs });
  };

  const start = (): void => {
    wanted = tasks.length;
    if (wanted > 0) running ??= Promise.resolve().then(run);
  };
  const add = (task: Task): void => {
    tasks.push(task);
    start();
  };

  return {
    create(segment) {
      unsealed.add(segment);
      add({ do: 'create', segment });
    },
    write(segment, fragment) {
      pending += fragment.bytes;
      lead.handed(segment, fragment);
      tasks.push({ do: 'write', segment, fragment });
    },
    flush: start,
    seal: (segment, endMs) => add({ do: 'seal', segment, endMs }),
    tell(told) {
      if (running === null && tasks.length === 0) report(told);
      else add({ do: 'tell', report: told });
    },
    pendingBytes: () => pending,
    waitingSinceMs() {
      const [first] = writing?.fragments ?? [];
      if (first !== undefined) return first.oldestMonoMs;
      for (const task of tasks) if (task.do === 'write') return task.fragment.oldestMonoMs;
      return null;
    },
    opening: () => making || late > 0,
    waitsBeside: (root) => [...unsealed].some((segment) => segment.target.root !== root),
    undurable,
    takeLead: () => lead.take(),
    abandon(elsewhere) {
      abandoned = true;
      lead.clear();
      const left = [...unsealed];
      const under = writing?.fragments ?? [];
      const at = elsewhere === null ? -1 : under.indexOf(elsewhere);
      moved = at < 0 ? [] : under.slice(at);
      // The disk may read them still while they are written elsewhere.
      for (const { pieces } of moved) disk.again(pieces.slice(1));
      // What nobody else writes is still for this disk, should it answer.
      const end = tasks.findIndex((task) => task.do === 'write' && task.fragment === elsewhere);
      const stays = at < 0 ? tasks.slice(0, end < 0 ? tasks.length : end) : [];
      const written = new Set(stays.flatMap((task) => (task.do === 'write' ? [task.segment] : [])));
      tasks = stays.filter((task) => task.do === 'write' || (task.do === 'create' && written.has(task.segment)));
      pending = 0;
      start();
      const cut = moved.length > 0 ? writing?.segment : undefined;
      const over = running ?? Promise.resolve();
      for (const segment of left) void over.then(() => letGo(segment, segment === cut));
      return left;
    },
    async idle() {
      while (running !== null) await running;
    },
  };
}
