/** Live pictures for many viewers: who watches what, how fast, and in which codec. */
import type { Caller } from '#contract/call.ts';
import type { LiveNotice, LiveRequest } from '#contract/live.ts';
import type { CameraId, StreamId } from '#domain/id.ts';
import type { Polygon } from '#domain/place.ts';
import { includes } from '#domain/user.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { createFeed, renumbered, type Feed, type FeedFrame } from './live-feed.ts';
import { createLag, freshLine, paceRule, stepLine, stepPace, type Line, type Pace } from './live-pace.ts';
import { readFormat, transcoding } from './live-transcode.ts';
import type { Ffmpeg } from './ffmpeg-port.ts';
import type { LiveDoor, LiveSource, Viewer } from './live-port.ts';
import type { PrivacyDoor } from './privacy-port.ts';
import type { Cameras } from './rooms.ts';

export type LiveHub = LiveDoor & {
  /** Follows the cameras, to end what is watched of a removed one. */
  start(): void;
  stop(): void;
};

type WatchRequest = Extract<LiveRequest, { op: 'watch' }>;
type EndReason = Extract<LiveNotice, { op: 'ended' }>['reason'];

const maxWatches = 256;
const keyWithinMs = 5000;
/** Numbers above every StreamId: transcoded streams, and second pictures of one stream on one socket. */
const firstTranscoded = 0x8000_0000;
const firstSecond = 0xc000_0000;

export function createLive(deps: {
  source: LiveSource;
  cameras: Pick<Cameras, 'get' | 'streamId' | 'watch'>;
  privacy: PrivacyDoor;
  ffmpeg: Pick<Ffmpeg, 'found' | 'transcode'>;
  clock: Clock;
  log: Log;
}): LiveHub {
  const { source, cameras, privacy, ffmpeg, clock, log } = deps;
  const feeds = new Map<StreamId, Feed>();
  /** By stream and what is black in it. */
  const transcoded = new Map<string, Feed>();
  const connections = new Set<{
    endCamera(gone: (id: CameraId) => boolean): void;
    recheck(id: CameraId | null): void;
  }>();
  let nextTranscoded = firstTranscoded;
  let following: AbortController | null = null;
  let unfollowPrivacy: (() => void) | null = null;
  let stopped = false;

  const feedOf = (streamId: StreamId): Feed => {
    let feed = feeds.get(streamId);
    if (!feed) {
      feed = createFeed(streamId, (sink) => source.watch(streamId, sink), { onIdle: () => feeds.delete(streamId) });
      feeds.set(streamId, feed);
    }
    return feed;
  };
  const transcodedOf = (streamId: StreamId, black: readonly Polygon[]): Feed => {
    const name = `${streamId} ${JSON.stringify(black)}`;
    let feed = transcoded.get(name);
    if (!feed) {
      const live = nextTranscoded;
      nextTranscoded = live + 1 < firstSecond ? live + 1 : firstTranscoded;
      const watch = transcoding({ base: feedOf(streamId), ffmpeg, live, black, clock, log });
      feed = createFeed(live, watch, { onIdle: () => transcoded.delete(name) });
      transcoded.set(name, feed);
    }
    return feed;
  };

  async function follow(signal: AbortSignal): Promise<void> {
    for await (const { value } of cameras.watch(signal)) {
      if (value.type === 'removed') for (const c of connections) c.endCamera((id) => id === value.id);
      // Its private zones may be others now.
      if (value.type === 'camera') for (const c of connections) c.recheck(value.camera.id);
      if (value.type !== 'all') continue;
      const there = new Set(value.cameras.map((camera) => camera.id));
      for (const c of connections) {
        c.endCamera((id) => !there.has(id));
        c.recheck(null);
      }
    }
  }

  return {
    start() {
      if (following) return;
      following = new AbortController();
      unfollowPrivacy = privacy.onChange(() => {
        for (const c of connections) c.recheck(null);
      });
      const { signal } = following;
      follow(signal).catch((error: unknown) => {
        if (!signal.aborted) log.error('cameras can no longer be followed', { error: String(error) });
      });
    },
    stop() {
      following?.abort();
      following = null;
      unfollowPrivacy?.();
      unfollowPrivacy = null;
      stopped = true;
      for (const feed of [...transcoded.values(), ...feeds.values()]) feed.stop();
    },
    viewers: () => connections.size,

    connect(viewer, caller) {
      const connection = createConnection({
        viewer,
        caller,
        cameras,
        privacy,
        feedOf,
        transcodedOf,
        canTranscode: () => ffmpeg.found !== null,
        clock,
      });
      connections.add(connection);
      return {
        request(request) {
          if (!stopped) connection.request(request);
        },
        close() {
          connections.delete(connection);
          connection.close();
        },
      };
    },

    keyFrame(cameraId, kind) {
      const streamId = cameras.get(cameraId) ? cameras.streamId(cameraId, kind) : null;
      if (streamId === null) return Promise.resolve(null);
      return new Promise((done) => {
        let format: ReturnType<typeof readFormat> = null;
        let key: FeedFrame | null = null;
        let unsubscribe: () => void = () => undefined;
        let settled = false;
        const settle = (found: FeedFrame | null): void => {
          if (settled) return;
          settled = true;
          clearTimeout(timer);
          queueMicrotask(() => unsubscribe());
          const { look } = found ?? {};
          done(
            look && format ? { track: format.video, data: look.payload, atMs: Math.round(look.ptsUs / 1000) } : null,
          );
        };
        const timer = setTimeout(() => settle(null), keyWithinMs);
        unsubscribe = feedOf(streamId).subscribe({
          frame(frame) {
            const { kind: what, key: isKey, arrivedUs } = frame.look;
            if (what === 'format') format = readFormat(frame);
            else if (what === 'video' && isKey) key = frame;
            // The last key frame of a camera that is gone is no picture of now: something must have come just now.
            if (key && format && what === 'video' && clock.nowUs() - arrivedUs < keyWithinMs * 1000) settle(key);
          },
          end: () => settle(null),
        });
      });
    },
  };
}

