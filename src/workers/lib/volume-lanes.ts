import { AppError } from '#contract/error.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log, LogFields } from '#lib/log.ts';
import type { WorkerPort } from '#lib/worker-port.ts';
import { supervise, type Supervised } from './supervise.ts';

/** What a thread says to who asked it. */
export type LaneReport =
  /** What was asked gets on, once a second at most. */
  | { op: 'alive' }
  | { op: 'answer'; id: number; value: unknown }
  | { op: 'failed'; id: number; message: string }
  | { op: 'log'; level: 'warn' | 'error'; text: string; fields?: LogFields };

export type VolumeLanes<Command> = {
  /**
   * Asks the thread of a volume, or (null) of the index, what `command` makes of a number of its own. Rejects with UNAVAILABLE: too much is
   * asked, the thread ended, the volume does not answer (`volume-silent`); else with what the thread says.
   */
  ask(volume: number | null, command: (id: number) => Command): Promise<unknown>;
  /** Volumes that have not come back to their thread: what is asked of them is refused at once. */
  hanging(): number[];
  /** Afterwards those whose thread did not end hang. */
  stop(): Promise<void>;
};

/** What a client of such threads is given. */
export type VolumeLaneDeps<Command> = {
  clock: Clock;
  log: Log;
  start: () => WorkerPort<Command, LaneReport>;
  /** A volume of which nothing comes for so long does not answer. */
  patienceSeconds?: number;
};
/** Lets a thread end by itself. */
type StopCommand = { op: 'stop' };

/** Long, because what these threads do has the lowest priority: they read a MiB at most at a time, and decode a picture within 3 s. */
const usualPatienceSeconds = 60;
const stopGraceMs = 1_000;

type Waiting = { done: (value: unknown) => void; failed: (error: Error) => void };
type Lane<Command> = { waiting: Map<number, Waiting>; worker: Supervised<Command | StopCommand>; hangs: boolean };

const silent = (): AppError =>
  new AppError('UNAVAILABLE', 'The disk with these recordings does not answer.', { data: { reason: 'volume-silent' } });

/**
 * Threads of one kind: one for the index, and one for each volume that something is asked of, started with the first question. A volume that
 * hangs keeps its own thread and no other. What a thread that crashes was asked fails; who asked asks again in its own time.
 */
export function createVolumeLanes<Command>(
  deps: VolumeLaneDeps<Command | StopCommand> & {
    /** What may wait for each thread. */
    maxWaiting: number;
    /** `worker`: in the log · `does`: what the part of Vigie with these threads does · `busy`: too much is asked of it. */
    words: { worker: string; does: string; busy: string };
  },
): VolumeLanes<Command> {
  const { clock, log, patienceSeconds = usualPatienceSeconds } = deps;
  const words = {
    ...deps.words,
    stopped: `The part of Vigie that ${deps.words.does} stopped. It is being restarted.`,
    restarting: `The part of Vigie that ${deps.words.does} is being restarted.`,
  };
  /** By volume; null: the index. */
  const lanes = new Map<number | null, Lane<Command>>();
  let nextId = 1;
  let stopped = false;

  const unavailable = (text: string): AppError => new AppError('UNAVAILABLE', text, { data: { reason: 'restarting' } });
  const failAll = ({ waiting }: Lane<Command>, error: () => AppError): void => {
    const all = [...waiting.values()];
    waiting.clear();
    for (const { failed } of all) failed(error());
  };

  const begin = (volume: number | null): Lane<Command> => {
    const waiting: Lane<Command>['waiting'] = new Map();
    const worker = supervise<Command | StopCommand, LaneReport>({
      clock,
      start: deps.start,
      onUp() {
        const mine = lanes.get(volume);
        if (mine !== undefined) mine.hangs = false;
      },
      onDown(why, delayMs) {
        log.error(`${words.worker} stopped and is restarted`, { volume, why, delayMs });
        failAll(lane, () => unavailable(words.stopped));
      },
      onMessage(report) {
        if (report.op === 'alive') return;
        if (report.op === 'log') {
          log[report.level](report.text, report.fields);
          return;
        }
        const question = waiting.get(report.id);
        if (question === undefined) return;
        waiting.delete(report.id);
        if (report.op === 'answer') question.done(report.value);
        else question.failed(new Error(report.message));
      },
      // The index lies on the station's own disk; looking a copy of it through is one step, however long that takes.
      ...(volume !== null && { silentSeconds: patienceSeconds }),
      busy: () => waiting.size > 0,
      onSilent() {
        lane.hangs = true;
        log.warn('a volume does not answer; its recordings are not looked at until it does', { volume });
        failAll(lane, silent);
      },
    });
    const lane: Lane<Command> = { waiting, worker, hangs: false };
    lanes.set(volume, lane);
    return lane;
  };

  return {
    ask: (volume, command) =>
      new Promise((resolve, reject) => {
        if (stopped) {
          reject(unavailable('The station is stopping.'));
          return;
        }
        const { waiting, worker, hangs } = lanes.get(volume) ?? begin(volume);
        if (hangs || waiting.size >= deps.maxWaiting) {
          reject(hangs ? silent() : unavailable(words.busy));
          return;
        }
        const id = nextId++;
        waiting.set(id, { done: resolve, failed: reject });
        if (worker.post(command(id))) return;
        waiting.delete(id);
        reject(unavailable(words.restarting));
      }),
    hanging: () => [...lanes].flatMap(([volume, { hangs }]) => (hangs && volume !== null ? [volume] : [])),
    async stop() {
      stopped = true;
      await Promise.all(
        [...lanes.values()].map(async (lane) => {
          if (!(await lane.worker.stop({ op: 'stop' }, stopGraceMs))) lane.hangs = true;
        }),
      );
      for (const lane of lanes.values()) failAll(lane, () => unavailable('The station is stopping.'));
    },
  };
}
