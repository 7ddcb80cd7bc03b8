/** Replay of a camera's own recordings by RTSP (ONVIF Streaming Specification §6): as fast as the client takes them, or in time. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '#lib/clock.ts';
import { videoClockRate } from './mount.ts';
import type { Place, SdCard } from './onvif/sd-card.ts';
import type { Burst } from './packetize.ts';
import { interleavedBytes, rtpHeaderBytes } from './packetize.ts';
import type { RtpSender, Wire } from './rtp-sender.ts';
import { ntpEpochS } from './rtp-sender.ts';
import type { PlayWish, RtspSession, SessionFigures } from './session.ts';

/** One recording that can be replayed. */
export type Replay = { path: string; track: string; card: SdCard };

const extensionBytes = 16;

export type ReplayMarks = {
  timeMs: number;
  /** Can be decoded without what is before it. */
  clean: boolean;
  /** Last picture before a gap or the end. */
  end: boolean;
  /** Last picture of this replay. */
  terminal: boolean;
  /** Low byte of the PLAY request's CSeq. */
  cseq: number;
};

/** The packets of a picture with the replay extension 0xABAC in each (§6.3). */
export function withReplayHeader(burst: Burst, marks: ReplayMarks): Burst {
  const { timeMs } = marks;
  const extension = Buffer.alloc(extensionBytes);
  extension.writeUInt16BE(0xabac, 0);
  extension.writeUInt16BE(3, 2);
  extension.writeUInt32BE(Math.floor(timeMs / 1000) + ntpEpochS, 4);
  extension.writeUInt32BE(Math.floor(((timeMs % 1000) / 1000) * 2 ** 32), 8);
  extension[12] = (marks.clean ? 0x80 : 0) | (marks.end ? 0x40 : 0) | (marks.terminal ? 0x10 : 0);
  extension[13] = marks.cseq & 0xff;
  const bytes = Buffer.alloc(burst.bytes.length + burst.starts.length * extensionBytes);
  const head = interleavedBytes + rtpHeaderBytes;
  const starts: number[] = [];
  let at = 0;
  burst.starts.forEach((from, i) => {
    const to = burst.starts[i + 1] ?? burst.bytes.length;
    starts.push(at);
    burst.bytes.copy(bytes, at, from, from + head);
    bytes.writeUInt16BE(bytes.readUInt16BE(at + 2) + extensionBytes, at + 2);
    bytes[at + interleavedBytes] = (bytes[at + interleavedBytes] ?? 0) | 0x10;
    extension.copy(bytes, at + head);
    burst.bytes.copy(bytes, at + head + extensionBytes, from + head, to);
    at += to - from + extensionBytes;
  });
  return { ...burst, bytes, starts };
}

const clockTime = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\.\d{1,9})?Z$/;

function readClock(text: string): number | null {
  const m = clockTime.exec(text);
  if (!m) return null;
  const [, y, mo, d, h, mi, s] = m.map(Number);
  const ms = Date.UTC(y ?? 0, (mo ?? 1) - 1, d, h, mi, s) + Math.round(Number(m[7] ?? 0) * 1000);
  return Number.isFinite(ms) ? ms : null;
}

export const writeClock = (ms: number): string => new Date(ms).toISOString().replace(/[-:]/g, '');

/** `clock=20260102T030405.678Z-` of a Range header (RFC 2326 §3.7); null when it is none. */
export function readClockRange(text: string | undefined): { fromMs: number | null; toMs: number | null } | null {
  if (text === undefined || /^npt=(0(\.0+)?|now)?-$/.test(text.trim())) return { fromMs: null, toMs: null };
  const m = /^clock=([^-\s]*)-([^-\s]*)$/.exec(text.trim());
  if (!m) return null;
  const [from, to] = [m[1] ?? '', m[2] ?? ''].map((t) => (t === '' ? undefined : readClock(t)));
  if (from === null || to === null || (from === undefined && to === undefined)) return null;
  return { fromMs: from ?? null, toMs: to ?? null };
}

/** At most so much is handed to a connection that does not take it. */
const pendingLimit = 256 * 1024;
/** Pictures sent without a breath for others. */
const atOnce = 32;

