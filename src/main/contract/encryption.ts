/** Encryption at rest, per volume: on and off, keys, passphrase, recovery key. No key is ever answered but a new recovery key, once. */
import { z } from 'zod';
import { KeyId, Passphrase, VolumeEncryption } from '../domain/encryption.ts';
import { administrator, none, num } from './base.ts';

const one = z.object({ volume: num(z.number().int().min(1)) });

export const encryption = {
  list: administrator
    .route({ method: 'GET', path: '/encryption', summary: 'How encryption of all volumes stands' })
    .input(none)
    .output(z.array(VolumeEncryption)),
  /** New segments are encrypted from the next one on; what is recorded already stays as it is. */
  turnOn: administrator
    .route({ method: 'POST', path: '/volumes/{volume}/encryption', summary: 'Encrypt new footage' })
    .input(one)
    .output(VolumeEncryption),
  turnOff: administrator
    .route({ method: 'DELETE', path: '/volumes/{volume}/encryption', summary: 'Record new footage plain' })
    .input(one)
    .output(VolumeEncryption),
  /** A new key for new segments. */
  rotate: administrator
    .route({ method: 'POST', path: '/volumes/{volume}/encryption/keys', summary: 'Begin a new key' })
    .input(one)
    .output(VolumeEncryption),
  /** What it encrypted can never be shown again. Not for the key that is written with. `confirm`: its name again. */
  destroyKey: administrator
    .route({ method: 'DELETE', path: '/volumes/{volume}/encryption/keys/{keyId}', summary: 'Destroy a key for good' })
    .input(one.extend({ keyId: KeyId, confirm: KeyId }))
    .output(VolumeEncryption),
  /** Opens the volume on another station. Replaces the one before. */
  setPassphrase: administrator
    .route({ method: 'PUT', path: '/volumes/{volume}/encryption/passphrase', summary: 'Set the passphrase' })
    .input(one.extend({ passphrase: Passphrase }))
    .output(VolumeEncryption),
  removePassphrase: administrator
    .route({ method: 'DELETE', path: '/volumes/{volume}/encryption/passphrase', summary: 'Take the passphrase away' })
    .input(one)
    .output(VolumeEncryption),
  /** To be shown once and written down; it opens nothing before it is confirmed. */
  makeRecoveryKey: administrator
    .route({ method: 'POST', path: '/volumes/{volume}/encryption/recovery-key', summary: 'Make a recovery key' })
    .input(one)
    .output(z.object({ recoveryKey: z.string() })),
  /** `ending`: its last two groups. */
  confirmRecoveryKey: administrator
    .route({ method: 'PUT', path: '/volumes/{volume}/encryption/recovery-key', summary: 'Confirm the recovery key' })
    .input(one.extend({ ending: z.string().max(40) }))
    .output(VolumeEncryption),
  /** Opens locked keys, and lets this station open them from now on. */
  unlock: administrator
    .route({ method: 'POST', path: '/volumes/{volume}/encryption/unlock', summary: 'Unlock footage' })
    .input(
      one.extend({
        by: z.union([z.object({ passphrase: z.string().max(256) }), z.object({ recoveryKey: z.string().max(100) })]),
      }),
    )
    .output(VolumeEncryption),
};
