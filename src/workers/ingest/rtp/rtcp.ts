/** RTCP as far as a receiver needs it: sender reports in, receiver reports out (RFC 3550 §6). */

export type SenderReport = {
  ssrc: number;
  /** NTP time of the report on the camera's clock, as microseconds of UTC. */
  cameraUs: number;
  /** Middle 32 bits of the NTP time, to be given back in receiver reports. */
  ntpMiddle: number;
  rtpTimestamp: number;
};

const ntpEpochSeconds = 2_208_988_800;

/** The first sender report of a compound packet in `buffer[from, to)`; `bye` if the sender says good-bye. Never throws. */
export function readRtcp(buffer: Buffer, from: number, to: number): { report: SenderReport | null; bye: boolean } {
  const out: { report: SenderReport | null; bye: boolean } = { report: null, bye: false };
  for (let at = from; at + 4 <= to; ) {
    if (((buffer[at] ?? 0) & 0xc0) !== 0x80) break;
    const type = buffer[at + 1];
    const end = at + 4 + buffer.readUInt16BE(at + 2) * 4;
    if (type === 200 && at + 28 <= to && out.report === null) {
      const seconds = buffer.readUInt32BE(at + 8);
      const fraction = buffer.readUInt32BE(at + 12);
      // NTP era 1 begins in 2036: small numbers are of then
      const utc = seconds - ntpEpochSeconds + (seconds < ntpEpochSeconds ? 4_294_967_296 : 0);
      out.report = {
        ssrc: buffer.readUInt32BE(at + 4),
        cameraUs: utc * 1_000_000 + Math.round((fraction / 4_294_967_296) * 1_000_000),
        ntpMiddle: (((seconds & 0xffff) << 16) | (fraction >>> 16)) >>> 0,
        rtpTimestamp: buffer.readUInt32BE(at + 16),
      };
    }
    if (type === 203) out.bye = true;
    at = end;
  }
  return out;
}

/** A receiver report with one block and an empty CNAME (RFC 3550 §6.4.2, §6.5). */
export function receiverReport(r: {
  ownSsrc: number;
  ssrc: number;
  fractionLost: number;
  totalLost: number;
  highest: number;
  jitter: number;
  lastReport: number;
  /** Since the last sender report, in 1/65536 s. */
  delay: number;
}): Buffer {
  const out = Buffer.alloc(32 + 12);
  out[0] = 0x81;
  out[1] = 201;
  out.writeUInt16BE(7, 2);
  out.writeUInt32BE(r.ownSsrc, 4);
  out.writeUInt32BE(r.ssrc, 8);
  const lost = Math.max(0, Math.min(0x7f_ffff, r.totalLost));
  out.writeUInt32BE(((Math.min(255, r.fractionLost) << 24) | lost) >>> 0, 12);
  out.writeUInt32BE(r.highest >>> 0, 16);
  out.writeUInt32BE(r.jitter >>> 0, 20);
  out.writeUInt32BE(r.lastReport >>> 0, 24);
  out.writeUInt32BE(r.delay >>> 0, 28);
  out[32] = 0x81;
  out[33] = 202;
  out.writeUInt16BE(2, 34);
  out.writeUInt32BE(r.ownSsrc, 36);
  out[40] = 1; // CNAME of no length, then the end of the list
  return out;
}
