/** Where finished footage goes when it is old: archives, and which footage goes to which. */
import { z } from 'zod';
import {
  ArchiveName,
  ArchiveNumber,
  ArchivePace,
  ArchivePlace,
  ArchiveView,
  TierGroup,
  Tiering,
  TierRules,
} from '../domain/archive.ts';
import { CameraId } from '../domain/id.ts';
import { administrator, none, num, viewer, yesNo } from './base.ts';

const archive = num(ArchiveNumber);
/** Of a bucket: the secret that belongs to the access key. It is never told again. */
const secret = z.string().min(1).max(500).nullable().default(null);

export const archives = {
  list: administrator
    .route({ method: 'GET', path: '/archives', summary: 'Archives, and how they do' })
    .input(none)
    .output(z.array(ArchiveView)),
  /** It is tried first: an object is written, read and deleted. */
  add: administrator
    .route({ method: 'POST', path: '/archives', summary: 'Add an archive', successStatus: 201 })
    .input(
      z.object({
        name: ArchiveName,
        place: ArchivePlace,
        pace: ArchivePace.default({ hours: null, within: null, outside: null }),
        secret,
      }),
    )
    .output(ArchiveView),
  change: administrator
    .route({ method: 'PATCH', path: '/archives/{archive}' })
    .input(
      z.object({
        archive,
        name: ArchiveName.optional(),
        place: ArchivePlace.optional(),
        pace: ArchivePace.optional(),
        secret,
      }),
    )
    .output(ArchiveView),
  test: administrator
    .route({ method: 'POST', path: '/archives/{archive}/test', summary: 'Write, read and delete a small object there' })
    .input(z.object({ archive }))
    .output(ArchiveView),
  /** What lies there stays there. `loseFootage`: also where some footage is nowhere else; the station knows of it no more then. */
  remove: administrator
    .route({ method: 'DELETE', path: '/archives/{archive}' })
    .input(z.object({ archive, loseFootage: yesNo.default(false) }))
    .output(none),
  /** Compares what is there with the index. What the index lacks of cameras that it knows is taken in; what is missing there is told. */
  compare: administrator
    .route({ method: 'POST', path: '/archives/{archive}/compare', summary: 'Compare an archive with the index' })
    .input(z.object({ archive }))
    .output(
      z.object({
        objects: z.number().int(),
        bytes: z.number().int(),
        takenIn: z.number().int(),
        /** Copies that were gone and are sent again, because the footage is on a disk too. */
        sentAgain: z.number().int(),
        /** Footage that is nowhere else and is not there. */
        missing: z.number().int(),
        /** Of another size than the index says. */
        differing: z.number().int(),
        /** Of cameras that this station does not know, or that say nothing of themselves. */
        unknown: z.number().int(),
        /** Names of the first that are missing or differ. */
        names: z.array(z.string()),
      }),
    ),
  tiering: viewer
    .route({ method: 'GET', path: '/tiering', summary: 'Which footage goes to which archive' })
    .input(none)
    .output(Tiering),
  setStation: administrator
    .route({ method: 'PUT', path: '/tiering', summary: 'Say which footage goes to an archive' })
    .input(TierRules)
    .output(none),
  /** Of the cameras of one group. `rules` null: as the station again. */
  setGroup: administrator
    .route({ method: 'PUT', path: '/tiering/groups', summary: 'Say it of a group of cameras' })
    .input(z.object({ group: TierGroup, rules: TierRules.nullable() }))
    .output(none),
  /** `rules` null: as their groups, or the station, again. */
  setCameras: administrator
    .route({ method: 'PUT', path: '/tiering/cameras', summary: 'Say it of some cameras' })
    .input(z.object({ cameraId: z.array(CameraId).min(1).max(256), rules: TierRules.nullable() }))
    .output(none),
};
