/** When a camera that sends us on wants us to go (RFC 2326 §10.10). */

/**
 * Milliseconds until a REDIRECT takes effect, by its `Range` header (§12.29): a moment of the camera's clock (`clock=`, §3.7) or
 * of the presentation (`npt=`, §3.6). 0: at once, which also holds without a range, for one that is past, and for one that
 * cannot be understood. `nowMs`: UTC by the camera's clock, as far as known. `playedMs`: for how long it has been playing.
 */
export function redirectInMs(range: string | null, nowMs: number, playedMs: number): number {
  const text = (range ?? '').slice(0, 200);
  const utc = /^\s*clock\s*=\s*(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d(?:\.\d{1,6})?)Z/i.exec(text);
  if (utc) {
    const [year, month, day, hour, minute] = utc.slice(1, 6).map(Number);
    const atMs = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute) + Number(utc[6]) * 1000;
    return Math.max(0, Math.round(atMs - nowMs));
  }
  const npt = /^\s*npt\s*=\s*(?:(\d{1,9}):(\d{1,2}):)?(\d{1,9}(?:\.\d{1,6})?)\s*-/i.exec(text);
  if (!npt) return 0;
  const seconds = Number(npt[1] ?? 0) * 3600 + Number(npt[2] ?? 0) * 60 + Number(npt[3]);
  return Math.max(0, Math.round(seconds * 1000 - playedMs));
}
