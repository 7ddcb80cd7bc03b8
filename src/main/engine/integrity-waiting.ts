/**
 * What the look at recordings passed over, because a volume was away or did not answer: due again as soon as it does. Kept over restarts,
 * and short however much it is (`domain/decide/waiting-segments.ts`).
 */
import { z } from 'zod';
import { addWaiting, type WaitingSegment, WaitingSpan } from '#domain/decide/waiting-segments.ts';
import type { Clock } from '#lib/clock.ts';
import type { WriteStore } from './index-port.ts';

const settingKey = 'integrity-waiting';
const mostSpans = 1_000;
/** One that does not answer while it is caught up with has this long a rest: it does not hold up the look at the others. */
const restMs = 5 * 60_000;

const WaitingVolume = z.object({
  volume: z.number().int().min(1),
  /** Its files were not laid beside the index. */
  files: z.boolean(),
  /** Its lists of streams with this id and higher were not laid beside the chains. */
  fromStream: z.number().int().min(0),
});
export type WaitingVolume = z.infer<typeof WaitingVolume>;
const Waiting = z.object({ volumes: z.array(WaitingVolume), spans: z.array(WaitingSpan) });

export type IntegrityWaiting = {
  /** A segment was passed over. */
  passed(segment: WaitingSegment): void;
  /** One was looked at: what is passed over next lies apart from what was before. */
  looked(): void;
  /** Files of a whole volume, or its lists, were passed over. */
  passedVolume(volume: number): void;
  /** What a look could go on with; null: nothing waits that answers. */
  due(answers: (volume: number) => boolean): { volume: WaitingVolume } | { span: WaitingSpan } | null;
  doneVolume(volume: number): void;
  /** Of a span, all up to this one was looked at. */
  reached(span: WaitingSpan, startMs: number): void;
  /** The span is through, or its stream is gone. */
  done(span: WaitingSpan): void;
  /** It was passed over once more: the rest of the span comes before it, and its volume rests. */
  again(span: WaitingSpan, startMs: number): void;
  rest(volume: number): void;
  /** A new pass looks at everything. */
  clear(): void;
  any(): boolean;
  save(): void;
};

export function createIntegrityWaiting(deps: { setting: WriteStore['setting']; clock: Clock }): IntegrityWaiting {
  const { setting, clock } = deps;
  let { volumes, spans } = read(setting.get(settingKey));
  let joins = false;
  let changed = false;
  const resting = new Map<number, number>();

  const passed = (segment: WaitingSegment): void => {
    spans = addWaiting(spans, segment, joins, mostSpans);
    joins = true;
    changed = true;
  };
  const rest = (volume: number): void => {
    resting.set(volume, clock.monoMs() + restMs);
  };
  return {
    passed,
    looked() {
      joins = false;
    },
    passedVolume(volume) {
      if (volumes.some((v) => v.volume === volume && v.files && v.fromStream === 0)) return;
      volumes = [...volumes.filter((v) => v.volume !== volume), { volume, files: true, fromStream: 0 }];
      changed = true;
    },
    due(answers) {
      const ready = (volume: number): boolean => (resting.get(volume) ?? 0) <= clock.monoMs() && answers(volume);
      const volume = volumes.find((v) => ready(v.volume));
      if (volume !== undefined) return { volume };
      const span = spans.find((s) => ready(s.volume));
      return span === undefined ? null : { span };
    },
    doneVolume(volume) {
      volumes = volumes.filter((v) => v.volume !== volume);
      changed = true;
    },
    reached(span, startMs) {
      span.fromMs = startMs + 1;
      span.segments = Math.max(0, span.segments - 1);
      changed = true;
    },
    done(span) {
      spans = spans.filter((s) => s !== span);
      changed = true;
    },
    again(span, startMs) {
      this.reached(span, startMs);
      joins = false;
      passed({ streamId: span.streamId, volume: span.volume, startMs });
      joins = false;
      rest(span.volume);
    },
    rest,
    clear() {
      volumes = [];
      spans = [];
      joins = false;
      changed = true;
    },
    any: () => volumes.length + spans.length > 0,
    save() {
      if (!changed) return;
      changed = false;
      setting.set(settingKey, JSON.stringify({ volumes, spans }));
    },
  };
}

function read(text: string | null): z.infer<typeof Waiting> {
  try {
    return Waiting.parse(JSON.parse(text ?? '{}'));
  } catch {
    return { volumes: [], spans: [] }; // never set: the next pass looks at everything
  }
}
