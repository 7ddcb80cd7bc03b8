/** A volume: a folder that video is recorded into, on a disk of its own as a rule. Pure. */
import { z } from 'zod';

/** The data folder's own volume; it is always there and is never removed. */
export const ownVolume = 1;

/** File at the root of each that says which one it is; an empty mount point has none. */
export const volumeMarkName = 'volume.json';

/** As the index numbers them: small, because every segment carries it. */
export const VolumeNumber = z.number().int().min(1).max(9999);
