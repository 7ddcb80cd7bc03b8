/** Why a call is refused, beyond its code. Each list is closed: a screen has a sentence for every reason, made with what comes along. */
import { z } from 'zod';

/** What a call clashes with. */
export const Clash = z.enum([
  // users
  'last-administrator',
  'administrator', // this station has one already
  // names and numbers
  'name', // `name` is taken
  'number', // `number` belongs to another camera
  'numbers', // all are taken
  'count', // there are `number` already, and that is the most
  'version', // somebody else has changed it since it was read
  // cameras and their devices
  'link', // the camera's device is not known
  'certificate', // the device shows another one by now
  'profile', // `name`: the device has no such stream any more
  'profile-unknown', // which of the device's streams it is
  'source', // `name`: that stream shows another picture
  'device', // `name` is here already, as `other`
  'serial', // `name` says that it is the device of `other`
  'switched-off', // the camera `name` is
  'lock', // `name` steers
  'preset', // the head has it no more
  'talk', // `name` talks
  // recording and footage
  'schedule-gone',
  'schedule-used', // by `names`
  'held', // footage is, of `names`
  'lifted', // the hold is already
  'holds', // there are `number`, lift some first
  'bookmark', // it has one already
  // volumes
  'known',
  'inside',
  'foreign',
  'same-disk',
  'changed',
  'own',
  'footage', // it holds some
  'recording', // it is still recorded on
  'volume-away', // footage is on `names`
  // archives
  'archive-known', // as `name`
  'archive-foreign',
  'archive-rules', // some say that footage goes there
  'archive-only', // `number` recordings are nowhere else
  // encryption
  'no-keys',
  'encryption-off',
  'key',
  // models, and lists of cameras
  'no-stream', // the device of `name` gives none that can be recorded
  'built-in',
  'no-address',
  'downloading',
  // plates
  'plate', // `name` is on the list already
]);
export type Clash = z.infer<typeof Clash>;

/** Why something is not to be had now. */
export const Lack = z.enum([
  'stopping',
  'restarting', // a part of the station
  'busy', // too much is asked for at once
  'no-ffmpeg',
  'ffmpeg-failed',
  'no-model',
  'index', // it cannot be read
  'backup', // it cannot be copied
  'disk', // it does not read, or does not take what it is given
  'data-folder-slow', // what was changed is not safe from a power cut yet
  'not-deleted', // some files cannot be
  'no-demo',
  'demo', // it does not start
  'no-door', // a session begins over HTTP alone
  // recordings
  'unreadable', // its disk does not read it
  'missing',
  'corrupt',
  'locked',
  'key-destroyed',
  'volume-away',
  'volume-silent',
  'archive-away',
  // what an administrator tries
  'archive-trouble',
  'path-silent',
  // live pictures, as `live.ts` ends them
  'no-picture',
  'forbidden',
  'cannot-transcode',
  'private',
  'removed',
  'too-many',
]);
export type Lack = z.infer<typeof Lack>;

/** What a role may not do, where more is to be said than that. */
export const Ban = z.enum([
  'private', // whole video of cameras with private zones
  'not-here', // the first administrator is made on the station's own PC
  'hold-earlier',
  'steered', // by `name`
]);
export type Ban = z.infer<typeof Ban>;

/** Who and how many a sentence tells of. */
interface Told {
  name?: string | undefined;
  other?: string | undefined;
  names?: string[] | undefined;
  number?: number | undefined;
}
const told = {
  name: z.string().optional(),
  other: z.string().optional(),
  names: z.array(z.string()).optional(),
  number: z.number().optional(),
};

// Named, and not inferred: every procedure of the contract has them in its type.
export interface ClashData extends Told {
  what: Clash;
}
export const ClashData: z.ZodType<ClashData> = z.object({ what: Clash, ...told });
export interface LackData extends Told {
  reason: Lack;
}
export const LackData: z.ZodType<LackData> = z.object({ reason: Lack, ...told });
export interface BanData extends Told {
  reason: Ban;
}
export const BanData: z.ZodType<BanData> = z.object({ reason: Ban, ...told });
/** `waitMs`: the next try is taken then · `what`: so many of these wait already. */
export interface ManyData {
  waitMs?: number | undefined;
  what?: 'searches' | undefined;
}
export const ManyData: z.ZodType<ManyData> = z.object({
  waitMs: z.number().optional(),
  what: z.literal('searches').optional(),
});
