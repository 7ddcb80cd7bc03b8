/**
 * Fetches what is missing from the cards of cameras that record by themselves (ONVIF Profile G), in the background, when they
 * are back: one camera after the other, at a limited rate. `domain/decide/back-fill.ts` says what and when.
 */
import { fillStep, type FillState } from '#domain/decide/back-fill.ts';
import type { CameraId } from '#domain/id.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { createBackFillRun, type RunDeps, type RunOutcome } from './back-fill-run.ts';
import type { EventRoom } from './events.ts';
import type { CameraRecord } from './index-port.ts';
import type { StreamStatuses } from './stream-statuses.ts';
import { mayRecord } from '#domain/recording-plan.ts';

const tickMs = 500;
/** Cameras that are fetched from at the same time. */
const mostAtOnce = 1;
/** A device that is being asked may answer late. */
const farewellMs = 2_000;

export type BackFill = {
  start(): void;
  /** Seals what is being fetched; 2 s at most. */
  stop(): Promise<void>;
};

export function createBackFill(
  deps: RunDeps & {
    clock: Clock;
    log: Log;
    events: Pick<EventRoom, 'note'>;
    statuses: Pick<StreamStatuses, 'get'>;
    records: () => CameraRecord[];
    /** What can be fetched later waits while a disk does not keep up. */
    diskSlow: () => boolean;
  },
): BackFill {
  const { clock, log, events } = deps;
  const states = new Map<CameraId, FillState>();
  const running = new Map<CameraId, { halt: AbortController; over: Promise<void> }>();
  let timer: ReturnType<typeof setInterval> | null = null;
  const run = createBackFillRun(deps);

  const wants = (camera: CameraRecord): boolean =>
    camera.enabled && camera.link !== null && mayRecord(camera.main.plan);
  const isLive = ({ streamIds }: CameraRecord): boolean => {
    const { state, recording } = deps.statuses.get(streamIds.main, 'main');
    return recording && (state === 'live' || state === 'degraded');
  };

  const tell = (camera: CameraRecord, { filled }: RunOutcome): void => {
    if (filled.segments === 0) return;
    log.info('video was fetched from the memory card of a camera', {
      camera: camera.name,
      segments: filled.segments,
      bytes: filled.bytes,
      clocks: filled.matched ? 'by pictures' : 'as told',
    });
    events.note({
      kind: 'back-filled',
      severity: 'info',
      cameraId: camera.id,
      fromMs: filled.fromMs,
      toMs: filled.toMs,
      data: {
        camera: camera.name,
        seconds: Math.round(filled.ms / 1000),
        bytes: filled.bytes,
        recording: filled.recording,
        matched: filled.matched,
      },
    });
  };

  const work = async (camera: CameraRecord, signal: AbortSignal): Promise<void> => {
    const outcome = await run(camera, () => isLive(deps.record(camera.id) ?? camera), signal);
    tell(camera, outcome);
    const was = states.get(camera.id);
    if (was === undefined) return;
    const { end } = outcome;
    states.set(
      camera.id,
      end.is === 'refused'
        ? fillStep(was, { is: 'refused', why: end.why, nowMs: clock.monoMs() })
        : end.is === 'interrupted'
          ? { is: 'away' }
          : fillStep(was, { is: end.is, why: end.is === 'none' ? end.why : null }),
    );
    const next = states.get(camera.id);
    if (end.is === 'refused')
      log.warn('fetching from the memory card of a camera did not work', {
        camera: camera.name,
        why: end.why,
        again: next?.is === 'waiting' ? 'later' : 'when the camera comes back',
      });
  };

  const begin = (camera: CameraRecord): void => {
    states.set(camera.id, fillStep(states.get(camera.id) ?? { is: 'away' }, { is: 'begin' }));
    const halt = new AbortController();
    const over = work(camera, halt.signal)
      .catch((error: unknown) => {
        log.error('fetching from the memory card of a camera failed', { camera: camera.name, error: String(error) });
        states.set(camera.id, { is: 'over', why: 'failed' });
      })
      .finally(() => running.delete(camera.id));
    running.set(camera.id, { halt, over });
  };

  const tick = (): void => {
    const nowMs = clock.monoMs();
    const present = new Set<CameraId>();
    const due: { camera: CameraRecord; nextMs: number }[] = [];
    for (const camera of deps.records()) {
      if (!wants(camera)) continue;
      present.add(camera.id);
      const state = fillStep(states.get(camera.id) ?? { is: 'away' }, { is: 'seen', live: isLive(camera), nowMs });
      states.set(camera.id, state);
      // Its device has its own waits after trouble; they cost no try of ours.
      const mayAsk = deps.devices.status(camera.id)?.breaker !== 'open';
      if (state.is === 'waiting' && state.nextMs <= nowMs && mayAsk) due.push({ camera, nextMs: state.nextMs });
    }
    for (const id of [...states.keys()]) {
      if (present.has(id)) continue;
      states.delete(id);
      running.get(id)?.halt.abort();
    }
    due.sort((a, b) => a.nextMs - b.nextMs);
    for (const { camera } of due) {
      if (running.size >= mostAtOnce || deps.diskSlow()) return;
      if (!running.has(camera.id)) begin(camera);
    }
  };

  return {
    start() {
      timer ??= setInterval(tick, tickMs);
    },
    async stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      for (const { halt } of running.values()) halt.abort();
      const limit = Promise.withResolvers<null>();
      const late = setTimeout(() => {
        limit.resolve(null);
      }, farewellMs);
      await Promise.race([Promise.all([...running.values()].map((r) => r.over)), limit.promise]);
      clearTimeout(late);
    },
  };
}
