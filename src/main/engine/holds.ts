/** Footage that nothing deletes. All of it is in memory: retention asks before every file. */
import { AppError, invalid } from '#contract/error.ts';
import type { Caller } from '#contract/call.ts';
import { changeData } from '#domain/change.ts';
import type { Event } from '#domain/event.ts';
import { heldSpans, holdState, touched, type Hold, type HoldDraft } from '#domain/hold.ts';
import { HoldId, type CameraId } from '#domain/id.ts';
import { holdSaid } from '#domain/said-retention.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { EventRoom } from './events.ts';
import type { WriteStore } from './index-port.ts';
import type { Holds } from './retention-rooms.ts';

/** Holds that hold at the same time. */
const mostHolding = 5_000;

export type HoldRoom = Holds & {
  /** Spans of a camera that are held now, ascending, merged. */
  spans(cameraId: CameraId): readonly (readonly [number, number])[];
  isHeld(cameraId: CameraId, fromMs: number, toMs: number): boolean;
  /** Those that name a camera, lifted and ended ones too. */
  ofCamera(cameraId: CameraId): Hold[];
  /** Grows whenever what is held may be another. */
  version(): number;
};

export function createHolds(deps: {
  store: Pick<WriteStore, 'hold'>;
  clock: Clock;
  log: Log;
  newId: () => string;
  events: Pick<EventRoom, 'note'>;
  /** Its name, of present and removed cameras; null: it never was here. */
  cameraName: (id: CameraId) => string | null;
  /** What is kept beside the video of these cameras is another now. */
  changed: (cameraIds: readonly CameraId[]) => void;
}): HoldRoom {
  const { store, clock, log, events } = deps;
  const byId = new Map<HoldId, Hold>(store.hold.all().map((hold) => [hold.id, hold]));
  let version = 0;
  let known = new Map<CameraId, [number, number][]>();
  /** When the first of them ends by itself. */
  let nextEndMs = -Infinity;

  const refresh = (): void => {
    const now = clock.nowMs();
    if (now < nextEndMs) return;
    known = new Map();
    version += 1;
    nextEndMs = Math.min(
      Infinity,
      ...[...byId.values()].flatMap((h) => (h.untilMs !== null && holdState(h, now) === 'holding' ? [h.untilMs] : [])),
    );
  };
  const spans = (cameraId: CameraId): [number, number][] => {
    refresh();
    let mine = known.get(cameraId);
    if (mine === undefined) known.set(cameraId, (mine = heldSpans(byId.values(), cameraId, clock.nowMs())));
    return mine;
  };

  const keep = (hold: Hold): Hold => {
    store.hold.put(hold);
    byId.set(hold.id, hold);
    nextEndMs = -Infinity;
    refresh();
    deps.changed(hold.cameraIds);
    return hold;
  };
  const words = {
    'hold-placed': 'footage is held',
    'hold-changed': 'a hold was changed',
    'hold-lifted': 'footage is held no more',
  };
  const note = (kind: keyof typeof words, hold: Hold, by: string, more: Event['data']): void => {
    const now = clock.nowMs();
    for (const cameraId of hold.cameraIds) {
      const data = { camera: deps.cameraName(cameraId), by, spanFromMs: hold.fromMs, spanToMs: hold.toMs, ...more };
      events.note({ kind, severity: 'info', cameraId, fromMs: now, toMs: now, data });
    }
    log.info(words[kind], { hold: hold.id, cameras: hold.cameraIds.length, by });
  };
  const present = (id: HoldId): Hold => {
    const hold = byId.get(id);
    if (hold === undefined) throw new AppError('NOT_FOUND', 'There is no such hold.');
    return hold;
  };
  const future = (untilMs: number | null): void => {
    if (untilMs !== null && untilMs <= clock.nowMs())
      throw invalid('untilMs', 'past', 'A hold ends in the future, or when it is lifted.');
  };
  const liftedAlready = (): AppError =>
    new AppError('CONFLICT', 'This hold has been lifted already.', { data: { what: 'lifted' } });

  return {
    list: () => [...byId.values()].toSorted((a, b) => b.createdMs - a.createdMs || (a.id < b.id ? 1 : -1)),
    place(draft: HoldDraft, caller) {
      for (const id of draft.cameraIds)
        if (deps.cameraName(id) === null) throw new AppError('NOT_FOUND', 'There is no such camera.');
      future(draft.untilMs);
      const now = clock.nowMs();
      const holding = [...byId.values()].filter((h) => holdState(h, now) === 'holding').length;
      if (holding >= mostHolding)
        throw new AppError('CONFLICT', `${mostHolding} holds are there already: lift some first.`, {
          data: { what: 'holds', number: mostHolding },
        });
      const hold = keep({
        id: HoldId.parse(deps.newId()),
        ...draft,
        cameraIds: [...new Set(draft.cameraIds)],
        createdMs: now,
        createdBy: caller.name,
        lifted: null,
      });
      note('hold-placed', hold, caller.name, { text: hold.reason, owner: hold.owner, untilMs: hold.untilMs });
      return hold;
    },
    change(id, { reason, owner, untilMs }, caller: Caller) {
      const was = present(id);
      if (was.lifted !== null) throw liftedAlready();
      if (untilMs !== undefined) {
        future(untilMs);
        const earlier = untilMs !== null && (was.untilMs === null || untilMs < was.untilMs);
        if (earlier && caller.role !== 'administrator')
          throw new AppError('FORBIDDEN', 'Only an administrator may let a hold end earlier.', {
            data: { reason: 'hold-earlier' },
          });
      }
      const hold = keep({
        ...was,
        reason: reason ?? was.reason,
        owner: owner ?? was.owner,
        untilMs: untilMs === undefined ? was.untilMs : untilMs,
      });
      const changed = changeData(holdSaid(was), holdSaid(hold));
      if (Object.keys(changed).length > 0) note('hold-changed', hold, caller.name, changed);
      return hold;
    },
    lift(id, reason, caller) {
      const was = present(id);
      if (was.lifted !== null) throw liftedAlready();
      const hold = keep({ ...was, lifted: { atMs: clock.nowMs(), by: caller.name, reason } });
      note('hold-lifted', hold, caller.name, { text: reason });
      return hold;
    },
    spans,
    isHeld: (cameraId, fromMs, toMs) => touched(spans(cameraId), fromMs, toMs) !== null,
    ofCamera: (cameraId) => [...byId.values()].filter((h) => h.cameraIds.includes(cameraId)),
    version() {
      refresh();
      return version;
    },
  };
}
