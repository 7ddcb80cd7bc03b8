/**
 * Writes what coverage is proven from beside the video, month by month: when recording was asked for, gaps with their causes, and what was
 * deleted; with it how many crossed lines. Cameras take turns; a file is written when it differs from what was written last. Nothing here is in the way of recording.
 */
import { createHash } from 'node:crypto';
import { type KeptAccount, monthOf, spanOfMonth, type Month } from '#domain/account.ts';
import type { CameraId } from '#domain/id.ts';
import type { KeptStation } from '#domain/station-kept.ts';
import { dayMs } from '#domain/time.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { createRepeats } from '#lib/repeats.ts';
import { StoreError } from '#lib/store-error.ts';
import { ownStationKeys } from './settings.ts';
import type { ReadStore, StreamRecord, WriteStore } from './index-port.ts';
import type { SpreadFiles } from './spread-files.ts';
import type { WatchStore } from './watch-port.ts';

const turnEveryMs = 20_000;
/** Each camera has its turn this often. */
const roundMs = 300_000;
/** So long into a month the one before is looked at too: gaps are filled from memory cards, and closed late. */
const lateMs = 3 * dayMs;
/** At the end so much time is taken for what is not written yet. */
const lastMs = 1_000;
/** A refusing disk is told to the log this often. */
const tellEveryMs = 600_000;
const pageRows = 1_000;
const mostMonths = 120;

export type AccountsBeside = {
  start(): void;
  /** A segment of the camera was begun on a volume: months that are not there yet are written there. */
  begun(cameraId: CameraId, volume: number): void;
  /** A volume came that may lack them: all are written anew, or those of these folders. */
  refresh(folders?: ReadonlySet<string>): void;
  /** Ends after what changed is written, or after a second. */
  stop(): Promise<void>;
};

