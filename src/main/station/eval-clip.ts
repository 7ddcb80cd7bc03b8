/** One clip through the analysis, from pictures to events, as a camera's pictures go. */
import { isUnsure, motionEvents, noMotion } from '#domain/decide/motion-event.ts';
import { freshMotionGate, motionGate, wantsDetector, type MotionGate } from '#domain/decide/motion-gate.ts';
import { freshScene, scene, type Scene } from '#domain/decide/scene.ts';
import { freshTracking, keepsLooking, track, tracksOf, type Tracking } from '#domain/decide/track.ts';
import type { Detection } from '#domain/detection.ts';
import { cellMask } from '#domain/motion-cells.ts';
import type { ObjectClass } from '#domain/object-class.ts';
import type { Box } from '#domain/place.ts';
import type { Track } from '#domain/track.ts';
import { usualClasses } from '#domain/watch-zone.ts';
import { WatchSettings } from '#domain/watching.ts';
import type { I420 } from '#media/i420.ts';
import type { EvalFrame } from './eval-frames.ts';
import type { Span } from './eval-score.ts';

/** Clips begin at this time; it does not matter which. */
const startMs = 1_000_000_000_000;

export type Look = (picture: I420, regions: Box[]) => Promise<Detection[]>;
export type ClipLook = {
  frame: number;
  seconds: number;
  /** A detector looked. */
  looked: boolean;
  /** What was followed then: found in this picture, or believed to be there where nobody looked. */
  tracks: Track[];
};
export type ClipResult = {
  looks: ClipLook[];
  motion: Span[];
  objects: { class: ObjectClass; span: Span }[];
  /** Of this thread: for the gate of all pictures, for tracks and scenes. */
  gateCpuMs: number;
  restCpuMs: number;
};

const cpuMs = (since?: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1_000;
};

export async function runClip(
  frames: AsyncIterable<EvalFrame>,
  clip: { fps: number; width: number; height: number },
  minScore: number,
  look: Look,
): Promise<ClipResult> {
  const settings = WatchSettings.parse({});
  const mask = cellMask([]);
  const result: ClipResult = { looks: [], motion: [], objects: [], gateCpuMs: 0, restCpuMs: 0 };
  let gate: MotionGate = freshMotionGate;
  let tracking: Tracking = freshTracking;
  let told: Scene = freshScene;
  let moving = noMotion;
  const open = new Map<string, { class: ObjectClass; fromS: number }>();
  let motionFromS: number | null = null;
  let last = 0;
  let unsure = false;
  const secondsOf = (atMs: number): number => (atMs - startMs) / 1_000;
  for await (const { frame, second, grey, picture } of frames) {
    if (second && !unsure) continue;
    const seconds = frame / clip.fps;
    const atMs = startMs + Math.round(seconds * 1_000);
    last = seconds;
    const from = process.cpuUsage();
    const { sensitivity, minArea, minMotionMs } = settings;
    const [nextGate, seen] = motionGate(gate, { atMs, grey, mask, sensitivity, minArea, anew: false, second });
    gate = nextGate;
    const [nextMoving, saidOfMotion] = motionEvents(moving, { result: seen, minMotionMs });
    moving = nextMoving;
    unsure = isUnsure(moving, { result: seen, minMotionMs });
    result.gateCpuMs += cpuMs(from);
    for (const said of saidOfMotion)
      if (said.is === 'begin') motionFromS = secondsOf(said.fromMs);
      else if (motionFromS !== null) result.motion.push([motionFromS, secondsOf(said.atMs)]);

    // It was for the gate alone.
    if (second) continue;
    const looked = wantsDetector(seen.is, keepsLooking(tracking, atMs));
    const regions = seen.regions.map((r) => r.box);
    const detections = looked ? await look(picture, regions) : null;
    const rest = process.cpuUsage();
    const [nextTracking, changes] = track(tracking, {
      ...{ atMs, aspect: clip.width / clip.height, detections, minScore },
      motion: regions,
    });
    tracking = nextTracking;
    const tracks = tracksOf(tracking);
    const [nextTold, saidOfObjects] = scene(told, {
      ...{ atMs, detected: looked, motion: regions, tracks, changes },
      ...{ zones: [], lines: [] },
    });
    told = nextTold;
    result.restCpuMs += cpuMs(rest);
    for (const said of saidOfObjects)
      if (said.is === 'begin') open.set(said.key, { class: said.class ?? 'person', fromS: secondsOf(said.fromMs) });
      else if (said.is === 'end') {
        const begun = open.get(said.key);
        open.delete(said.key);
        if (begun !== undefined) result.objects.push({ class: begun.class, span: [begun.fromS, secondsOf(said.atMs)] });
      }
    const there = tracks.filter(
      (t) => usualClasses.includes(t.class) && (t.lastMs === atMs || (!looked && t.state !== 'hidden')),
    );
    result.looks.push({ frame, seconds, looked, tracks: there });
  }
  if (moving !== null) result.motion.push([secondsOf(moving.fromMs), last]);
  // What goes on when the clip ends was seen last before, perhaps.
  const seenS = new Map(told.open.map((o) => [o.key, secondsOf(o.lastMs)]));
  for (const [key, { class: cls, fromS }] of open)
    result.objects.push({ class: cls, span: [fromS, seenS.get(key) ?? last] });
  return result;
}
