/** A camera with pictures and a microphone (PCMU) whose sound a test chooses as it goes. */
import { startScriptedCamera } from './rtsp-server/scripted-camera.ts';

const sdp = [
  'v=0',
  'o=- 0 0 IN IP4 127.0.0.1',
  's=camera',
  't=0 0',
  'a=control:*',
  'm=video 0 RTP/AVP 96',
  'a=rtpmap:96 H264/90000',
  'a=fmtp:96 packetization-mode=1',
  'a=control:track1',
  'm=audio 0 RTP/AVP 0',
  'a=rtpmap:0 PCMU/8000',
  'a=control:track2',
  '',
].join('\r\n');

/** A 16-bit sample in µ-law (ITU-T G.711 §3.2). */
export function toMuLaw(sample: number): number {
  const size = Math.min(32_635, Math.abs(Math.round(sample))) + 132;
  const exponent = 24 - Math.clz32(size);
  return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | ((size >> (exponent + 3)) & 15)) & 0xff;
}

/** Samples of −1 … 1 at 8 kHz, from a sample number on. null: no packets at all. */
export type Sound = ((n: number) => number) | null;
export const tone =
  (size: number, hz = 1_000): Sound =>
  (n) =>
    size * Math.sin((2 * Math.PI * hz * n) / 8_000);

export async function startSoundCamera(): Promise<{
  url: string;
  /** From now on; answers when its first packet went out, ms. */
  say(sound: Sound): number;
  stop(): Promise<void>;
}> {
  const camera = await startScriptedCamera({ sdp });
  let sound: Sound = tone(0);
  let from = 0;
  let sent = 0;
  const startedMs = performance.now();
  const timer = setInterval(() => {
    const setup = camera.requests.findLast((r) => r.method === 'SETUP' && r.uri.endsWith('track2'));
    const channel = Number(/interleaved=(\d+)/.exec(setup?.headers.get('transport') ?? '')?.[1] ?? Number.NaN);
    const due = Math.floor((performance.now() - startedMs) / 20);
    for (; sent < due; sent += 1) {
      if (sound === null || !Number.isInteger(channel) || camera.viewers() === 0) continue;
      const packet = Buffer.alloc(4 + 12 + 160);
      packet[0] = 0x24;
      packet[1] = channel;
      packet.writeUInt16BE(172, 2);
      packet[4] = 0x80;
      packet.writeUInt16BE(sent & 0xffff, 6);
      packet.writeUInt32BE((sent * 160) % 2 ** 32, 8);
      packet.writeUInt32BE(0x77, 12);
      for (let i = 0; i < 160; i += 1) packet[16 + i] = toMuLaw(32_767 * sound(sent * 160 + i - from));
      camera.inject(packet);
    }
  }, 20);
  return {
    url: camera.url(),
    say(next) {
      sound = next;
      from = sent * 160;
      return Date.now();
    },
    stop() {
      clearInterval(timer);
      return camera.close();
    },
  };
}
