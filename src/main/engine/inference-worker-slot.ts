/** One worker of the pool: what it has loaded, what it was given, and how it does. */
import { askBreaker, freshBreaker, tellBreaker, type Breaker } from '#domain/decide/breaker.ts';
import { freshRecord, healthOf, tellRecord, type WorkerLoad, type WorkerRecord } from '#domain/decide/choose-worker.ts';
import type { PoolWorker } from '#domain/analysis.ts';
import { bytesOfModel, type ModelId } from '#domain/model.ts';
import type { InferenceWorker, LoadedModel, ModelToLoad } from '#workers/inference/port.ts';

/** A worker is given one more than it is busy with, so that it never waits for the next. */
export const givenAtOnce = 2;
/** A question without an answer for so long: its worker hangs, ms. Loading a model is not counted. */
const hungAfterMs = 30_000;

/**
 * Models that a worker holds at once. Five kinds of work need one each (plates two); the rest is for cameras that have detectors of their
 * own. What was not used for longest gives way.
 */
export const mostLoaded = 8;
/** Bytes of their files, in all; the one that is needed now is held whatever its size. */
const mostLoadedBytes = 768 * 2 ** 20;

/** Something that was given to a worker. `hung` is told when it takes too long; an answer may come all the same. */
export type Given = { models: readonly ModelId[]; askedMs: number | null; hung: () => void };

export type WorkerSlot = {
  id: number;
  /** No new jobs: it ends when it has nothing more to do. */
  leaving: boolean;
  load(model: ModelToLoad): Promise<LoadedModel>;
  unload(id: ModelId): void;
  lost(id: ModelId): void;
  loaded(id: ModelId): LoadedModel | null;
  worker: InferenceWorker;
  begin(given: Given, nowMs: number): void;
  /** `ms` null: it failed; 'no-word': by no fault of the worker. */
  end(given: Given, nowMs: number, ms: number | null | 'no-word'): void;
  ended(): void;
  /** What hangs is told so. */
  check(nowMs: number): void;
  /** ms of work since this was asked last. */
  takeBusyMs(nowMs: number): number;
  given(): number;
  hangs(nowMs: number): boolean;
  record(): WorkerRecord;
  /** `usualMs`: of all workers. */
  weigh(models: readonly ModelId[], usualMs: number | null, nowMs: number): WorkerLoad;
  view(usualMs: number | null, nowMs: number): PoolWorker;
};

export function createWorkerSlot(id: number, worker: InferenceWorker, bornMs: number): WorkerSlot {
  type Entry = { loading: Promise<LoadedModel>; loaded: LoadedModel | null; bytes: number };
  /** That which was used last is the last. */
  const models = new Map<ModelId, Entry>();
  const given = new Set<Given>();
  let record = freshRecord;
  let breaker: Breaker = freshBreaker;
  let down = false;
  let done = 0;
  let failed = 0;
  let busyMs = 0;
  let countedMs = bornMs;

  const count = (nowMs: number): void => {
    if (given.size > 0) busyMs += nowMs - countedMs;
    countedMs = nowMs;
  };
  const hangs = (nowMs: number): boolean =>
    [...given].some((g) => g.askedMs !== null && nowMs - g.askedMs > hungAfterMs);
  /** Its thread ended, and is not back yet. */
  const isDown = (): boolean => {
    if (down && worker.providers().length > 0) down = false;
    return down;
  };
  const closed = (nowMs: number): boolean =>
    breaker.is === 'half-open' || (breaker.is === 'open' && nowMs < (breaker.nextTryMs ?? 0));
  const health = (usualMs: number | null, nowMs: number): number =>
    healthOf(record, usualMs, slot.leaving || isDown() || hangs(nowMs) || closed(nowMs));

  /** For one more of so many bytes: what would be too much is unloaded, the longest unused first; nothing that is worked with. */
  const makeRoom = (bytes: number): void => {
    const inUse = new Set([...given].flatMap((g) => g.models));
    const tooMuch = (): boolean =>
      models.size >= mostLoaded || [...models.values()].reduce((sum, m) => sum + m.bytes, bytes) > mostLoadedBytes;
    for (const old of [...models.keys()]) {
      if (!tooMuch()) return;
      if (!inUse.has(old)) slot.unload(old);
    }
  };

  const slot: WorkerSlot = {
    id,
    worker,
    leaving: false,
    load(model) {
      const modelId = model.manifest.id;
      const known = models.get(modelId);
      if (known !== undefined) {
        models.delete(modelId);
        models.set(modelId, known);
        return known.loading;
      }
      const bytes = bytesOfModel(model.manifest);
      makeRoom(bytes);
      const loading = worker.load(model);
      const entry: Entry = { loading, loaded: null, bytes };
      models.set(modelId, entry);
      loading.then(
        (loaded) => {
          entry.loaded = loaded;
        },
        () => {
          if (models.get(modelId) === entry) models.delete(modelId);
        },
      );
      return loading;
    },
    unload(modelId) {
      if (models.delete(modelId)) worker.unload(modelId);
    },
    lost(modelId) {
      models.delete(modelId);
    },
    loaded: (modelId) => models.get(modelId)?.loaded ?? null,
    begin(one, nowMs) {
      count(nowMs);
      given.add(one);
      [breaker] = askBreaker(breaker, nowMs);
    },
    end(one, nowMs, ms) {
      count(nowMs);
      given.delete(one);
      if (ms === 'no-word') {
        breaker = tellBreaker(breaker, 'no-word', nowMs);
        return;
      }
      record = tellRecord(record, ms);
      breaker = tellBreaker(breaker, ms === null ? 'failed' : null, nowMs);
      if (ms === null) failed += 1;
      else done += 1;
    },
    ended() {
      down = true;
    },
    check(nowMs) {
      for (const one of given) if (one.askedMs !== null && nowMs - one.askedMs > hungAfterMs) one.hung();
    },
    takeBusyMs(nowMs) {
      count(nowMs);
      const ms = busyMs;
      busyMs = 0;
      return ms;
    },
    given: () => given.size,
    hangs,
    record: () => record,
    weigh: (wanted, usualMs, nowMs) => ({
      id,
      given: given.size,
      waiting: Math.max(0, given.size - 1),
      most: givenAtOnce,
      answerMs: record.answerMs,
      health: health(usualMs, nowMs),
      warm: wanted.every((m) => models.has(m)),
    }),
    view: (usualMs, nowMs) => ({
      id,
      is: isDown()
        ? 'down'
        : hangs(nowMs)
          ? 'hung'
          : given.size > 0
            ? 'busy'
            : worker.providers().length === 0
              ? 'starting'
              : 'idle',
      providers: worker.providers(),
      models: [...models.keys()],
      given: given.size,
      done,
      failed,
      restarts: worker.restarts(),
      answerMs: record.answerMs,
      health: health(usualMs, nowMs),
    }),
  };
  return slot;
}
