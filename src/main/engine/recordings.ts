/**
 * When streams are recorded: keeps what cameras' events, people and schedules ask for, decides for each stream
 * (`domain/decide/recording.ts`), and gives the ingest its orders when that changes.
 */
import { AppError, invalid } from '#contract/error.ts';
import { changeData } from '#domain/change.ts';
import { decideRecording, hearTrigger, noTriggers, type Triggers } from '#domain/decide/recording.ts';
import type { Event } from '#domain/event.ts';
import type { CameraId, StreamId } from '#domain/id.ts';
import type { StreamRecordingNow } from '#domain/recording-now.ts';
import {
  continuousWithin,
  goesBy,
  modeAt,
  ScheduleId,
  type ModeNow,
  type RecordingPlan,
  type RecordingSchedule,
  type RecordingWhen,
} from '#domain/recording-plan.ts';
import { scheduleSaid } from '#domain/said-recording.ts';
import type { StreamKind } from '#domain/stream.ts';
import { createTimeZone, ownTimeZone, type TimeZone } from '#domain/time-zone.ts';
import type { ScheduleUsers } from '#contract/recording.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { EventRoom } from './events.ts';
import { lanesOf } from './ingest.ts';
import { createManualRecordings } from './manual-recordings.ts';
import type { CameraRecord, ReadStore, WriteStore } from './index-port.ts';
import type { Cameras, Recordings } from './rooms.ts';
import type { StreamOrder, StreamOrders } from './stream-order.ts';

const zoneKey = 'recording-zone';
/** Looked at this often also when nothing is due: the clock may have been set. */
const longestWaitMs = 60_000;
/** A mode that is said to hold for eight days is asked for again before that. */
const modeHoldsMs = 24 * 3_600_000;

export type RecordingRoom = Recordings &
  StreamOrders & {
    /** The camera is gone. */
    forget(camera: CameraRecord): void;
    /** The station's clock was set: what ended at times of the other clock says nothing. */
    clockJumped(): void;
    scheduleExists(id: ScheduleId): boolean;
    /** Its id where it is gone. */
    scheduleName(id: ScheduleId): string;
    /** Whether a schedule's time at a moment is any but off; one that is gone is never on. */
    scheduleOn(id: ScheduleId, atMs: number): boolean;
    start(): void;
    stop(): void;
  };

type Known = { order: StreamOrder; now: StreamRecordingNow };
const sameOrder = (a: StreamOrder, b: StreamOrder): boolean =>
  a.wanted === b.wanted && a.armed === b.armed && a.audio === b.audio && a.preRollMs === b.preRollMs;
const sameNow = (a: StreamRecordingNow, b: StreamRecordingNow): boolean =>
  a.mode === b.mode && a.wanted === b.wanted && a.why === b.why && a.kind === b.kind && a.untilMs === b.untilMs;
const offNow: StreamRecordingNow = { mode: 'off', wanted: false, why: 'off', kind: null, untilMs: null };

