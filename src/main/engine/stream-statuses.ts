import type { StreamId } from '#domain/id.ts';
import type { StreamKind, StreamState, StreamStatus } from '#domain/stream.ts';
import type { Clock } from '#lib/clock.ts';

export type StreamStatuses = {
  /** What is known of a stream; one that nothing is known of is disabled. */
  get(streamId: StreamId, kind: StreamKind): StreamStatus;
  set(streamId: StreamId, status: StreamStatus): void;
  /** The station's own word, where no worker has one. */
  say(
    streamId: StreamId,
    kind: StreamKind,
    state: StreamState,
    trouble?: StreamStatus['trouble'],
    detail?: string,
  ): void;
  forget(streamId: StreamId): void;
  /** Streams that are being recorded now. */
  recording(): number;
  onRecording(listener: (streams: number) => void): () => void;
};

/** The newest status of every stream. `changed` is told of each change. */
export function createStreamStatuses(deps: { clock: Clock; changed: (streamId: StreamId) => void }): StreamStatuses {
  const known = new Map<StreamId, StreamStatus>();
  const listeners = new Set<(streams: number) => void>();
  let recording = 0;
  /** One stream's status gives way to another; nothing is counted anew, since all streams tell theirs every other second. */
  const count = (before: StreamStatus | undefined, after: StreamStatus | undefined): void => {
    const by = Number(after?.recording === true) - Number(before?.recording === true);
    if (by === 0) return;
    recording += by;
    for (const listener of listeners) listener(recording);
  };
  const set = (streamId: StreamId, status: StreamStatus): void => {
    const before = known.get(streamId);
    known.set(streamId, status);
    count(before, status);
    deps.changed(streamId);
  };
  return {
    get(streamId, kind) {
      const told = known.get(streamId) ?? blank(kind, 'disabled', deps.clock.nowMs());
      known.set(streamId, told); // disabled since it was asked for first, not since now
      return told;
    },
    set,
    say(streamId, kind, state, trouble = null, detail) {
      const last = known.get(streamId);
      const base = blank(kind, state, deps.clock.nowMs());
      set(streamId, {
        ...base,
        trouble,
        detail: detail ?? null,
        lastFrameMs: last?.lastFrameMs ?? null,
        reconnects: last?.reconnects ?? 0,
        packetsLost: last?.packetsLost ?? 0,
      });
    },
    forget(streamId) {
      const before = known.get(streamId);
      known.delete(streamId);
      count(before, undefined);
    },
    recording: () => recording,
    onRecording(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const blank = (kind: StreamKind, state: StreamState, sinceMs: number): StreamStatus => ({
  kind,
  state,
  sinceMs,
  trouble: null,
  detail: null,
  via: 'native',
  transport: null,
  recording: false,
  preRoll: null,
  video: null,
  audio: null,
  fps: 0,
  bitsPerSecond: 0,
  keyIntervalMs: null,
  packetsLost: 0,
  jitterMs: null,
  reconnects: 0,
  lastFrameMs: null,
  clockOffsetMs: null,
});
