/**
 * Whether a stream is to be recorded now, why, and until when that can hold by itself. Pure; times are station time in UTC
 * ms. What a camera's events say is kept per camera (`hearTrigger`), what is wanted is decided per stream.
 */
import type { Event } from '../event.ts';
import type { EventId } from '../id.ts';
import type { RecordingWhy } from '../recording-now.ts';
import { TriggerKind, type ModeNow, type RecordingPlan } from '../recording-plan.ts';

/** What goes on at a camera that can make its streams be recorded. */
export type Triggers = {
  running: readonly { id: EventId; kind: TriggerKind }[];
  /** When the newest of each kind ended; may lie ahead, where it was told so. */
  endedMs: Readonly<Partial<Record<TriggerKind, number>>>;
};

export const noTriggers: Triggers = { running: [], endedMs: {} };

/** More that run at once at one camera are not told apart; the oldest are let go. */
const mostRunning = 64;
/** An end further ahead than this, when it is heard of, is not believed. */
const farthestEndMs = 3_600_000;

const isTrigger = (kind: Event['kind']): kind is TriggerKind => TriggerKind.options.some((k) => k === kind);

/**
 * Takes in that an event of the camera began, or has ended. One that another program posted without an end is a moment: it
 * cannot be ended later.
 */
export function hearTrigger(
  state: Triggers,
  event: Pick<Event, 'id' | 'kind' | 'fromMs' | 'toMs'>,
  atMs: number,
): Triggers {
  const { id, kind } = event;
  if (!isTrigger(kind)) return state;
  const others = state.running.filter((r) => r.id !== id);
  const toMs = event.toMs ?? (kind === 'external' ? event.fromMs : null);
  if (toMs === null) return { ...state, running: [...others, { id, kind }].slice(-mostRunning) };
  const endMs = Math.max(Math.min(toMs, atMs + farthestEndMs), state.endedMs[kind] ?? 0);
  return { running: others, endedMs: { ...state.endedMs, [kind]: endMs } };
}

export type RecordingFacts = {
  atMs: number;
  plan: RecordingPlan;
  now: ModeNow;
  triggers: Triggers;
  /** A person has asked for it up to this moment; null: nobody has. */
  manualUntilMs: number | null;
};

export type RecordingDecision = {
  wanted: boolean;
  /** What waits for a trigger, or goes on for one. */
  armed: boolean;
  why: RecordingWhy;
  /** What triggered it; null where nothing did. */
  kind: TriggerKind | null;
  /** When this can become otherwise without anything being heard; null: never. */
  untilMs: number | null;
};

const earliest = (...times: (number | null)[]): number | null =>
  times.reduce((a, b) => (a === null ? b : b === null ? a : Math.min(a, b)), null);

export function decideRecording({ atMs, plan, now, triggers, manualUntilMs }: RecordingFacts): RecordingDecision {
  const manual = manualUntilMs !== null && manualUntilMs > atMs ? manualUntilMs : null;
  const { mode, untilMs } = now;
  const armed = mode === 'motion' || mode === 'events';
  const kinds: readonly TriggerKind[] = mode === 'motion' ? ['motion'] : armed ? plan.kinds : [];
  if (mode === 'continuous') return { wanted: true, armed, why: mode, kind: null, untilMs };

  const running = triggers.running.find((r) => kinds.includes(r.kind));
  if (running !== undefined && armed) return { wanted: true, armed, why: mode, kind: running.kind, untilMs };

  let lastMs = Number.NEGATIVE_INFINITY;
  let kind: TriggerKind | null = null;
  for (const k of kinds) {
    const endedMs = triggers.endedMs[k];
    if (endedMs === undefined || endedMs <= lastMs) continue;
    lastMs = endedMs;
    kind = k;
  }
  const quietMs = lastMs + plan.postRollS * 1000;
  if (armed && lastMs > atMs) return { wanted: true, armed, why: mode, kind, untilMs: earliest(lastMs, untilMs) };
  if (quietMs > atMs) return { wanted: true, armed, why: 'post-roll', kind, untilMs: earliest(quietMs, untilMs) };
  if (manual !== null) return { wanted: true, armed, why: 'manual', kind: null, untilMs: earliest(manual, untilMs) };
  return { wanted: false, armed, why: armed ? 'armed' : 'off', kind: null, untilMs };
}
