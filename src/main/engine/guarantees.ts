/**
 * One alarm for each volume that is too small for what is guaranteed on it, from a week before until it is large enough again: the forecast
 * says what will have to go, retention what goes.
 */
import type { GuaranteeStep } from '#domain/decide/guarantee-watch.ts';
import { guaranteeStep } from '#domain/decide/guarantee-watch.ts';
import type { EventId } from '#domain/id.ts';
import type { ShortVolume } from '#domain/short-volume.ts';
import { dayMs } from '#domain/time.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { EventRoom } from './events.ts';

/** A stream whose minimum is not kept, or will not be. */
export type ShortStream = ShortVolume['of'][number];

/** What the forecast says of a volume; `shortAtMs`, `short` (those first that lose most) as far as something is guaranteed there. */
export type ForeseenVolume = {
  volume: number;
  path: string;
  shortAtMs: number | null;
  short: readonly ShortStream[];
  heldBytes: number;
};

export type Guarantees = {
  /** Takes over what the last run said and did not end. */
  start(): void;
  /** A forecast of all volumes that are here. */
  foresee(volumes: readonly ForeseenVolume[]): void;
  /** Guaranteed footage of a stream was deleted, because nothing else was left and the volume was about to be full. */
  went(volume: number, path: string, stream: ShortStream): void;
  /** Guaranteed footage of it is being deleted. */
  goes(volume: number): boolean;
  /** Volumes that are too small; for the health page. */
  short(): ShortVolume[];
};

/** So many streams are named. */
const mostNamed = 5;

type Watched = {
  step: GuaranteeStep;
  event: EventId | null;
  path: string;
  shortAtMs: number | null;
  short: readonly ShortStream[];
  heldBytes: number;
  /** Since when guaranteed footage goes, when it went last, and whose. */
  sinceMs: number;
  wentMs: number | null;
  gone: Map<string, ShortStream>;
};

export function createGuarantees(deps: {
  clock: Pick<Clock, 'nowMs'>;
  log: Log;
  store: { openEvents(): readonly { id: EventId; kind: string; fromMs: number; data: Record<string, unknown> }[] };
  events: Pick<EventRoom, 'note' | 'finish'>;
}): Guarantees {
  const { clock, log, events } = deps;
  const watched = new Map<number, Watched>();
  const of = (volume: number, path: string): Watched => {
    let one = watched.get(volume);
    if (one === undefined) {
      one = {
        ...{ step: 'kept', event: null, path, shortAtMs: null, short: [], heldBytes: 0 },
        ...{ sinceMs: 0, wentMs: null, gone: new Map<string, ShortStream>() },
      };
      watched.set(volume, one);
    }
    one.path = path;
    return one;
  };

  /** null: what is guaranteed there is kept, as far as is known. */
  const shortOf = (volume: number, one: Watched): ShortVolume | null => {
    if (one.step === 'kept') return null;
    const going = one.step === 'going';
    const keyOf = (s: ShortStream): string => `${s.cameraId} ${s.stream}`;
    const foreseen = new Map(one.short.map((s) => [keyOf(s), s]));
    // What goes is named although the forecast has it kept: other programs may have filled the disk.
    const all = [...foreseen.values(), ...[...one.gone].flatMap(([key, s]) => (foreseen.has(key) ? [] : [s]))];
    return {
      volume,
      path: one.path,
      is: going ? 'going' : 'ahead',
      atMs: going ? one.sinceMs : (one.shortAtMs ?? clock.nowMs()),
      of: all.slice(0, mostNamed),
      streams: all.length,
      heldBytes: Math.round(one.heldBytes),
    };
  };

  const look = (volume: number, one: Watched): void => {
    const nowMs = clock.nowMs();
    const step = guaranteeStep(one.step, { nowMs, shortAtMs: one.shortAtMs, wentMs: one.wentMs });
    if (step === one.step) return;
    one.step = step;
    if (step === 'going') one.sinceMs = nowMs;
    else one.gone.clear();
    if (one.event !== null) events.finish(one.event, nowMs);
    one.event = null;
    const short = shortOf(volume, one);
    if (short === null) {
      log.info('what is guaranteed on a volume can be kept again', { path: one.path });
      return;
    }
    log.warn('a volume is too small for what is guaranteed on it', { words: shortWords(short) });
    const [first] = short.of;
    const data = {
      ...{ camera: first?.name ?? null, days: (first?.minMs ?? 0) / dayMs },
      keptDays: first?.keptMs == null ? null : first.keptMs / dayMs,
      ...{ streams: short.streams, shortAtMs: one.shortAtMs, path: one.path, volume, step },
    };
    const kind = step === 'going' ? 'minimum-broken' : 'minimum-ahead';
    one.event = events.note({ kind, severity: step === 'week' ? 'warning' : 'alarm', data })?.id ?? null;
  };

  return {
    start() {
      for (const { id, kind, fromMs, data } of deps.store.openEvents()) {
        const { volume, path, step } = data;
        if (kind !== 'minimum-ahead' && kind !== 'minimum-broken') continue;
        if (typeof volume !== 'number' || watched.has(volume)) {
          events.finish(id, clock.nowMs());
          continue;
        }
        const one = of(volume, typeof path === 'string' ? path : '');
        one.event = id;
        one.step = kind === 'minimum-broken' ? 'going' : step === 'day' ? 'day' : 'week';
        one.sinceMs = fromMs;
      }
    },
    foresee(volumes) {
      for (const { volume, path, shortAtMs, short, heldBytes } of volumes)
        Object.assign(of(volume, path), { shortAtMs, short, heldBytes });
      const here = new Set(volumes.map((v) => v.volume));
      for (const [volume, one] of watched) {
        // From one that is not here, or was taken out, nothing goes.
        if (!here.has(volume)) Object.assign(one, { shortAtMs: null, wentMs: null });
        look(volume, one);
      }
    },
    went(volume, path, stream) {
      const one = of(volume, path);
      one.wentMs = clock.nowMs();
      one.gone.set(`${stream.cameraId} ${stream.stream}`, stream);
      look(volume, one);
    },
    goes: (volume) => watched.get(volume)?.step === 'going',
    short: () => [...watched].flatMap(([volume, one]) => shortOf(volume, one) ?? []),
  };
}

/** The same in words, for logs and other programs. */
export function shortWords({ path, is, atMs, of, streams, heldBytes }: ShortVolume): string {
  const daysOf = (ms: number): string => String(Math.round((ms / dayMs) * 10) / 10);
  const names = of.map(({ name, stream, minMs, keptMs }) => {
    const kept = keptMs === null ? '' : `, ${daysOf(keptMs)} kept`;
    return `${name} (${stream}, ${daysOf(minMs)} days guaranteed${kept})`;
  });
  const more = streams > of.length ? ` and ${String(streams - of.length)} more` : '';
  const held = heldBytes > 0 ? ` Holds keep ${(heldBytes / 1e9).toFixed(1)} GB of it.` : '';
  const whose = names.length === 0 ? '' : `: ${names.join(', ')}${more}`;
  const at = new Date(atMs).toISOString().slice(0, 16);
  const goes = is === 'going' ? `It is being deleted since ${at}Z.` : `The first goes at ${at}Z.`;
  return `${path} is too small for what is guaranteed on it${whose}. ${goes}${held} Add a disk, lower a minimum, or record less.`;
}
