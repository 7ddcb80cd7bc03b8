/** What one client has set up on one mount, and the playing of it. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '#lib/clock.ts';
import type { MetadataTrack } from './metadata-track.ts';
import type { Mount } from './mount.ts';
import { videoClockRate } from './mount.ts';
import type { RtpSender, Wire } from './rtp-sender.ts';

export type TrackName = 'video' | 'audio' | 'metadata';

/** What a PLAY request asks for; a live stream only has the present. */
export type PlayWish = {
  /** Header `Range` as it came. */
  range: string | undefined;
  /** False: as fast as the client takes it (`Rate-Control: no`). */
  inTime: boolean;
  scale: number;
  /** Header `Frames`: `intra`, `intra/4000`, `all`. */
  frames: string | undefined;
  cseq: number;
};

/** What RTP-Info says of each track, or why there is nothing to play. */
export type Played =
  | { range: string; info: { name: TrackName; sequence: number; timestamp: number }[] }
  | { status: number };

type SessionTrack = { name: TrackName; wire: Wire; sender: RtpSender; rate: number; reportedMs: number };

/** What a session has done so far; pictures by their running number. */
export type SessionFigures = {
  path: string;
  playing: boolean;
  firstPicture: number | null;
  lastPicture: number | null;
  pictures: number;
  /** Pictures left out because the client was too slow. */
  dropped: number;
  /** Pictures that were never due, since the server was held and went on with the present; oldest first. */
  skipped: { from: number; to: number }[];
};

const reportEveryMs = 5000;

export type RtspSession = {
  readonly id: string;
  /** Of what it plays. */
  readonly path: string;
  /** Monotonic time of the client's last sign of life. */
  seenMs: number;
  playing(): boolean;
  setUp(name: TrackName, wire: Wire, sender: RtpSender): void;
  tracks(): { name: TrackName; sender: RtpSender }[];
  /** Something else that ends with it. */
  hold(close: () => void): void;
  /** A live stream starts with its next key picture. */
  play(wish: PlayWish): Played;
  pause(): void;
  close(): void;
  figures(): SessionFigures;
};

/**
 * A client that leaves more than `maxPendingBytes` unread gets nothing until the next key picture that finds the buffer at
 * most half full: what it holds is bounded, and what it gets can always be decoded.
 */
export function createSession(
  mount: Mount,
  clock: Clock,
  maxPendingBytes: number,
  metadata: MetadataTrack | null = null,
): RtspSession {
  const tracks: SessionTrack[] = [];
  const held: (() => void)[] = [];
  let leave: (() => void) | null = null;
  let leaveAside: (() => void) | null = null;
  let first: number | null = null;
  let last: number | null = null;
  let pictures = 0;
  let dropped = 0;
  const skipped: SessionFigures['skipped'] = [];
  /** The last that was due. */
  let due: number | null = null;
  let waiting = true;

  function report(track: SessionTrack): void {
    const now = clock.monoMs();
    if (now - track.reportedMs < reportEveryMs) return;
    track.reportedMs = now;
    track.sender.report(mount.ticksNow(track.rate));
  }

  /** The metadata begins with the first picture that is sent. */
  function beside(): void {
    const aside = tracks.find((t) => t.name === 'metadata');
    if (!aside || leaveAside || !metadata) return;
    leaveAside = metadata.subscribe(mount, (burst, ticks) => {
      if (aside.wire.pendingBytes() > maxPendingBytes) return;
      report(aside);
      aside.sender.send(burst, ticks);
    });
  }

  const session: RtspSession = {
    id: randomBytes(8).toString('hex'),
    path: mount.path,
    seenMs: clock.monoMs(),
    playing: () => leave !== null,
    setUp(name, wire, sender) {
      const rate = name === 'audio' ? (mount.clip.audio?.sampleRate ?? 0) : videoClockRate;
      const old = tracks.findIndex((t) => t.name === name);
      if (old >= 0) tracks.splice(old, 1)[0]?.wire.close();
      tracks.push({ name, wire, sender, rate, reportedMs: Number.NEGATIVE_INFINITY });
    },
    tracks: () => tracks,
    hold(close) {
      held.push(close);
    },
    play() {
      const startAt = mount.nextKey();
      const startTicks = mount.ticksOf(startAt);
      const video = tracks.find((t) => t.name === 'video');
      const audio = tracks.find((t) => t.name === 'audio');
      waiting = video !== undefined;
      leave ??= mount.subscribe({
        picture(burst, n, ticks) {
          if (!video) return;
          if (first !== null && due !== null && n > due + 1) skipped.push({ from: due + 1, to: n - 1 });
          due = n;
          const pending = video.wire.pendingBytes();
          if (waiting ? !burst.key || pending > maxPendingBytes / 2 : pending > maxPendingBytes) {
            if (first !== null) dropped++;
            waiting = true;
            return;
          }
          waiting = false;
          report(video);
          video.sender.send(burst, ticks);
          first ??= n;
          beside();
          last = n;
          pictures++;
        },
        sound(burst, ticks) {
          if (!audio || waiting || audio.wire.pendingBytes() > maxPendingBytes) return;
          report(audio);
          audio.sender.send(burst, ticks);
        },
      });
      return {
        range: 'npt=now-',
        info: tracks.map((t) => ({
          name: t.name,
          sequence: t.sender.sequence(),
          timestamp: t.sender.timestamp(Math.round((startTicks * t.rate) / videoClockRate)),
        })),
      };
    },
    pause() {
      leave?.();
      leave = null;
      leaveAside?.();
      leaveAside = null;
    },
    close() {
      session.pause();
      for (const t of tracks) {
        t.sender.bye();
        t.wire.close();
      }
      tracks.length = 0;
      for (const close of held.splice(0)) close();
    },
    figures: () => ({
      path: mount.path,
      playing: leave !== null,
      firstPicture: first,
      lastPicture: last,
      pictures,
      dropped,
      skipped,
    }),
  };
  return session;
}
