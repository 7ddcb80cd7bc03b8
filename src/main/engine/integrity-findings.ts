/** What was found and still holds, over restarts; and the events of it, a few of them one by one. */
import { z } from 'zod';
import { type FindingCode, StationFinding } from '#domain/integrity.ts';
import type { EventKind } from '#domain/event.ts';
import type { Clock } from '#lib/clock.ts';
import type { EventRoom } from './events.ts';
import type { CameraRecord, StreamRecord, WriteStore } from './index-port.ts';

const settingKey = 'integrity-findings';
const mostKept = 500;
/** Events of one pass told one by one; the others are counted in one more at its end. */
const mostEvents = 20;

export type Found = { code: FindingCode; path: string; text: string; startMs: number | null };
export type IntegrityFindings = {
  list(): StationFinding[];
  /** Found and not kept one by one. */
  more(): number;
  /** Found now. */
  found(stream: StreamRecord, finding: Found): void;
  /** A later look found nothing wrong with this segment, in the way that these codes say. */
  cleared(stream: StreamRecord, startMs: number, codes: readonly FindingCode[]): void;
  /**
   * All that is wrong with a stream now, in the way that these codes say. `unseen`: what could not be looked at, and stays as it was
   * found.
   */
  settle(
    stream: StreamRecord,
    codes: readonly FindingCode[],
    found: readonly Found[],
    unseen: (startMs: number | null) => boolean,
  ): void;
  /** A new pass begins: what could not be kept is counted anew. */
  begin(): void;
  /** A pass is over: those that were not told get one event together. */
  end(): void;
};

function kindOf(code: FindingCode): EventKind {
  if (code === 'no-file') return 'segment-missing';
  return code.startsWith('chain') || code === 'list-differs' || code === 'link-differs'
    ? 'chain-broken'
    : 'segment-corrupt';
}

const Kept = z.object({ list: z.array(StationFinding), more: z.number() });

export function createIntegrityFindings(deps: {
  setting: WriteStore['setting'];
  events: Pick<EventRoom, 'note'>;
  camera: (stream: StreamRecord) => CameraRecord | null;
  clock: Clock;
}): IntegrityFindings {
  const { setting, events, clock } = deps;
  const kept = read(setting.get(settingKey));
  const byKey = new Map(kept.list.map((f) => [keyOf(f), f]));
  let more = kept.more;
  let told = 0;
  let untold = 0;

  const save = (): void => setting.set(settingKey, JSON.stringify({ list: [...byKey.values()], more }));

  const tell = (stream: StreamRecord, f: Found): void => {
    if (told >= mostEvents) {
      untold += 1;
      return;
    }
    told += 1;
    const atMs = clock.nowMs();
    events.note({
      kind: kindOf(f.code),
      severity: 'alarm',
      cameraId: stream.cameraId,
      fromMs: atMs,
      toMs: atMs,
      data: {
        camera: deps.camera(stream)?.name ?? stream.folder,
        stream: stream.kind,
        startMs: f.startMs,
        path: f.path,
        text: f.text,
      },
    });
  };

  const found = (stream: StreamRecord, f: Found): void => {
    const made: StationFinding = { ...f, cameraId: stream.cameraId, stream: stream.kind, foundMs: clock.nowMs() };
    const key = keyOf(made);
    if (byKey.has(key)) return;
    if (byKey.size >= mostKept) more += 1;
    else byKey.set(key, made);
    save();
    tell(stream, f);
  };

  /** Forgets what is no longer so. */
  const forget = (over: (f: StationFinding) => boolean): void => {
    const gone = [...byKey].filter(([, f]) => over(f));
    for (const [key] of gone) byKey.delete(key);
    if (gone.length > 0) save();
  };
  const isOf = (f: StationFinding, stream: StreamRecord): boolean =>
    f.cameraId === stream.cameraId && f.stream === stream.kind;

  return {
    list: () => [...byKey.values()].sort((a, b) => b.foundMs - a.foundMs),
    more: () => more,
    found,
    cleared(stream, startMs, codes) {
      forget((f) => isOf(f, stream) && f.startMs === startMs && codes.includes(f.code));
    },
    settle(stream, codes, all, unseen) {
      const still = new Set(all.map((f) => `${f.code} ${f.path} ${f.text}`));
      forget(
        (f) =>
          isOf(f, stream) &&
          codes.includes(f.code) &&
          !still.has(`${f.code} ${f.path} ${f.text}`) &&
          !unseen(f.startMs),
      );
      for (const f of all) found(stream, f);
    },
    begin() {
      told = 0;
      untold = 0;
      more = 0;
      save();
    },
    end() {
      if (untold === 0) return;
      const atMs = clock.nowMs();
      events.note({
        kind: 'segment-corrupt',
        severity: 'alarm',
        fromMs: atMs,
        toMs: atMs,
        data: { more: untold },
      });
      untold = 0;
    },
  };
}

const keyOf = (f: StationFinding): string =>
  `${f.cameraId ?? ''} ${f.stream ?? ''} ${f.startMs ?? ''} ${f.code} ${f.path} ${f.text}`;

function read(text: string | null): z.infer<typeof Kept> {
  try {
    return Kept.parse(JSON.parse(text ?? '{}'));
  } catch {
    return { list: [], more: 0 }; // the next pass finds again what is wrong
  }
}
