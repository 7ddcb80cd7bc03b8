/**
 * Holds decoded sound between its arrival in bursts and its even playing. Pure, so that the audio thread and the tests run
 * the same lines. It starts when enough is held, plays up to 1 % faster or slower to keep the delay where it should be
 * (bursts at the start and clocks that differ need no cut), and goes silent and comes back over a few ms, so that nothing
 * clicks.
 */
const startS = 0.13;
/** The least that is held over a look-back should stay between these. */
const leastS = 0.03;
const mostS = 0.08;
const lookBackS = 0.5;
/** More than this is not worth waiting out: it is skipped. */
const skipS = 0.4;
const capacityS = 1;
const bend = 0.01;
const fadeS = 0.003;

export function createSoundBuffer(rate: number) {
  const capacity = Math.ceil(rate * capacityS);
  const rings = [new Float32Array(capacity), new Float32Array(capacity)] as const;
  let written = 0;
  let read = 0;
  let step = 1;
  let gain = 0;
  let playing = false;
  let least = Infinity;
  let looked = 0;

  function steer(n: number): void {
    least = Math.min(least, written - read);
    looked += n;
    if (looked < lookBackS * rate) return;
    const s = least / rate;
    // Hysteresis: once bent, on to the middle of what is wanted.
    const middle = (leastS + mostS) / 2;
    step = s > mostS || (step > 1 && s > middle) ? 1 + bend : s < leastS || (step < 1 && s < middle) ? 1 - bend : 1;
    least = Infinity;
    looked = 0;
  }

  return {
    /** Takes samples −1 … 1: one array for mono, two for stereo, of the same length. What does not fit any more is dropped. */
    push(channels: readonly Float32Array[]): void {
      const left = channels[0];
      if (!left) return;
      const right = channels[1] ?? left;
      const room = Math.min(left.length, capacity - Math.ceil(written - read) - 2);
      for (let i = 0; i < room; i++) {
        const at = (written + i) % capacity;
        rings[0][at] = left[i] ?? 0;
        rings[1][at] = right[i] ?? 0;
      }
      written += Math.max(0, room);
    },
    /** Fills `out` (left, right) with the next samples, or with silence. */
    pull(out: readonly Float32Array[]): void {
      const n = out[0]?.length ?? 0;
      if (!playing && written - read >= startS * rate) playing = true;
      if (playing) steer(n);
      // Fading out starts while there is still something to fade.
      const tail = fadeS * rate + 2;
      for (let i = 0; i < n; i++) {
        const held = written - read;
        const leave = !playing || held < tail || held > skipS * rate;
        gain = Math.max(0, Math.min(1, gain + (leave ? -1 : 1) / (fadeS * rate)));
        if (gain === 0 && leave && playing) {
          if (held > skipS * rate) read = Math.floor(written - startS * rate);
          else playing = false;
        }
        const can = playing && held >= 2;
        const whole = Math.floor(read);
        const part = read - whole;
        for (let c = 0; c < out.length; c++) {
          const ring = rings[c === 0 ? 0 : 1];
          const a = ring[whole % capacity] ?? 0;
          const b = ring[(whole + 1) % capacity] ?? 0;
          const samples = out[c];
          if (samples) samples[i] = can ? (a + (b - a) * part) * gain : 0;
        }
        if (can) read += step;
      }
    },
    /** Seconds held now. */
    heldS: (): number => (written - read) / rate,
  };
}