export function createRecordings(deps: {
  clock: Clock;
  log: Log;
  newId: () => string;
  store: Pick<WriteStore, 'schedule' | 'setting'> & Pick<ReadStore, 'schedules' | 'openEvents'>;
  events: Pick<EventRoom, 'note' | 'finish' | 'listen'>;
  records: () => CameraRecord[];
  record: (id: CameraId) => CameraRecord | null;
  /** What else goes by a schedule. */
  alsoUses: (id: ScheduleId) => ScheduleUsers['watched'];
  cameras: () => Pick<Cameras, 'update'>;
  obey: (camera: CameraRecord, kind: StreamKind, order: StreamOrder) => void;
  /** What is recorded of a camera, or why, is otherwise now. */
  changed: (id: CameraId) => void;
}): RecordingRoom {
  const { clock, log, store, events } = deps;
  const schedules = new Map<ScheduleId, RecordingSchedule>(store.schedules().map((s) => [s.id, s]));
  const known = new Map<StreamId, Known>();
  const triggers = new Map<CameraId, Triggers>();
  /** What a plan says now, per stream: looked up again when that is over. */
  const modes = new Map<StreamId, { when: RecordingWhen; askedMs: number; mode: ModeNow }>();
  const manual = createManualRecordings({ clock, log, events, store, record: deps.record });
  let timer: ReturnType<typeof setTimeout> | null = null;
  let unlisten: (() => void) | null = null;
  let running = false;

  const openTimeZone = (): TimeZone => {
    const name = store.setting.get(zoneKey);
    try {
      return createTimeZone(name ?? ownTimeZone());
    } catch {
      log.error('the time zone of the recording schedules is not known here: that of the system holds', { zone: name });
      return createTimeZone(ownTimeZone());
    }
  };
  let zone = openTimeZone();

  const planOf = (camera: CameraRecord, kind: StreamKind): RecordingPlan | null =>
    (kind === 'main' ? camera.main : camera.sub)?.plan ?? null;

  const modeOf = (streamId: StreamId, when: RecordingWhen, atMs: number): ModeNow => {
    const kept = modes.get(streamId);
    const holds =
      kept !== undefined &&
      kept.when === when &&
      atMs >= kept.askedMs &&
      atMs < (kept.mode.untilMs ?? kept.askedMs + modeHoldsMs);
    if (holds) return kept.mode;
    const mode = modeAt(when, schedules, zone, atMs);
    modes.set(streamId, { when, askedMs: atMs, mode });
    return mode;
  };

  const decide = (camera: CameraRecord, kind: StreamKind, streamId: StreamId): Known => {
    const plan = planOf(camera, kind);
    const atMs = clock.nowMs();
    const before = known.get(streamId)?.order;
    const idle = { wanted: false, armed: false, audio: true, preRollMs: 0, fromMs: atMs };
    if (plan === null || !camera.enabled) return { order: idle, now: offNow };
    const mode = modeOf(streamId, plan.when, atMs);
    const {
      wanted,
      armed,
      why,
      kind: trigger,
      untilMs,
    } = decideRecording({
      atMs,
      plan,
      now: mode,
      triggers: triggers.get(camera.id) ?? noTriggers,
      manualUntilMs: kind === 'main' ? (manual.of(camera.id)?.untilMs ?? null) : null,
    });
    const preRollMs = plan.preRollS * 1000;
    // Only what was armed holds anything; a change to continuous needs no more than the picture of now.
    const rolls = before?.armed === true && why !== 'continuous' ? before.preRollMs : 0;
    const fromMs = before?.wanted === true ? before.fromMs : atMs - rolls;
    return {
      order: { wanted, armed, audio: plan.audio, preRollMs, fromMs },
      now: { mode: mode.mode, wanted, why, kind: trigger, untilMs },
    };
  };

  const evaluate = (camera: CameraRecord): void => {
    let told = false;
    for (const { id, kind } of lanesOf(camera)) {
      const before = known.get(id);
      const next = decide(camera, kind, id);
      known.set(id, next);
      if (before === undefined) continue; // its first order is fetched by who starts it
      if (!sameOrder(before.order, next.order)) deps.obey(camera, kind, next.order);
      if (!sameNow(before.now, next.now)) told = true;
    }
    if (told) deps.changed(camera.id);
  };
  const evaluateAll = (): void => {
    for (const camera of deps.records()) evaluate(camera);
    plan();
  };
  /** Looks again when the first decision may become another. */
  const plan = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (!running) return;
    const now = clock.nowMs();
    let next = now + longestWaitMs;
    for (const { now: it } of known.values()) if (it.untilMs !== null) next = Math.min(next, it.untilMs);
    timer = setTimeout(
      () => {
        manual.look();
        evaluateAll();
      },
      Math.max(1, next - now),
    );
  };
  const evaluateOne = (id: CameraId): void => {
    const camera = deps.record(id);
    if (camera === null) return;
    evaluate(camera);
    plan();
  };

  const settings = () => ({
    zone: zone.name,
    schedules: [...schedules.values()].sort((a, b) => a.name.localeCompare(b.name)),
  });
  const recordedBy = (id: ScheduleId): CameraRecord[] => deps.records().filter((c) => goesBy(c, id));
  /** Who changed what of the weeks that cameras share. */
  const told = (by: string, changed: Event['data'], more: Event['data'] = {}): void => {
    if (Object.keys(changed).length === 0) return;
    const [atMs, data] = [clock.nowMs(), { ...more, by, ...changed }];
    events.note({ kind: 'schedule-changed', severity: 'info', fromMs: atMs, toMs: atMs, data });
    log.info('a schedule was changed', { ...more, by });
  };
  const refuse = (plan: RecordingPlan | undefined): void => {
    if (plan?.when.by === 'schedule' && !schedules.has(plan.when.scheduleId))
      throw new AppError('CONFLICT', 'There is no such schedule any more. Choose another one.', {
        data: { what: 'schedule-gone' },
      });
  };

  return {
    order(camera, kind) {
      const lane = lanesOf(camera).find((l) => l.kind === kind);
      if (lane === undefined) throw new Error(`camera ${camera.id} has no ${kind} stream`);
      const before = known.get(lane.id);
      const next = decide(camera, kind, lane.id);
      known.set(lane.id, next);
      plan();
      // Whoever looks at it next finds nothing new: it is told here, or never.
      if (before !== undefined && !sameNow(before.now, next.now)) deps.changed(camera.id);
      return next.order;
    },
    continuous: (camera, kind, fromMs, toMs) => {
      const asked = planOf(camera, kind);
      return asked === null || !camera.enabled ? [] : continuousWithin(asked.when, schedules, zone, fromMs, toMs);
    },
    now(camera) {
      const of = (kind: StreamKind): StreamRecordingNow => {
        const lane = lanesOf(camera).find((l) => l.kind === kind);
        return (lane === undefined ? undefined : known.get(lane.id)?.now) ?? offNow;
      };
      return { main: of('main'), sub: camera.sub === null ? null : of('sub'), manual: manual.of(camera.id) };
    },
    settings,
    scheduleExists: (id) => schedules.has(id),
    scheduleName: (id) => schedules.get(id)?.name ?? id,
    scheduleOn: (id, atMs) =>
      schedules.has(id) && modeAt({ by: 'schedule', scheduleId: id }, schedules, zone, atMs).mode !== 'off',
    setZone(name, by) {
      if (name !== null) {
        try {
          createTimeZone(name);
        } catch {
          throw invalid('zone', 'gone', `There is no time zone "${name}": give an IANA name such as Europe/Paris.`);
        }
      }
      store.setting.set(zoneKey, name ?? ownTimeZone());
      const was = zone.name;
      zone = openTimeZone();
      told(by, changeData({ zone: was }, { zone: zone.name }));
      modes.clear();
      evaluateAll();
      return settings();
    },
    saveSchedule({ id, name, week }, by) {
      if (id !== undefined && !schedules.has(id)) throw new AppError('NOT_FOUND', 'There is no such schedule.');
      const same = [...schedules.values()].find((s) => s.id !== id && s.name.toLowerCase() === name.toLowerCase());
      if (same !== undefined)
        throw new AppError('CONFLICT', `There is a schedule "${same.name}" already.`, {
          data: { what: 'name', name: same.name },
        });
      const schedule = { id: id ?? ScheduleId.parse(deps.newId()), name, week };
      const was = schedules.get(schedule.id) ?? null;
      store.schedule.save(schedule);
      schedules.set(schedule.id, schedule);
      const changed = changeData(scheduleSaid(was, schedule), scheduleSaid(schedule, was));
      told(by, changed, { schedule: name, change: was === null ? 'added' : 'changed' });
      modes.clear();
      evaluateAll();
      return schedule;
    },
    scheduleUsers(id) {
      if (!schedules.has(id)) throw new AppError('NOT_FOUND', 'There is no such schedule.');
      return { cameras: recordedBy(id).map((c) => c.id), watched: deps.alsoUses(id) };
    },
    removeSchedule(id, by) {
      const schedule = schedules.get(id);
      if (schedule === undefined) throw new AppError('NOT_FOUND', 'There is no such schedule.');
      const users = [...recordedBy(id), ...deps.alsoUses(id)].map(({ name }) => name);
      if (users.length > 0)
        throw new AppError('CONFLICT', `Something goes by this schedule: ${users.slice(0, 8).join(', ')}.`, {
          data: { what: 'schedule-used', names: users.slice(0, 8) },
        });
      store.schedule.remove(id);
      schedules.delete(id);
      const changed = changeData(scheduleSaid(schedule, null), {});
      told(by, changed, { schedule: schedule.name, change: 'removed' });
    },
    async apply({ cameraId, main, sub }, by) {
      refuse(main);
      refuse(sub);
      let changed = 0;
      for (const id of new Set(cameraId)) {
        const camera = deps.record(id);
        if (camera === null) throw new AppError('NOT_FOUND', 'There is no such camera.');
        const change = {
          ...(main !== undefined && { main: { ...camera.main, plan: main } }),
          ...(sub !== undefined && camera.sub !== null && { sub: { ...camera.sub, plan: sub } }),
        };
        if (Object.keys(change).length === 0) continue;
        await deps.cameras().update(id, change, by);
        changed += 1;
      }
      return { changed };
    },
    startManual(id, said) {
      const made = manual.begin(id, said);
      evaluateOne(id);
      deps.changed(id);
      return made;
    },
    stopManual(id, by) {
      if (deps.record(id) === null) throw new AppError('NOT_FOUND', 'There is no such camera.');
      manual.end(id, by);
      evaluateOne(id);
      deps.changed(id);
    },
    forget(camera) {
      manual.end(camera.id);
      triggers.delete(camera.id);
      for (const { id } of lanesOf(camera)) {
        known.delete(id);
        modes.delete(id);
      }
    },
    clockJumped() {
      for (const [id, { running: still }] of triggers) triggers.set(id, { running: still, endedMs: {} });
      evaluateAll();
    },
    start() {
      running = true;
      manual.start();
      unlisten = events.listen((event) => {
        if (event.cameraId === null) return;
        const before = triggers.get(event.cameraId) ?? noTriggers;
        const after = hearTrigger(before, event, clock.nowMs());
        if (after === before) return;
        triggers.set(event.cameraId, after);
        evaluateOne(event.cameraId);
      });
      evaluateAll();
    },
    stop() {
      running = false;
      unlisten?.();
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}
