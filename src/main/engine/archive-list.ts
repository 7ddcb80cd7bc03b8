/** The archives of a station as its index keeps them. */
import { ArchiveNumber, ArchivePace, ArchivePlace } from '#domain/archive.ts';
import { z } from 'zod';
import type { Secrets } from './secret-port.ts';

/** The setting that has them. */
export const archivesKey = 'archives';

const Kept = z.array(
  z.object({
    archive: ArchiveNumber,
    /** In its id file. */
    mark: z.string().min(1),
    name: z.string(),
    place: ArchivePlace,
    pace: ArchivePace,
    /** Base64; null: it needs none. */
    sealed: z.string().nullable(),
    addedMs: z.number(),
  }),
);
export type ArchiveRow = z.infer<typeof Kept>[number];

/** `kept`: the setting; null: there is none. Throws where it cannot be read. */
export const readArchiveRows = (kept: string | null): ArchiveRow[] =>
  kept === null ? [] : Kept.parse(JSON.parse(kept));

const boundTo = (archive: number): string => `archive ${archive}`;

export const sealArchiveSecret = (secrets: Secrets, archive: number, secret: string): string =>
  Buffer.from(secrets.seal(secret, boundTo(archive))).toString('base64');

/** null: it needs none. Throws where it cannot be opened. */
export const openArchiveSecret = (secrets: Secrets, { archive, sealed }: ArchiveRow): string | null =>
  sealed === null ? null : secrets.open(Buffer.from(sealed, 'base64'), boundTo(archive));
