/** Archives: folders on other disks and network shares, and buckets behind the S3 protocol. `docs/archive.md` describes them. */
export { openArchiveCache } from './archive-cache.ts';
import type { ArchiveDoor } from '../../engine/archive-port.ts';
import { openFolderArchive } from './folder-archive.ts';
import { openS3Archive } from './s3-archive.ts';

export const createArchiveDoor = (): ArchiveDoor => ({
  open: (place, secret, expectedId) =>
    place.kind === 'folder' ? openFolderArchive(place, expectedId) : openS3Archive(place, secret ?? '', expectedId),
});