export function createAccountsBeside(deps: {
  store: Pick<WriteStore, 'retention' | 'setting' | 'station'> & {
    watch: Pick<WatchStore, 'ofCamera' | 'lineCounts'>;
  } & Pick<ReadStore, 'cameras' | 'schedules' | 'streams' | 'wantedRuns' | 'gapsWithin' | 'accountedFromMs'>;
  files: Pick<SpreadFiles, 'keepAccount' | 'accountMonths'>;
  /** Writes `station.json` beside the own volume's video. */
  noteStation: (json: string) => Promise<void>;
  /** What the index was told goes into it first. */
  flush: () => void;
  clock: Clock;
  log: Log;
}): AccountsBeside {
  const { store, clock } = deps;
  /** Of what was written last, without when. */
  const written = new Map<string, string>();
  /** Cameras of which no month is missing anywhere. */
  const complete = new Set<CameraId>();
  const begunOn = new Map<CameraId, Set<number>>();
  let timer: ReturnType<typeof setInterval> | null = null;
  let working: Promise<void> | null = null;
  let at = 0;
  const repeats = createRepeats(deps.log, tellEveryMs);
  let endMs = Infinity;

  const accountOf = (cameraId: CameraId, streams: readonly StreamRecord[], month: Month) => {
    const { fromMs, toMs } = spanOfMonth(month);
    const account: Omit<KeptAccount, 'savedMs'> = {
      vigie: 'account',
      format: 1,
      month,
      cameraId,
      streams: {},
      deletions: [],
      lines: {},
    };
    for (const { id, kind } of streams)
      account.streams[kind] = {
        wanted: store.wantedRuns(id, fromMs, toMs).map((run) => [run.fromMs, run.toMs]),
        gaps: store.gapsWithin(id, fromMs, toMs).map((gap) => [gap.fromMs, gap.toMs, gap.cause]),
      };
    for (let before: number | null = null; ; ) {
      const asked = { cameraIds: [cameraId], reasons: [], fromMs, toMs, before, limit: pageRows };
      const page = store.retention.deletions(asked);
      for (const { id: _, cameraId: __, ...line } of page) account.deletions.push(line);
      const last = page.at(-1);
      if (last === undefined || page.length < pageRows) break;
      before = last.id;
    }
    account.deletions.reverse();
    for (const { id } of store.watch.ofCamera(cameraId).lines) {
      const quarters = store.watch.lineCounts(id, fromMs, toMs);
      if (quarters.length > 0) account.lines[id] = quarters.map((q) => [q.quarterMs, q.in, q.out, q.lookedMs]);
    }
    return account;
  };

  /** Months before that of `nowMs` that some volume with the camera lacks; null: no volume has it. */
  const missingOf = async (
    folder: string,
    streams: readonly StreamRecord[],
    nowMs: number,
  ): Promise<Month[] | null> => {
    const there = await deps.files.accountMonths(folder);
    if (there === null) return null;
    const firstMs = Math.min(nowMs, ...streams.map((s) => store.accountedFromMs(s.id) ?? nowMs));
    const missing: Month[] = [];
    for (let month = monthOf(nowMs), n = 0; n < mostMonths; n += 1) {
      const { fromMs } = spanOfMonth(month);
      // What was written of it says nothing of a volume that lacks it.
      if (!there.includes(month)) {
        written.delete(`${folder} ${month}`);
        if (n > 0) missing.unshift(month);
      }
      if (fromMs <= firstMs) break;
      month = monthOf(fromMs - 1);
    }
    return missing;
  };

  const keepCamera = async (cameraId: CameraId, streams: readonly StreamRecord[]): Promise<void> => {
    const folder = streams[0]?.folder;
    if (folder === undefined) return;
    const nowMs = clock.nowMs();
    const { fromMs } = spanOfMonth(monthOf(nowMs));
    const months = complete.has(cameraId) ? [] : await missingOf(folder, streams, nowMs);
    if (months === null) return;
    const before = monthOf(fromMs - 1);
    if (nowMs - fromMs < lateMs && !months.includes(before)) months.push(before);
    months.push(monthOf(nowMs));
    for (const month of months) {
      const account = accountOf(cameraId, streams, month);
      const sum = sumOf(account);
      const key = `${folder} ${month}`;
      if (written.get(key) === sum) continue;
      // Of a month in which there was nothing no file is made.
      const { main, sub } = account.streams;
      const bare =
        account.deletions.length === 0 &&
        [main, sub].every((s) => (s?.wanted.length ?? 0) === 0) &&
        Object.keys(account.lines).length === 0;
      const kept =
        bare && !written.has(key) ? true : await deps.files.keepAccount(folder, month, withTime(account, nowMs));
      if (!kept) return;
      written.set(key, sum);
    }
    complete.add(cameraId);
  };

  const keepStation = async (): Promise<void> => {
    const { id, name } = store.station.get();
    const settings = Object.fromEntries(
      ownStationKeys.flatMap((key) => {
        const value = store.setting.get(key);
        return value === null ? [] : [[key, value]];
      }),
    );
    const cameras = store.cameras().map(({ sealedPassword, streamIds: _, ...camera }) => ({
      camera,
      sealed: sealedPassword === null ? null : Buffer.from(sealedPassword).toString('base64'),
    }));
    const kept: Omit<KeptStation, 'savedMs'> = {
      vigie: 'station',
      format: 1,
      id,
      name,
      schedules: store.schedules(),
      settings,
      cameras,
    };
    const sum = sumOf(kept);
    if (written.get('') === sum) return;
    await deps.noteStation(withTime(kept, clock.nowMs()));
    written.set('', sum);
  };

  const tell = (error: unknown): void => {
    repeats.warn('what coverage is proven from could not be written beside the video; it is tried again', {
      more: { error: String(error) },
    });
  };

  /** The station's own, then so many cameras. */
  const turn = async (share: number): Promise<void> => {
    try {
      deps.flush();
      await keepStation();
      const cameras = [...Map.groupBy(store.streams(), (s) => s.cameraId)];
      const many = Math.ceil(cameras.length * share);
      for (let n = 0; n < many && clock.monoMs() < endMs; n += 1) {
        at = (at + 1) % cameras.length;
        const [id, streams] = cameras[at] ?? [];
        if (id === undefined || streams === undefined) continue;
        // One whose folder refuses keeps no other from its turn.
        await keepCamera(id, streams).catch((error: unknown) => {
          if (error instanceof StoreError) throw error;
          tell(error);
        });
      }
    } catch (error) {
      // The index refuses, and says so by itself.
      if (!(error instanceof StoreError)) tell(error);
    }
  };
  const step = (share: number): Promise<void> => {
    working ??= turn(share).finally(() => {
      working = null;
    });
    return working;
  };

  return {
    start() {
      timer ??= setInterval(() => void step(turnEveryMs / roundMs), turnEveryMs);
    },
    begun(cameraId, volume) {
      const on = begunOn.get(cameraId) ?? new Set();
      if (on.has(volume)) return;
      begunOn.set(cameraId, on.add(volume));
      complete.delete(cameraId);
    },
    refresh(folders) {
      complete.clear();
      if (folders === undefined) written.clear();
      for (const key of written.keys()) if (folders?.has(key.split(' ')[0] ?? '') === true) written.delete(key);
    },
    async stop() {
      if (timer === null) return;
      clearInterval(timer);
      timer = null;
      await working;
      endMs = clock.monoMs() + lastMs;
      await step(1);
      repeats.end();
    },
  };
}

const sumOf = (kept: object): string => createHash('sha256').update(JSON.stringify(kept)).digest('base64');
const withTime = (kept: object, savedMs: number): string => `${JSON.stringify({ ...kept, savedMs })}\n`;
