/** One talk: opened at the camera, fed with sound, ended. */
import { randomBytes } from 'node:crypto';
import { muToALaw } from '#media/g711.ts';
import { StreamFault } from '../fault.ts';
import type { IngestReport } from '../port.ts';
import type { SlabPool } from '../slab-pool.ts';
import type { Ticker } from '../ticker.ts';
import { type Backchannel, openBackchannel } from './backchannel.ts';
import { createPacer, frameMs } from './pacer.ts';

export type Talk = {
  sound(sound: Uint8Array): void;
  /** What was said last still goes out. */
  end(): void;
  /** At once. */
  stop(): void;
};

/** Who hears nothing from the engine for so long is left: a belt below the engine's own limit. */
const silentMs = 5_000;

export function createTalk(
  ask: { talkId: number; url: string; username: string | null; password: string | null },
  deps: { ticker: Ticker; slabs: SlabPool; post(report: IngestReport): void; over(): void },
): Talk {
  const { ticker } = deps;
  const controller = new AbortController();
  let way: Backchannel | null = null;
  let timer: ReturnType<typeof setInterval> | null = null;
  let ending = false;
  let over = false;
  let heardMs = ticker.monoMs();

  const ssrc = randomBytes(4);
  let sequence = randomBytes(2).readUInt16BE();
  const firstTimestamp = randomBytes(4).readUInt32BE();
  const pacer = createPacer((frame, timestamp, begins) => {
    const packet = Buffer.allocUnsafe(12 + frame.length);
    packet[0] = 0x80;
    packet[1] = (way?.payloadType ?? 0) | (begins ? 0x80 : 0); // the marker begins a talkspurt (RFC 3551 §4.1)
    packet.writeUInt16BE(sequence, 2);
    packet.writeUInt32BE((firstTimestamp + timestamp) >>> 0, 4);
    packet.set(ssrc, 8);
    packet.set(way?.law === 'a' ? muToALaw(frame) : frame, 12);
    sequence = (sequence + 1) & 0xffff;
    way?.send(packet);
  });

  function finish(fault: StreamFault | null): void {
    if (over) return;
    over = true;
    if (timer !== null) clearInterval(timer);
    controller.abort();
    way?.close();
    deps.post({
      op: 'talk',
      talkId: ask.talkId,
      state: 'ended',
      trouble: fault?.trouble ?? null,
      detail: fault?.message ?? null,
      droppedFrames: pacer.dropped(),
    });
    deps.over();
  }

  openBackchannel({ ...ask, ticker, slabs: deps.slabs, signal: controller.signal }, finish).then(
    (opened) => {
      if (over) {
        opened.close();
        return;
      }
      way = opened;
      heardMs = ticker.monoMs();
      deps.post({ op: 'talk', talkId: ask.talkId, state: 'open' });
      timer = setInterval(() => {
        const now = performance.now();
        pacer.tick(now);
        if (ending && pacer.waiting() === 0) finish(null);
        else if (ticker.monoMs() - heardMs > silentMs) finish(null);
      }, frameMs / 2);
    },
    (error: unknown) => {
      finish(
        error instanceof StreamFault
          ? error
          : new StreamFault('protocol', 'The talk could not be opened.', { cause: error }),
      );
    },
  );

  return {
    sound(sound) {
      heardMs = ticker.monoMs();
      if (!ending && !over) pacer.push(sound);
    },
    end() {
      ending = true;
      pacer.flush();
      if (way === null) finish(null);
    },
    stop: () => finish(null),
  };
}