export function createReplaySession(replay: Replay, clock: Clock): RtspSession {
  const { card } = replay;
  let track: { wire: Wire; sender: RtpSender } | null = null;
  const held: (() => void)[] = [];
  let timer: NodeJS.Timeout | null = null;
  let place: Place | null = null;
  let wish: (PlayWish & { toMs: number | null; intraMs: number | null }) | null = null;
  let zeroMs = 0;
  let began: { monoMs: number; timeMs: number } | null = null;
  let lastIntraMs = Number.NEGATIVE_INFINITY;
  const figures = { first: null as number | null, last: null as number | null, pictures: 0 };

  const wanted = (at: Place): boolean => {
    if (!wish || wish.intraMs === null) return true;
    return (card.picture(at)?.key ?? false) && card.timeOf(at) - lastIntraMs >= wish.intraMs;
  };
  /** The next picture that is to be sent after this one; null: there is none. */
  const following = (at: Place): Place | null => {
    let next = card.next(at);
    while (next && !wanted(next)) next = card.next(next);
    const toMs = wish?.toMs ?? Number.POSITIVE_INFINITY;
    return next && card.timeOf(next) < toMs ? next : null;
  };

  function sendOne(at: Place): void {
    const burst = card.picture(at);
    if (!burst || !track || !wish) {
      place = null;
      return;
    }
    const timeMs = card.timeOf(at);
    lastIntraMs = timeMs;
    const next = following(at);
    const after = card.next(at);
    const marks = {
      timeMs,
      clean: burst.key,
      end: after?.span !== at.span,
      terminal: next === null,
      cseq: wish.cseq,
    };
    track.sender.send(withReplayHeader(burst, marks), Math.round(((timeMs - zeroMs) * videoClockRate) / 1000));
    figures.first ??= at.n;
    figures.last = at.n;
    figures.pictures++;
    place = next;
  }

  function run(): void {
    timer = null;
    if (!track || !wish) return;
    for (let sent = 0; place && sent < atOnce; sent++) {
      if (track.wire.pendingBytes() > pendingLimit) {
        timer = setTimeout(run, 10);
        return;
      }
      if (wish.inTime && began) {
        const dueMs = began.monoMs + (card.timeOf(place) - began.timeMs) / wish.scale;
        const waitMs = dueMs - clock.monoMs();
        // A gap in the recording is no gap in the showing.
        if (waitMs > 2000) began = { monoMs: clock.monoMs(), timeMs: card.timeOf(place) };
        else if (waitMs > 0) {
          timer = setTimeout(run, waitMs);
          return;
        }
      }
      sendOne(place);
    }
    if (place) timer = setTimeout(run, 0);
    else track.sender.bye();
  }

  const session: RtspSession = {
    id: randomBytes(8).toString('hex'),
    path: replay.path,
    seenMs: clock.monoMs(),
    playing: () => timer !== null,
    setUp(_, wire, sender) {
      track?.wire.close();
      track = { wire, sender };
    },
    tracks: () => (track ? [{ name: 'video', sender: track.sender }] : []),
    hold(close) {
      held.push(close);
    },
    play(asked) {
      const range = readClockRange(asked.range);
      if (!range || asked.scale <= 0) return { status: asked.scale <= 0 ? 451 : 457 };
      const resumed = asked.range === undefined ? place : null;
      session.pause();
      const intra = /^intra(?:\/(\d{1,9}))?$/.exec(asked.frames ?? '');
      wish = { ...asked, toMs: range.toMs, intraMs: intra ? Number(intra[1] ?? 0) : null };
      lastIntraMs = Number.NEGATIVE_INFINITY;
      place = resumed ?? (range.fromMs === null ? card.first() : card.placeAt(range.fromMs));
      if (!place || (range.toMs !== null && card.timeOf(place) >= range.toMs)) {
        place = null;
        return { status: 457 };
      }
      const startMs = card.timeOf(place);
      if (figures.pictures === 0) zeroMs = startMs;
      began = { monoMs: clock.monoMs(), timeMs: startMs };
      timer = setTimeout(run, 0);
      const ticks = Math.round(((startMs - zeroMs) * videoClockRate) / 1000);
      return {
        range: `clock=${writeClock(startMs)}-${range.toMs === null ? '' : writeClock(range.toMs)}`,
        info: session.tracks().map(({ name, sender }) => ({
          name,
          sequence: sender.sequence(),
          timestamp: sender.timestamp(ticks),
        })),
      };
    },
    pause() {
      if (timer) clearTimeout(timer);
      timer = null;
    },
    close() {
      session.pause();
      place = null;
      track?.sender.bye();
      track?.wire.close();
      track = null;
      for (const close of held.splice(0)) close();
    },
    figures: (): SessionFigures => ({
      path: replay.path,
      playing: timer !== null,
      firstPicture: figures.first,
      lastPicture: figures.last,
      pictures: figures.pictures,
      dropped: 0,
      skipped: [],
    }),
  };
  return session;
}
