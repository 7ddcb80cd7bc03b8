/**
 * Puts a camera's RTP time onto the station's clock. The spacing of frames stays the camera's: network jitter does not show.
 * Since no camera's crystal agrees with the station's, the line is led slowly towards the least delay seen (the packets that
 * waited least), so that a recording does not drift away from the clock on the wall. Pure: time comes in with each packet.
 */
export type MediaClock = {
  /**
   * Station time in microseconds of UTC (an integer) for an RTP time in unwrapped ticks that arrived at `arrivedUs`.
   * `jump`: the camera's time made a jump; the line begins anew at `arrivedUs`, and what follows does not continue what was.
   */
  map(ticks: number, arrivedUs: number): { us: number; jump: boolean };
  /** The station's clock was set: the line goes on, moved by so much, as do the arrivals that are given from now on. */
  move(byUs: number): void;
  /** Forgets the line: the next packet begins a new one. */
  reset(): void;
};

/** Camera time and arrival may part so far between two packets, or in the long run, before it counts as a jump. */
export const jumpUs = 2_000_000;
/** Back by more than this is a jump; less is the reordering of B-frames. */
const backUs = 1_000_000;
/** The least delay is sought over windows of this length. */
const windowUs = 5_000_000;
/** Largest correction, as a part of the time that passes: 500 µs a second normally (crystals are good to 100). */
const gentle = 500e-6;
/** … and for being off by a lot (a burst of old pictures at the start): a tenth of it per ten seconds, 2 % at most. */
const firm = 0.02;
const firmFromUs = 150_000;
/** The first packets of a line may have waited, on a machine that is busy with its start: so long the line is led firmly from less on. */
const settlingUs = 10_000_000;
const settlingFirmFromUs = 20_000;

export function createMediaClock(clockRate: number): MediaClock {
  const usPerTick = 1_000_000 / clockRate;
  let anchored = false;
  let anchorTicks = 0;
  /** Station time of `anchorTicks`; moved by the correction. */
  let anchorUs = 0;
  let newestTicks = 0;
  let newestArrivedUs = 0;
  let lineStartUs = 0;
  let windowStartUs = 0;
  let windowLeast = 0;
  /** What is still to be corrected. */
  let errorUs = 0;

  function anchor(ticks: number, arrivedUs: number): void {
    anchored = true;
    anchorTicks = ticks;
    anchorUs = arrivedUs;
    newestTicks = ticks;
    newestArrivedUs = arrivedUs;
    lineStartUs = arrivedUs;
    windowStartUs = arrivedUs;
    windowLeast = Number.POSITIVE_INFINITY;
    errorUs = 0;
  }

  return {
    move(byUs) {
      anchorUs += byUs;
      newestArrivedUs += byUs;
      lineStartUs += byUs;
      windowStartUs += byUs;
    },
    reset() {
      anchored = false;
    },
    map(ticks, arrivedUs) {
      if (!anchored) {
        anchor(ticks, arrivedUs);
        return { us: Math.round(anchorUs), jump: false };
      }
      const stepUs = (ticks - newestTicks) * usPerTick;
      const passedUs = arrivedUs - newestArrivedUs;
      // late packets (a stalled line) are no jump: they only ever come with less media time than time passed
      if (stepUs < -backUs || stepUs - Math.max(0, passedUs) > jumpUs || passedUs < -jumpUs) {
        anchor(ticks, arrivedUs);
        return { us: Math.round(anchorUs), jump: true };
      }
      const firmFrom = arrivedUs - lineStartUs < settlingUs ? settlingFirmFromUs : firmFromUs;
      if (stepUs > 0) {
        if (errorUs !== 0) {
          const rate = Math.abs(errorUs) > firmFrom ? firm : gentle;
          const most = stepUs * rate;
          const part = Math.max(-most, Math.min(most, errorUs));
          anchorUs += part;
          errorUs -= part;
          windowLeast -= part; // what was seen is seen from the line as it is now
        }
        newestTicks = ticks;
        newestArrivedUs = arrivedUs;
        // keeps the product small, so that no precision is lost over months
        anchorUs += (ticks - anchorTicks) * usPerTick;
        anchorTicks = ticks;
      }
      const us = anchorUs + (ticks - anchorTicks) * usPerTick;
      if (stepUs > 0) {
        windowLeast = Math.min(windowLeast, arrivedUs - us);
        // media time ahead of arrival is impossible: known at once, without waiting for the window's end
        if (windowLeast < -firmFrom) errorUs = Math.min(errorUs, windowLeast);
        if (arrivedUs - windowStartUs >= windowUs) {
          if (Math.abs(windowLeast) > jumpUs) {
            anchor(ticks, arrivedUs);
            return { us: Math.round(anchorUs), jump: true };
          }
          errorUs = windowLeast;
          windowStartUs = arrivedUs;
          windowLeast = Number.POSITIVE_INFINITY;
        }
      }
      return { us: Math.round(us), jump: false };
    },
  };
}