type Watch = {
  request: WatchRequest;
  live: number;
  feed: Feed;
  /** What of it must be black for this viewer; empty: it is given as it is. */
  black: readonly Polygon[];
  pace: Pace;
  askedKeysOnly: boolean;
  unsubscribe: () => void;
};

function createConnection(deps: {
  viewer: Viewer;
  caller: Caller;
  cameras: Pick<Cameras, 'get' | 'streamId'>;
  privacy: Pick<PrivacyDoor, 'black'>;
  feedOf: (streamId: StreamId) => Feed;
  transcodedOf: (streamId: StreamId, black: readonly Polygon[]) => Feed;
  canTranscode: () => boolean;
  clock: Clock;
}) {
  const { viewer, caller, cameras, clock } = deps;
  const watches = new Map<number, Watch>();
  const lag = createLag();
  let line: Line = freshLine;
  let nextSecond = firstSecond;

  const end = (ref: number, reason: EndReason): void => {
    const watch = watches.get(ref);
    watches.delete(ref);
    watch?.unsubscribe();
    viewer.notice({ op: 'ended', ref, reason });
  };
  const look = (): void => {
    const nowMs = clock.monoMs();
    const pendingBytes = viewer.pendingBytes();
    const was = line.slow;
    line = stepLine(line, { lagMs: lag.lagMs(pendingBytes, nowMs), pendingBytes, nowMs });
    if (line.slow === was) return;
    for (const ref of watches.keys()) viewer.notice({ op: 'dropping', ref, keysOnly: line.slow });
  };
  const give = (watch: Watch, frame: FeedFrame): void => {
    if (frame.look.kind === 'audio' && !watch.request.audio) return;
    look();
    const pendingBytes = viewer.pendingBytes();
    const full = pendingBytes + frame.buffer.byteLength > paceRule.fullBytes && pendingBytes > 0;
    // A new picture never makes a busy line wait for more than its key frame.
    const late = frame.look.cached && pendingBytes > paceRule.busyBytes;
    const { pace, send } = stepPace(watch.pace, frame.look, {
      keysOnly: line.slow || watch.askedKeysOnly || late,
      full,
    });
    watch.pace = pace;
    if (!send) return;
    lag.handed(frame.buffer.byteLength, clock.monoMs());
    viewer.frame(watch.live === frame.look.live ? frame.buffer : renumbered(frame.buffer, watch.live));
  };
  const attach = (watch: Watch, streamId: StreamId): void => {
    const { ref } = watch.request;
    let attached: () => void = () => undefined;
    let left = false;
    watch.unsubscribe = () => {
      left = true;
      attached();
    };
    attached = watch.feed.subscribe({
      frame(frame) {
        if (left) return;
        if (frame.look.kind !== 'format' || fits(watch, frame)) {
          give(watch, frame);
          return;
        }
        left = true; // what follows is nothing for this viewer; letting go waits until the feed has told everybody
        queueMicrotask(() => {
          attached();
          retune(watch, streamId);
        });
      },
      end: () => {
        if (!left) end(ref, watch.black.length > 0 ? 'private' : 'cannot-transcode');
      },
    });
  };
  /** Whether the viewer can decode what follows a format frame. */
  const fits = (watch: Watch, frame: FeedFrame): boolean => {
    const format = readFormat(frame);
    return format === null || format.video.codec === 'h264' || watch.request.decodes.includes(format.video.codec);
  };
  const tell = (watch: Watch, isTranscoded: boolean): void => {
    const taken = [...watches.values()].some((other) => other !== watch && other.live === watch.feed.live);
    watch.live = taken ? nextSecond++ : watch.feed.live;
    watch.pace = { broken: true };
    const blackened = watch.black.length > 0;
    viewer.notice({ op: 'watching', ref: watch.request.ref, live: watch.live, transcoded: isTranscoded, blackened });
    if (line.slow) viewer.notice({ op: 'dropping', ref: watch.request.ref, keysOnly: true });
  };
  /** The stream turns out to be (or becomes) something that this viewer cannot decode. */
  const retune = (watch: Watch, streamId: StreamId): void => {
    const { ref } = watch.request;
    if (watches.get(ref) !== watch) return;
    watch.unsubscribe();
    if (!deps.canTranscode()) {
      end(ref, 'cannot-transcode');
      return;
    }
    watch.feed = deps.transcodedOf(streamId, []);
    tell(watch, true);
    attach(watch, streamId);
  };
  const begin = (request: WatchRequest): void => {
    const { ref } = request;
    watches.get(ref)?.unsubscribe();
    watches.delete(ref);
    const camera = cameras.get(request.cameraId);
    const streamId = camera ? cameras.streamId(request.cameraId, request.stream) : null;
    if (!includes(caller.role, 'viewer')) end(ref, 'forbidden');
    else if (watches.size >= maxWatches) end(ref, 'too-many');
    else if (!camera) end(ref, 'no-such-camera');
    else if (streamId === null) end(ref, 'no-such-stream');
    else watchStream(request, streamId);
  };
  const watchStream = (request: WatchRequest, streamId: StreamId): void => {
    const black = deps.privacy.black(request.cameraId, caller.role);
    if (black.length > 0 && !deps.canTranscode()) {
      end(request.ref, 'private');
      return;
    }
    const feed = black.length > 0 ? deps.transcodedOf(streamId, black) : deps.feedOf(streamId);
    const watch: Watch = {
      request,
      live: feed.live,
      feed,
      black,
      pace: { broken: true },
      askedKeysOnly: false,
      unsubscribe: () => undefined,
    };
    watches.set(request.ref, watch);
    if (black.length > 0) {
      tell(watch, true);
      attach(watch, streamId);
      return;
    }
    const format = feed.format();
    if (format && !fits(watch, format)) {
      retune(watch, streamId);
      return;
    }
    tell(watch, false);
    attach(watch, streamId);
  };

  return {
    request(request: LiveRequest): void {
      switch (request.op) {
        case 'watch':
          begin(request);
          return;
        case 'unwatch':
          watches.get(request.ref)?.unsubscribe();
          watches.delete(request.ref);
          return;
        case 'pace': {
          const watch = watches.get(request.ref);
          if (watch) watch.askedKeysOnly = request.keysOnly;
          return;
        }
      }
    },
    endCamera(gone: (id: CameraId) => boolean): void {
      for (const [ref, watch] of [...watches]) if (gone(watch.request.cameraId)) end(ref, 'removed');
    },
    /** Begins again what must be black otherwise by now; of one camera, or of all. */
    recheck(id: CameraId | null): void {
      for (const watch of [...watches.values()]) {
        const { request, black, askedKeysOnly } = watch;
        if (id !== null && request.cameraId !== id) continue;
        const now = deps.privacy.black(request.cameraId, caller.role);
        if (JSON.stringify(now) === JSON.stringify(black)) continue;
        begin(request);
        const again = watches.get(request.ref);
        if (again) again.askedKeysOnly = askedKeysOnly;
      }
    },
    close(): void {
      for (const watch of watches.values()) watch.unsubscribe();
      watches.clear();
    },
  };
}
