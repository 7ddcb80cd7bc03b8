/** Encryption of the volumes as `engine/api` and the composition root see it. Types only. */
import type { VolumeEncryption } from '#domain/encryption.ts';

export type Encryption = {
  list(): VolumeEncryption[];
  /** These throw NOT_FOUND for a volume that is not here, UNAVAILABLE (`disk`) when it does not take its keys. */
  turnOn(volume: number, by: string): Promise<VolumeEncryption>;
  turnOff(volume: number, by: string): Promise<VolumeEncryption>;
  /** Throws CONFLICT (`off`). */
  rotate(volume: number, by: string): Promise<VolumeEncryption>;
  /** Throws CONFLICT (`key`): there is no such key, or it is written with; INVALID: it was not confirmed. */
  destroyKey(volume: number, keyId: string, confirm: string, by: string): Promise<VolumeEncryption>;
  /** Throws CONFLICT (`no-keys`): nothing was encrypted yet. */
  setPassphrase(volume: number, passphrase: string | null, by: string): Promise<VolumeEncryption>;
  /** Throws CONFLICT (`no-keys`). */
  makeRecoveryKey(volume: number): string;
  /** Throws INVALID. */
  confirmRecoveryKey(volume: number, ending: string, by: string): Promise<VolumeEncryption>;
  /** Throws INVALID: it opens nothing. */
  unlock(
    volume: number,
    secret: { passphrase: string } | { recoveryKey: string },
    by: string,
  ): Promise<VolumeEncryption>;
};
