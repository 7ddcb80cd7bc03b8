/**
 * The pool that runs models: one bounded queue, as many workers as there is work for and the PC bears, and the figures of both. What
 * is asked is always answered, also with why not. Recording comes first: the pool gives way as soon as that has trouble.
 */
import type { AnalysisNow, AnalysisSettings } from '#domain/analysis.ts';
import { admitJob, emptyQueue, takeJobs, withdrawJobs, type Dropped, type Urgency } from '#domain/decide/admit-job.ts';
import { chooseWorker, usualAnswer } from '#domain/decide/choose-worker.ts';
import { mostWorkers, noPool, sizePool } from '#domain/decide/pool-size.ts';
import type { CameraId } from '#domain/id.ts';
import type { ModelId } from '#domain/model.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type {
  InferenceCost,
  InferenceFailure,
  InferenceJob,
  InferenceJobs,
  InferenceTrouble,
  ModelToLoad,
  StartInferenceWorker,
} from '#workers/inference/port.ts';
import { createAskerBooks } from './inference-books.ts';
import { asFailure, blames, failureOf, refusalOf, type PoolRefusal } from './inference-failure.ts';
import { createModelBooks } from './inference-models.ts';
import { createWorkerSlot, mostLoaded, type Given, type WorkerSlot } from './inference-worker-slot.ts';
import { createRecentTimes } from './recent-times.ts';

export type PoolJob<J extends InferenceJob> = {
  /** null: it is for no camera. */
  from: CameraId | null;
  /** A newer job of the same lane takes the place of one that waits; null: each counts. */
  lane: string | null;
  urgency: Urgency;
  /** Nobody needs it when it has waited for longer, ms; null: it can wait. */
  waitMs: number | null;
  job: J;
  ask: InferenceJobs[J]['ask'];
};

export type PoolAnswer<J extends InferenceJob> =
  | { ok: true; value: InferenceJobs[J]['answer']; cost: InferenceCost; waitMs: number; answerMs: number }
  | { ok: false; why: PoolRefusal; detail: string };

export type { PoolRefusal } from './inference-failure.ts';

export type InferencePool = {
  /** Never rejects. */
  submit<J extends InferenceJob>(job: PoolJob<J>): Promise<PoolAnswer<J>>;
  /** Of the pictures that a camera would have looked at, the share that the PC manages, 0.1 … 1. */
  share(camera: CameraId): number;
  /** Too many of its jobs failed: it is not asked for a while. */
  rests(id: ModelId): boolean;
  /** Somebody may ask soon: a worker stands ready. Called whenever that changes. */
  need(needed: boolean): void;
  /** Its files have changed or are gone. */
  unload(id: ModelId): void;
  /** What waits for it is dropped, and its figures with it. */
  forget(camera: CameraId): void;
  now(): AnalysisNow;
  configure(settings: AnalysisSettings): void;
  start(): void;
  /** Refuses what waits, and waits for runs that are going on. */
  stop(): Promise<void>;
};

/** Jobs that wait, in all: of 64 cameras a picture for each of two models. */
const bound = 128;
const tickMs = 1_000;
/** A new worker loads at once what was asked for in this time, ms. */
const recentMs = 600_000;
/** Of so many workers that hang each is made good by another. */
const mostHung = 2;
const ofNobody = 'station';

type Waiting = {
  job: PoolJob<InferenceJob>;
  models: readonly ModelId[];
  askedMs: number;
  /** How often it was given to a worker that ended. */
  tries: number;
  settled(): boolean;
  settle(answer: PoolAnswer<InferenceJob>): void;
};

