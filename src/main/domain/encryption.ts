/** Encryption at rest of one volume: what is on its disk about keys, and what a person is shown. `docs/encryption.md`. */
import { z } from 'zod';
import { TimeMs } from './time.ts';

/** A volume key's name. */
export const KeyId = z.string().regex(/^[0-9a-f]{16}$/);
export type KeyId = z.infer<typeof KeyId>;

/** What a person types to open a volume elsewhere. */
export const Passphrase = z.string().min(12).max(256);

const base64 = z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/);

/** The root key of a ring, wrapped so that one holder of something can open it. */
const Openers = z.object({
  /** Under the secrets of a station (in its keychain, or a file of its data folder). */
  stations: z.array(z.object({ station: z.string().max(64), wrapped: base64 })).max(100),
  /** Under a passphrase (Argon2id, RFC 9106, one lane). */
  passphrase: z
    .object({
      salt: base64,
      memoryKiB: z.number().int().min(8).max(4_194_304),
      passes: z.number().int().min(1).max(100),
      wrapped: base64,
    })
    .nullable(),
  recovery: z.object({ madeMs: TimeMs, wrapped: base64 }).nullable(),
});
export type Openers = z.infer<typeof Openers>;

const StoredKey = z.object({
  id: KeyId,
  madeMs: TimeMs,
  /** When segments began to be written otherwise; null: it is written with. */
  untilMs: TimeMs.nullable(),
  /** Under the ring's root key; null: destroyed. */
  wrapped: base64.nullable(),
  destroyedMs: TimeMs.nullable(),
});
export type StoredKey = z.infer<typeof StoredKey>;

/**
 * Keys that are opened together. A volume has one; a further one is begun when the last cannot be opened any more and recording has
 * to go on.
 */
const Ring = z.object({ id: KeyId, madeMs: TimeMs, openers: Openers, keys: z.array(StoredKey).max(10_000) });
export type Ring = z.infer<typeof Ring>;

/** `keys.json` of a volume. Nothing in it opens anything without one of its openers. */
export const KeysFile = z.object({
  vigie: z.literal('keys'),
  format: z.literal(1),
  /** Id of the volume: bound into everything that is wrapped. */
  volume: z.string().min(1).max(64),
  /** Counts up with each change: of two copies the higher one holds. */
  revision: z.number().int().min(1),
  /** New segments are encrypted. */
  on: z.boolean(),
  rings: z.array(Ring).max(1000),
});
export type KeysFile = z.infer<typeof KeysFile>;

/** `writing`: new segments are encrypted with it · `open`: its footage can be shown · `locked`: it can after unlocking · `destroyed`: never. */
export const KeyState = z.enum(['writing', 'open', 'locked', 'destroyed']);
export type KeyState = z.infer<typeof KeyState>;

/** How encryption of one volume stands, as clients see it. No key is ever in it. */
export const VolumeEncryption = z.object({
  /** The volume's number. */
  volume: z.number().int().min(1),
  /** New footage is encrypted. */
  on: z.boolean(),
  /** A passphrase opens the footage that is written now. */
  passphrase: z.boolean(),
  /** When the recovery key that opens it was made; null: there is none. */
  recoveryKeyMs: TimeMs.nullable(),
  /** Locked keys can be opened by a passphrase, by a recovery key. */
  unlockBy: z.object({ passphrase: z.boolean(), recoveryKey: z.boolean() }),
  /** Newest first. */
  keys: z.array(
    z.object({
      id: KeyId,
      state: KeyState,
      /** Footage between these times may be encrypted with it; null: up to now. */
      fromMs: TimeMs,
      toMs: TimeMs.nullable(),
      destroyedMs: TimeMs.nullable(),
    }),
  ),
});
export type VolumeEncryption = z.infer<typeof VolumeEncryption>;
