/** Looks at what a pass had to pass over, as soon as its volume answers: files, lists, then segments, a few at a time. */
import type { IntegrityPass } from '#domain/integrity.ts';
import { ownVolume } from '#domain/volume.ts';
import type { IntegrityWaiting, WaitingVolume } from './integrity-waiting.ts';
import type { ReadStore, StreamRecord } from './index-port.ts';
import type { HereVolume } from './volume-lookup.ts';

const pageRows = 50;

/** Answers false when nothing waits that could be looked at now. Rejects with what the disk or the index says. */
export function createCatchUp(deps: {
  store: Pick<ReadStore, 'streams' | 'segmentsFrom'>;
  waiting: IntegrityWaiting;
  /** It is here and not silent. */
  answers: (volume: number) => boolean;
  here: (volume: number) => HereVolume | null;
  /** Each looks, and answers false where the volume fell silent. */
  files: (of: IntegrityPass, place: HereVolume) => Promise<boolean>;
  lists: (of: IntegrityPass, stream: StreamRecord, place: HereVolume) => Promise<boolean>;
  looked: (of: IntegrityPass, stream: StreamRecord, startMs: number) => Promise<boolean>;
  stopped: () => boolean;
}): (of: IntegrityPass) => Promise<boolean> {
  const { store, waiting, here } = deps;

  const volumeStep = async (of: IntegrityPass, due: WaitingVolume): Promise<void> => {
    const place = here(due.volume);
    if (place === null) return;
    if (due.files) {
      if (await deps.files(of, place)) due.files = false;
      else waiting.rest(due.volume);
      return;
    }
    const stream = store
      .streams()
      .filter((s) => s.id >= due.fromStream)
      .sort((a, b) => a.id - b.id)[0];
    if (stream === undefined) waiting.doneVolume(due.volume);
    else if (await deps.lists(of, stream, place)) due.fromStream = stream.id + 1;
    else waiting.rest(due.volume);
  };

  return async (of) => {
    const due = waiting.due(deps.answers);
    if (due === null) return false;
    if ('volume' in due) {
      await volumeStep(of, due.volume);
      return true;
    }
    const { span } = due;
    const less = (segments: number): void => {
      of.passedOver = Math.max(0, of.passedOver - segments);
    };
    const stream = store.streams().find((s) => s.id === span.streamId);
    const page = stream === undefined ? [] : store.segmentsFrom(stream.id, span.fromMs, span.toMs, pageRows);
    if (stream === undefined || page.length === 0) {
      less(span.segments); // what is left of it was deleted
      waiting.done(span);
      return true;
    }
    for (const { startMs, state, volume = ownVolume } of page) {
      if (deps.stopped()) return true;
      if (state === 'open' || volume !== span.volume) {
        span.fromMs = startMs + 1;
        continue;
      }
      if (!(await deps.looked(of, stream, startMs))) {
        waiting.again(span, startMs);
        return true;
      }
      if (span.segments > 0) less(1);
      waiting.reached(span, startMs);
    }
    return true;
  };
}
