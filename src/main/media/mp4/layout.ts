/** Numbers that writer and reader of segments share. `docs/storage.md` shows the boxes. */

/** Track ids. A segment always has video; audio is optional. */
export const videoTrackId = 1;
export const audioTrackId = 2;

/**
 * Ticks per second of every time in a segment. Microseconds, because that is the station's own grain: what was recorded reads
 * back to the tick, whatever clock rate the camera used.
 */
export const timescale = 1_000_000;

/** sample_flags (ISO/IEC 14496-12 §8.8.3.1): a sync sample depends on nothing; others do and are not sync samples. */
export const syncSample = 0x0200_0000;
export const otherSample = 0x0101_0000;
/** sample_is_non_sync_sample. */
export const nonSyncBit = 0x0001_0000;

/** Seconds from 1900 (NTP, RFC 5905) and from 1904 (ISO/IEC 14496-12) to 1970. */
export const ntpToUnix = 2_208_988_800;
export const macToUnix = 2_082_844_800;

/** A reader refuses larger ones. */
export const maxInitBytes = 1 << 20;
export const maxMoofBytes = 4 << 20;
export const maxFragmentBytes = 256 << 20;
