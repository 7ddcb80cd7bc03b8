/**
 * Folders of cameras that are refused while their volume takes the video of others: somebody may not write there, protected it, or put
 * something in its place. Such a stream goes to another volume where there is one; the folder is tried again and again, and one alarm names it
 * until it takes video, or nothing of that camera is to be recorded any more.
 */
import { join } from 'node:path';
import type { EventId, StreamId } from '#domain/id.ts';
import type { RefusedFolder } from '#domain/refused-folder.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { EventRoom } from './events.ts';
import type { SegmentFiles } from './segment-file-port.ts';

/** After so long the folder is tried, after twice as long each time that it refuses again within an hour. */
const firstRestMs = 10_000;
const longestRestMs = 600_000;
const forgivenAfterMs = 3_600_000;

export type RefusedFolders = {
  /** Events of the last run end: what is refused still is told again. */
  start(): void;
  /** A stream was refused by a volume that takes what others write (errno). */
  bar(streamId: StreamId, volume: number, code: string): void;
  /** Something of the stream is on the volume. */
  taken(streamId: StreamId, volume: number): void;
  /** It is gone, or nothing of it is to be recorded. */
  forget(streamId: StreamId): void;
  /** Volumes that a stream is not to be placed on. */
  barred(streamId: StreamId): ReadonlySet<number> | undefined;
  /** Tries what has rested for long enough. To be called every few seconds. */
  look(): void;
  /** For the health page. */
  list(): RefusedFolder[];
};

type Bar = {
  streamId: StreamId;
  volume: number;
  folder: string;
  camera: string;
  path: string;
  code: string;
  restMs: number;
  /** On the steady clock. */
  untilMs: number;
  trying: boolean;
};

export function createRefusedFolders(deps: {
  clock: Clock;
  log: Log;
  store: { openEvents(): readonly { id: EventId; kind: string }[] };
  events: Pick<EventRoom, 'note' | 'finish'>;
  /** null: there is no such stream. */
  folderOf: (streamId: StreamId) => { folder: string; camera: string } | null;
  /** null: the volume is not here now. */
  filesOf: (volume: number) => Pick<SegmentFiles, 'root' | 'tryFolder'> | null;
  placeOf: (streamId: StreamId) => number;
  /** It has pictures and they are to be recorded: its recorder tries its place every second, and tells. */
  records: (streamId: StreamId) => boolean;
  /** What is barred changed: streams are placed anew. */
  changed: () => void;
}): RefusedFolders {
  const { clock, log, events } = deps;
  const bars = new Map<string, Bar>();
  /** Rests of those that were let in again, and when. */
  const before = new Map<string, { restMs: number; atMs: number }>();
  const told = new Map<string, EventId | null>();
  const keyOf = (streamId: StreamId, volume: number): string => `${streamId} ${volume}`;
  const folderKey = (b: Bar): string => `${b.volume} ${b.folder}`;

  /** Of the folder and not of one stream: both of a camera have one. */
  const tell = (bar: Bar): void => {
    if (told.has(folderKey(bar))) return;
    const { path, camera, code, volume } = bar;
    log.error('the folder of a camera is refused on a volume that takes video otherwise', { path, code });
    const data = { path, camera, code, volume };
    told.set(folderKey(bar), events.note({ kind: 'folder-refused', severity: 'alarm', data })?.id ?? null);
  };
  const lift = (key: string, bar: Bar): void => {
    bars.delete(key);
    before.set(key, { restMs: bar.restMs, atMs: clock.monoMs() });
    if ([...bars.values()].some((b) => folderKey(b) === folderKey(bar))) return;
    const event = told.get(folderKey(bar));
    told.delete(folderKey(bar));
    if (event != null) events.finish(event, clock.nowMs());
    log.info('the folder of a camera takes video again', { path: bar.path });
  };

  const tryAgain = async (key: string, bar: Bar): Promise<void> => {
    bar.untilMs = clock.monoMs() + bar.restMs;
    // A recorder with nothing to write, because its camera is lost or waits for a trigger, would never hear of it.
    if (deps.placeOf(bar.streamId) === bar.volume && deps.records(bar.streamId)) return;
    const files = deps.filesOf(bar.volume);
    if (files === null) return; // it is away: what is there is not known
    bar.trying = true;
    let code: string | null;
    try {
      code = await files.tryFolder(bar.folder, clock.nowMs());
    } catch (error) {
      const said = (error as { code?: unknown }).code;
      code = typeof said === 'string' ? said : 'EIO';
    }
    bar.trying = false;
    if (bars.get(key) !== bar) return;
    if (code === null) {
      lift(key, bar);
      deps.changed();
    } else bar.code = code;
  };

  return {
    start() {
      for (const { id, kind } of deps.store.openEvents())
        if (kind === 'folder-refused') events.finish(id, clock.nowMs());
    },
    bar(streamId, volume, code) {
      const of = deps.folderOf(streamId);
      const root = deps.filesOf(volume)?.root;
      if (of === null || root === undefined) return;
      const key = keyOf(streamId, volume);
      const last = before.get(key);
      const again = last !== undefined && clock.monoMs() - last.atMs < forgivenAfterMs;
      const restMs = again ? Math.min(last.restMs * 2, longestRestMs) : firstRestMs;
      const untilMs = clock.monoMs() + restMs;
      const bar = { streamId, volume, ...of, path: join(root, of.folder), code, restMs, untilMs, trying: false };
      bars.set(key, bar);
      tell(bar);
      deps.changed();
    },
    taken(streamId, volume) {
      const key = keyOf(streamId, volume);
      const bar = bars.get(key);
      if (bar === undefined) return;
      lift(key, bar);
      deps.changed();
    },
    forget(streamId) {
      for (const [key, bar] of [...bars]) if (bar.streamId === streamId) lift(key, bar);
    },
    barred(streamId) {
      const mine = [...bars.values()].filter((b) => b.streamId === streamId);
      return mine.length === 0 ? undefined : new Set(mine.map((b) => b.volume));
    },
    look() {
      for (const [key, bar] of bars) if (!bar.trying && clock.monoMs() >= bar.untilMs) void tryAgain(key, bar);
    },
    list: () =>
      [...Map.groupBy(bars.values(), folderKey).values()].flatMap((of) => {
        const [bar] = of;
        if (bar === undefined) return [];
        const { volume, path, camera, code } = bar;
        return [{ volume, path, camera, code, elsewhere: of.every((b) => deps.placeOf(b.streamId) !== b.volume) }];
      }),
  };
}

/** The same in words, for logs and other programs. */
export function refusedWords({ path, camera, code, elsewhere }: RefusedFolder): string {
  const where = elsewhere ? 'It is recorded on another disk meanwhile.' : 'It is not recorded.';
  return `Video of ${camera} cannot be written to ${path} (${code}). ${where} ${adviceOf(code, path)}`;
}

function adviceOf(code: string, path: string): string {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return `Let this station write there: its owner, its permissions, or a protection (immutable).`;
    case 'ENOTDIR':
    case 'EEXIST':
    case 'ELOOP':
      return `Something else is in the place of ${path} or of a folder in it: move it away.`;
    case 'EROFS':
      return `Something is mounted there that is read-only: take it away, or mount it for writing.`;
    default:
      return `Look at that folder, and check the disk.`;
  }
}
