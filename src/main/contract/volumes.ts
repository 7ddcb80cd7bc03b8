/** Volumes: the disks that video is recorded on. */
import { z } from 'zod';
import {
  SyncPolicy,
  Volume,
  VolumeFootage,
  VolumeName,
  VolumeNumber,
  VolumePath,
  VolumePlace,
  VolumeReserve,
  VolumeSettings,
  VolumeWeight,
} from '../domain/volume.ts';
import { administrator, none, num, viewer, yesNo } from './base.ts';

const one = z.object({ volume: num(VolumeNumber) });

export const volumes = {
  /** By number; the data folder's own is the first. Where they are is told to administrators alone. */
  list: viewer
    .route({ method: 'GET', path: '/volumes', summary: 'The disks that are recorded on, and how they stand' })
    .input(none)
    .output(z.array(Volume)),
  /**
   * What is at a path that might become a volume; changes nothing. INVALID (`path`): it can be none, and why. CONFLICT: `known` it is
   * a volume already · `inside` it lies inside another volume, or another inside it · `foreign` it holds the video of another station.
   */
  look: administrator
    .route({ method: 'POST', path: '/volumes/look', summary: 'Look at a folder before it becomes a volume' })
    .input(z.object({ path: VolumePath }))
    .output(VolumePlace),
  /** As `look`; INVALID (`reserveBytes`): more than half of the disk. Further CONFLICT: `same-disk` it is on the file system of another volume and `sameDisk` is not said. */
  add: administrator
    .route({ method: 'POST', path: '/volumes', summary: 'Record on one more disk', successStatus: 201 })
    .input(
      z.object({
        path: VolumePath,
        name: VolumeName.default(''),
        weight: VolumeWeight.default(1),
        reserveBytes: VolumeReserve.default(null),
        sync: SyncPolicy.default('durable'),
        sameDisk: z.boolean().default(false),
      }),
    )
    .output(Volume),
  /** INVALID (`change.reserveBytes`): more than half of the disk, as far as its size is known. */
  change: administrator
    .route({ method: 'PATCH', path: '/volumes/{volume}', summary: 'Change how a volume is recorded on' })
    .input(one.extend({ change: VolumeSettings.partial() }))
    .output(Volume),
  /** What `remove` with `footageGone` would make the index forget. */
  footage: administrator
    .route({ method: 'GET', path: '/volumes/{volume}/footage', summary: 'What is recorded on a volume' })
    .input(one)
    .output(VolumeFootage),
  /**
   * Takes it out of the station; no file on it is touched. CONFLICT: `own` · `footage` it still holds some and `footageGone` is not
   * said · `changed` it holds another number of segments than `segments` says · `held` some of it is.
   */
  remove: administrator
    .route({ method: 'DELETE', path: '/volumes/{volume}', summary: 'Take a volume out of the station' })
    .input(
      one.extend({
        /** Its footage is gone for good: the index forgets it. */
        footageGone: yesNo.default(false),
        /** With `footageGone`: as many as `footage` told. */
        segments: num(z.number().int().min(0).optional()),
      }),
    )
    .output(none),
};
