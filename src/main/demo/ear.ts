/** What a camera with a loudspeaker hears through its backchannel: G.711 µ-law by RTP (RFC 3551 §4.5.14), kept for a while. */
import type { Clock } from '#lib/clock.ts';

export type Heard = {
  packets: number;
  samples: number;
  /** Packets that never came, by their sequence numbers. */
  lost: number;
  /** UTC ms of the last packet. */
  lastMs: number | null;
  /** The last samples, µ-law, 8000 a second. */
  recent: Uint8Array;
};

export type Ear = {
  /** One RTP packet; anything else is left out. */
  hear(packet: Uint8Array): void;
  heard(): Heard;
  forget(): void;
};

/** Keeps the last `keepSeconds`. */
export function createEar(clock: Pick<Clock, 'nowMs'>, keepSeconds = 30): Ear {
  const kept = new Uint8Array(keepSeconds * 8000);
  let figures = { packets: 0, samples: 0, lost: 0, lastMs: null as number | null };
  let sequence: number | null = null;
  return {
    hear(packet) {
      const b = Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength);
      if (b.length < 12 || (b[0] ?? 0) >> 6 !== 2 || ((b[1] ?? 0) & 0x7f) !== 0) return;
      let at = 12 + 4 * ((b[0] ?? 0) & 0x0f);
      if ((b[0] ?? 0) & 0x10) at += b.length >= at + 4 ? 4 + 4 * b.readUInt16BE(at + 2) : b.length;
      const padding = (b[0] ?? 0) & 0x20 ? (b[b.length - 1] ?? 0) : 0;
      const payload = b.subarray(at, Math.max(at, b.length - padding));
      const now = b.readUInt16BE(2);
      if (sequence !== null) {
        const step = (now - sequence) & 0xffff;
        if (step > 1 && step < 0x8000) figures.lost += step - 1;
      }
      sequence = now;
      for (const sample of payload) kept[figures.samples++ % kept.length] = sample;
      figures.packets++;
      figures.lastMs = clock.nowMs();
    },
    heard() {
      const { samples } = figures;
      const place = samples % kept.length;
      const recent =
        samples <= kept.length
          ? kept.slice(0, samples)
          : Uint8Array.from([...kept.subarray(place), ...kept.subarray(0, place)]);
      return { ...figures, recent };
    },
    forget() {
      figures = { packets: 0, samples: 0, lost: 0, lastMs: null };
      sequence = null;
    },
  };
}