export function createInferencePool(deps: {
  clock: Clock;
  log: Log;
  startWorker: StartInferenceWorker;
  /** null: it is not here. */
  model: (id: ModelId) => ModelToLoad | null;
  /** A model turned out not to be what it was taken for. */
  modelFault: (id: ModelId, trouble: InferenceTrouble, detail: string) => void;
  /** Recording has trouble to keep up. */
  strained: () => boolean;
  machine: () => { cores: number; freeBytes: number };
  settings: AnalysisSettings;
}): InferencePool {
  const { clock, log } = deps;
  const jobs = new Map<number, Waiting>();
  const slots = new Map<number, WorkerSlot>();
  const books = createAskerBooks();
  const models = createModelBooks();
  const [waitTimes, answerTimes, totalTimes] = [createRecentTimes(), createRecentTimes(), createRecentTimes()];
  const ending = new Set<Promise<void>>();
  let settings = deps.settings;
  let queue = emptyQueue(bound);
  let size = noPool;
  let needed = false;
  let givesWay = false;
  let nextJob = 1;
  let nextSlot = 1;
  let last: number | null = null;
  let retried = 0;
  let droppedInTick = 0;
  let tickedMs = clock.monoMs();
  let timer: ReturnType<typeof setInterval> | null = null;
  let stopping = false;

  const most = (): number => {
    const { cores, freeBytes } = deps.machine();
    const bears = mostWorkers(cores, freeBytes + slots.size * 2 ** 28);
    return Math.min(bears, settings.mostWorkers ?? bears);
  };
  const fail = (waiting: Waiting, why: PoolRefusal, detail: string): void => {
    waiting.settle({ ok: false, why, detail });
  };
  const drop = (dropped: readonly Dropped[]): void => {
    for (const { job, why } of dropped) {
      const waiting = jobs.get(job.id);
      if (waiting === undefined) continue;
      jobs.delete(job.id);
      droppedInTick += 1;
      fail(waiting, why, droppedWords[why]);
    }
  };

  const addSlot = (): void => {
    const id = nextSlot++;
    const worker = deps.startWorker(
      { threads: 1, providers: null },
      {
        down: () => {
          slots.get(id)?.ended();
        },
        fellBack: (modelId, _from, to) => {
          models.provider(modelId, to);
        },
        lost: (modelId, failure) => {
          slots.get(id)?.lost(modelId);
          modelFailed(modelId, failure);
        },
      },
    );
    const slot = createWorkerSlot(id, worker, clock.monoMs());
    slots.set(id, slot);
    for (const modelId of models.usedSince(clock.monoMs() - recentMs).slice(-mostLoaded)) {
      const toLoad = deps.model(modelId);
      if (toLoad !== null) load(slot, toLoad).catch(() => undefined); // told when a job needs it
    }
  };
  const load = async (slot: WorkerSlot, toLoad: ModelToLoad): Promise<void> => {
    const loaded = await slot.load(toLoad);
    models.provider(loaded.modelId, loaded.provider);
  };
  const endSlot = (slot: WorkerSlot): void => {
    slots.delete(slot.id);
    const end = slot.worker.stop().finally(() => ending.delete(end));
    ending.add(end);
  };
  const resize = (): void => {
    // One that hangs cannot be ended; another takes its place, while there are not too many of them.
    const hung = [...slots.values()].filter((s) => s.hangs(clock.monoMs()));
    const staying = [...slots.values()].filter((s) => !s.leaving && !(hung.length <= mostHung && hung.includes(s)));
    for (let n = staying.length; n < size.workers; n += 1) addSlot();
    const byWork = staying.sort((a, b) => b.given() - a.given());
    for (const slot of byWork.slice(size.workers)) {
      slot.leaving = true;
      if (slot.given() === 0) endSlot(slot);
    }
  };

  const standReady = (): void => {
    if (size.workers > 0 || stopping) return;
    size = { ...size, workers: 1 };
    resize();
  };

  const modelFailed = (id: ModelId, failure: InferenceFailure): void => {
    models.failed(id, failure.message, clock.monoMs());
    log.warn('a model could not be used', { model: id, trouble: failure.trouble, why: failure.message });
    if (failure.trouble !== 'worker-ended') deps.modelFault(id, failure.trouble, failure.message);
  };

  const usual = (): number | null => usualAnswer([...slots.values()].map((s) => s.record()));
  const weighed = (wanted: readonly ModelId[]) => {
    const [usualMs, nowMs] = [usual(), clock.monoMs()];
    return [...slots.values()].map((s) => s.weigh(wanted, usualMs, nowMs));
  };
  const hasRoom = (): boolean => weighed([]).some((w) => w.health > 0 && w.given < w.most);

  const pump = (): void => {
    if (queue.waiting.length > 0) standReady();
    while (queue.waiting.length > 0 && hasRoom()) {
      const [next, { jobs: taken, late }] = takeJobs(queue, clock.monoMs(), 1);
      queue = next;
      drop(late);
      for (const { id } of taken) give(id);
    }
  };

  const give = (id: number): void => {
    const waiting = jobs.get(id);
    jobs.delete(id);
    if (waiting === undefined) return;
    const chosen = chooseWorker(settings.strategy, weighed(waiting.models), last);
    const slot = chosen === null ? undefined : slots.get(chosen);
    if (slot === undefined) {
      fail(waiting, 'worker', 'No worker can take it.');
      return;
    }
    last = slot.id;
    void run(slot, waiting);
  };

  const run = async (slot: WorkerSlot, waiting: Waiting): Promise<void> => {
    const { job } = waiting;
    const givenMs = clock.monoMs();
    const resting = models.ask(waiting.models, givenMs);
    if (resting !== null) {
      fail(waiting, 'model-rests', models.fault(resting));
      return;
    }
    const given: Given = {
      models: waiting.models,
      askedMs: null,
      hung: () => {
        fail(waiting, 'worker', 'Its worker does not answer.');
      },
    };
    slot.begin(given, givenMs);
    let loading: ModelId | null = null;
    try {
      for (const modelId of waiting.models) {
        loading = modelId;
        const toLoad = deps.model(modelId);
        if (toLoad === null) throw asFailure('missing', `The model ${modelId} is not here any more.`);
        await load(slot, toLoad);
      }
      loading = null;
      given.askedMs = clock.monoMs();
      const { cost, ...value } = await slot.worker.ask(job.job, job.ask);
      const nowMs = clock.monoMs();
      const ownMs = cost.prepareMs + cost.runMs + cost.readMs;
      slot.end(given, nowMs, ownMs);
      for (const modelId of waiting.models) models.done(modelId, ownMs, nowMs);
      const [waitMs, answerMs] = [givenMs - waiting.askedMs, nowMs - givenMs];
      waitTimes.add(nowMs, waitMs);
      answerTimes.add(nowMs, answerMs);
      totalTimes.add(nowMs, waitMs + answerMs);
      waiting.settle({ ok: true, value: value as never, cost, waitMs, answerMs });
    } catch (error) {
      broke(slot, waiting, given, loading, error);
    }
    if (slot.leaving && slot.given() === 0 && slots.has(slot.id)) endSlot(slot);
    pump();
  };

  /** `loading`: the model that could not be loaded; null: it failed at the question itself. */
  const broke = (slot: WorkerSlot, waiting: Waiting, given: Given, loading: ModelId | null, error: unknown): void => {
    const nowMs = clock.monoMs();
    const { trouble, message } = failureOf(error);
    const again = trouble === 'worker-ended' && waiting.tries === 0 && !waiting.settled() && !stopping;
    slot.end(given, nowMs, trouble === 'worker-ended' || trouble === 'failed' ? null : 'no-word');
    for (const modelId of waiting.models) {
      if (blames(trouble, waiting.tries) && (loading === null || loading === modelId))
        modelFailed(modelId, { trouble, message });
      else models.noWord(modelId, nowMs);
    }
    if (again) {
      retried += 1;
      enqueue({ ...waiting, tries: 1 });
      return;
    }
    fail(waiting, refusalOf(trouble, loading !== null), message);
  };

  const enqueue = (waiting: Waiting): void => {
    const { job } = waiting;
    const id = nextJob++;
    jobs.set(id, waiting);
    const [next, dropped] = admitJob(queue, {
      id,
      from: job.from ?? ofNobody,
      lane: job.lane,
      urgency: job.urgency,
      model: waiting.models.join('+'),
      untilMs: job.waitMs === null ? null : waiting.askedMs + job.waitMs,
    });
    queue = next;
    drop(dropped);
  };

  const tick = (): void => {
    const nowMs = clock.monoMs();
    const spanMs = Math.max(1, nowMs - tickedMs);
    tickedMs = nowMs;
    for (const slot of slots.values()) slot.check(nowMs);
    const busyMs = [...slots.values()].reduce((sum, s) => sum + s.takeBusyMs(nowMs), 0);
    givesWay = deps.strained();
    size = sizePool(size, {
      atMs: nowMs,
      needed,
      busy: Math.min(1, busyMs / spanMs / Math.max(1, slots.size)),
      waiting: queue.waiting.length,
      dropped: droppedInTick,
      strained: givesWay,
      most: most(),
    });
    droppedInTick = 0;
    books.tick();
    resize();
    pump();
  };

  return {
    submit: (job) =>
      new Promise((resolve) => {
        const nowMs = clock.monoMs();
        let settled = false;
        const waiting: Waiting = {
          job,
          models: modelsOf(job),
          askedMs: nowMs,
          tries: 0,
          settled: () => settled,
          settle(answer) {
            if (settled) return;
            settled = true;
            books.settled(job.from, answer.ok ? 'done' : answer.why);
            resolve(answer);
          },
        };
        books.asked(job.from);
        const absent = waiting.models.find((m) => deps.model(m) === null);
        const resting = waiting.models.find((m) => models.rests(m, nowMs));
        if (stopping) fail(waiting, 'stopping', stoppingWords);
        else if (absent !== undefined) fail(waiting, 'no-model', `The model ${absent} is not here.`);
        else if (resting !== undefined) fail(waiting, 'model-rests', models.fault(resting));
        else {
          enqueue(waiting);
          pump();
        }
      }),
    share: (camera) => books.share(camera),
    rests: (id) => models.rests(id, clock.monoMs()),
    need(is) {
      needed = is;
      if (is && timer !== null) standReady();
    },
    unload(id) {
      models.forget(id);
      for (const slot of slots.values()) slot.unload(id);
    },
    forget(camera) {
      const theirs = [...jobs].filter(([, w]) => w.job.from === camera);
      queue = withdrawJobs(queue, new Set(theirs.map(([id]) => id)));
      for (const [id, waiting] of theirs) {
        jobs.delete(id);
        fail(waiting, 'stopping', 'The camera is not there any more.');
      }
      books.forget(camera);
    },
    now() {
      const [nowMs, usualMs] = [clock.monoMs(), usual()];
      const waits = (urgency: Urgency): number => queue.waiting.filter((w) => w.urgency === urgency).length;
      return {
        settings,
        workers: [...slots.values()].map((s) => s.view(usualMs, nowMs)),
        wantedWorkers: size.workers,
        mostWorkers: most(),
        givesWay,
        queue: {
          waiting: queue.waiting.length,
          bound,
          urgent: waits('urgent'),
          usual: waits('usual'),
          idle: waits('idle'),
        },
        waitMs: waitTimes.percentiles(nowMs),
        answerMs: answerTimes.percentiles(nowMs),
        totalMs: totalTimes.percentiles(nowMs),
        perMinute: totalTimes.count(nowMs),
        counts: books.all(),
        retried,
        models: models.view(nowMs, clock.nowMs()),
        cameras: books.cameras(),
      };
    },
    configure(next) {
      settings = next;
    },
    start() {
      tickedMs = clock.monoMs();
      timer = setInterval(tick, tickMs);
      if (needed) standReady();
    },
    async stop() {
      stopping = true;
      if (timer !== null) clearInterval(timer);
      timer = null;
      queue = emptyQueue(bound);
      for (const waiting of jobs.values()) fail(waiting, 'stopping', stoppingWords);
      jobs.clear();
      for (const slot of slots.values()) endSlot(slot);
      await Promise.all(ending);
    },
  };
}

const stoppingWords = 'The station is stopping.';
const droppedWords: Record<Dropped['why'], string> = {
  newer: 'A newer picture came.',
  full: 'Too much waits.',
  late: 'It waited for too long.',
};

function modelsOf(job: PoolJob<InferenceJob>): ModelId[] {
  const { ask } = job;
  return 'textModelId' in ask ? [ask.textModelId, ask.plateModelId] : [ask.modelId];
}
