/**
 * When a person should hear that a camera's pictures are looked at much less often than was asked for, or that nobody can look at
 * any. Each is told once, when it has gone on for a while, and ends when it has been well for a while. Pure; to be called every
 * few seconds.
 */
import { mostTroubled, type AnalysisTrouble, type FailedReason, type SlowReason } from '../analysis-trouble.ts';
import type { CameraId } from '../id.ts';
import type { PlateTrouble, WatchTrouble } from '../watching.ts';
import { alarmWatch, calm, type AlarmRule, type AlarmSign, type AlarmWatch } from './alarm-watch.ts';

/** Less than this part of what was asked for is much less; more than that is enough. */
const muchLess = 0.5;
const enough = 0.75;
const slowRule: AlarmRule = { beginMs: 60_000, beginLooks: 4, endMs: 30_000 };
const failedRule: AlarmRule = { beginMs: 30_000, beginLooks: 3, endMs: 15_000 };

/** How a camera that is to be watched is doing. */
export type CameraLook = {
  id: CameraId;
  trouble: WatchTrouble | null;
  /** Of the pictures that were asked for, the part that is looked at; and of those for a detector. 0 … 1. */
  part: number;
  share: number;
  /** Why its plates are not read, where they are to be. */
  plates: PlateTrouble | null;
};
export type AnalysisLooks = {
  atMs: number;
  /** Cameras that are watched, without those in maintenance. */
  cameras: readonly CameraLook[];
  /** There are workers, and none of them can do anything. */
  workersGone: boolean;
};

type Slow = { watch: AlarmWatch; reason: SlowReason };
export type AnalysisWatch = {
  slow: ReadonlyMap<CameraId, Slow>;
  /** By reason, and by camera where it is a camera's. */
  failed: ReadonlyMap<string, AlarmWatch>;
};
export const freshAnalysisWatch: AnalysisWatch = { slow: new Map(), failed: new Map() };

/** `key` names it as long as it goes on. */
export type AnalysisOutput =
  | { is: 'slow'; key: string; fromMs: number; camera: CameraId; reason: SlowReason; part: number }
  | { is: 'failed'; key: string; fromMs: number; camera: CameraId | null; reason: FailedReason; cameras: number }
  /** `unwatched`: nobody asks any more, so nothing is known. */
  | { is: 'end'; key: string; atMs: number; unwatched: boolean };

const ofStation = ['no-ffmpeg', 'no-model', 'model-failed'] as const;
/** Where the PC is busy, or vehicles are small, plates are missed and not all of them: its page says so. */
const ofPlates = ['plates-no-model', 'plates-model-failed'] as const;
const suffers = ({ trouble, plates }: CameraLook, reason: FailedReason): boolean =>
  trouble === reason || (plates !== null && `plates-${plates}` === reason);

export function analysisWatch(state: AnalysisWatch, looks: AnalysisLooks): [AnalysisWatch, AnalysisOutput[]] {
  const { atMs, cameras } = looks;
  const outputs: AnalysisOutput[] = [];
  const slow = new Map<CameraId, Slow>();
  const failed = new Map<string, AlarmWatch>();

  for (const look of cameras) {
    const { part, reason, sign } = slowness(look);
    const was = state.slow.get(look.id);
    const [watch, said] = alarmWatch(was?.watch ?? calm, { atMs, sign }, slowRule);
    const key = `slow ${look.id}`;
    slow.set(look.id, { watch, reason });
    if (said?.is === 'begin') outputs.push({ is: 'slow', key, fromMs: said.fromMs, camera: look.id, reason, part });
    if (said?.is === 'end') outputs.push({ is: 'end', key, atMs: said.atMs, unwatched: false });
  }
  for (const [id, { watch }] of state.slow)
    if (watch.open && !slow.has(id)) outputs.push({ is: 'end', key: `slow ${id}`, atMs, unwatched: true });

  const judge = (key: string, sign: AlarmSign, of: { camera: CameraId | null; reason: FailedReason; n: number }) => {
    const [watch, said] = alarmWatch(state.failed.get(key) ?? calm, { atMs, sign }, failedRule);
    failed.set(key, watch);
    const { camera, reason, n } = of;
    if (said?.is === 'begin') outputs.push({ is: 'failed', key, fromMs: said.fromMs, camera, reason, cameras: n });
    if (said?.is === 'end') outputs.push({ is: 'end', key, atMs: said.atMs, unwatched: false });
  };
  for (const reason of [...ofStation, ...ofPlates]) {
    const n = cameras.filter((c) => suffers(c, reason)).length;
    judge(reason, n > 0 ? 'bad' : 'good', { camera: null, reason, n });
  }
  judge('workers', looks.workersGone ? 'bad' : 'good', { camera: null, reason: 'workers', n: cameras.length });
  for (const { id, trouble } of cameras) {
    const sign = trouble === 'undecodable' ? 'bad' : trouble === 'no-picture' ? 'unknown' : 'good';
    judge(`undecodable ${id}`, sign, { camera: id, reason: 'undecodable', n: 1 });
  }
  for (const [key, watch] of state.failed)
    if (watch.open && !failed.has(key)) outputs.push({ is: 'end', key, atMs, unwatched: true });
  return [{ slow, failed }, outputs];
}

/** Where nobody can look at all, how often they look is not the question. */
function slowness({ trouble, part, share }: CameraLook): { sign: AlarmSign; reason: SlowReason; part: number } {
  if (trouble !== null && trouble !== 'busy' && trouble !== 'key-frames-rare')
    return { sign: 'unknown', reason: 'busy', part: 0 };
  const looked = trouble === null ? 1 : part;
  const least = Math.min(looked, share);
  const sign = least < muchLess ? 'bad' : least >= enough ? 'good' : 'between';
  return { sign, reason: trouble === 'key-frames-rare' && share >= muchLess ? 'key-frames' : 'busy', part: least };
}

/** What was told and has not ended: reasons for which nothing is looked at first, each with the cameras that it is about now. */
export function troublesOf(state: AnalysisWatch, { cameras }: Pick<AnalysisLooks, 'cameras'>): AnalysisTrouble[] {
  const goesOn = (key: string): boolean => state.failed.get(key)?.open === true;
  const troubles: AnalysisTrouble[] = [];
  const add = (reason: AnalysisTrouble['reason'], of: readonly CameraLook[], part: number | null): void => {
    if (of.length === 0) return;
    troubles.push({ reason, cameras: of.slice(0, mostTroubled).map((c) => c.id), count: of.length, part });
  };
  if (goesOn('workers')) add('workers', cameras, null);
  const ofAll = (reasons: readonly FailedReason[]): void => {
    for (const reason of reasons)
      if (goesOn(reason))
        add(
          reason,
          cameras.filter((c) => suffers(c, reason)),
          null,
        );
  };
  ofAll(ofStation);
  add(
    'undecodable',
    cameras.filter((c) => goesOn(`undecodable ${c.id}`)),
    null,
  );
  ofAll(ofPlates);
  for (const reason of ['busy', 'key-frames'] as const) {
    const of = cameras.filter((c) => {
      const slow = state.slow.get(c.id);
      return slow?.watch.open === true && slow.reason === reason;
    });
    add(reason, of, Math.min(...of.map((c) => Math.min(c.part, c.share))));
  }
  return troubles;
}
