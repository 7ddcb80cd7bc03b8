/**
 * Whether a stream's bit rate and frame rate are what they usually are, and how much is lost on the way. A stream is measured
 * against its own median: what is right for one camera is far off for another. Pure.
 */
import { alarmWatch, calm, type AlarmRule, type AlarmSign, type AlarmWatch } from './alarm-watch.ts';

/** One sample each so often; the median is that of the last hour. */
export const sampleMs = 10_000;
const mostSamples = 360;
/** Before there are so many (5 min) nothing is usual. */
const fewestSamples = 30;
/** RTP packets are about this large; what is lost is counted in packets, what comes in bytes. */
const packetBytes = 1_200;

export type RateMatter = 'bit-rate-off' | 'frame-rate-off' | 'packet-loss';
export const rateMatters: readonly RateMatter[] = ['bit-rate-off', 'frame-rate-off', 'packet-loss'];
const rule: AlarmRule = { beginMs: 30_000, beginLooks: 3, endMs: 20_000 };

export type RateSample = {
  atMs: number;
  bitsPerSecond: number;
  fps: number;
  /** Since the stream began; falls back when it is begun anew. */
  packetsLost: number;
};
export type RateWatch = {
  bits: readonly number[];
  fps: readonly number[];
  last: RateSample | null;
  /** Share of packets lost in the last sample, 0 … 1. */
  loss: number | null;
  alarms: Record<RateMatter, AlarmWatch>;
};
export type RateOutput =
  | { matter: RateMatter; is: 'begin'; fromMs: number }
  | { matter: RateMatter; is: 'end'; atMs: number };

export const freshRateWatch: RateWatch = {
  bits: [],
  fps: [],
  last: null,
  loss: null,
  alarms: { 'bit-rate-off': calm, 'frame-rate-off': calm, 'packet-loss': calm },
};

/** The usual value; null while too little is known. */
export function usual(samples: readonly number[]): number | null {
  if (samples.length < fewestSamples) return null;
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

/** To be called every `sampleMs` while pictures come; null: none come, which is told elsewhere. */
export function rateWatch(state: RateWatch, sample: RateSample | null): [RateWatch, RateOutput[]] {
  if (sample === null) {
    const alarms = { ...state.alarms };
    for (const matter of rateMatters) [alarms[matter]] = alarmWatch(alarms[matter], { atMs: 0, sign: 'unknown' }, rule);
    return [{ ...state, last: null, loss: null, alarms }, []];
  }
  const loss = lossOf(state.last, sample);
  const signs: Record<RateMatter, AlarmSign> = {
    'bit-rate-off': against(sample.bitsPerSecond, usual(state.bits), { far: 4, near: 2.5 }),
    'frame-rate-off': against(sample.fps, usual(state.fps), { far: 2, near: 1.5 }),
    'packet-loss': loss === null ? 'unknown' : loss > 0.01 ? 'bad' : loss < 0.002 ? 'good' : 'between',
  };
  const alarms = { ...state.alarms };
  const outputs: RateOutput[] = [];
  for (const matter of rateMatters) {
    const [next, said] = alarmWatch(alarms[matter], { atMs: sample.atMs, sign: signs[matter] }, rule);
    alarms[matter] = next;
    if (said !== null) outputs.push({ matter, ...said });
  }
  const keep = (samples: readonly number[], value: number): number[] => [...samples, value].slice(-mostSamples);
  return [
    { bits: keep(state.bits, sample.bitsPerSecond), fps: keep(state.fps, sample.fps), last: sample, loss, alarms },
    outputs,
  ];
}

/** So many times more or less than usual. */
function against(value: number, median: number | null, by: { far: number; near: number }): AlarmSign {
  if (median === null || median <= 0) return 'unknown';
  const times = Math.max(value / median, median / Math.max(value, median / 1000));
  return times > by.far ? 'bad' : times <= by.near ? 'good' : 'between';
}

function lossOf(before: RateSample | null, now: RateSample): number | null {
  if (before === null || now.atMs <= before.atMs || now.packetsLost < before.packetsLost) return null;
  const lost = now.packetsLost - before.packetsLost;
  const came = (now.bitsPerSecond / 8 / packetBytes) * ((now.atMs - before.atMs) / 1000);
  return lost + came === 0 ? null : lost / (lost + came);
}
