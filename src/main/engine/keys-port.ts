/** The keys of one volume as the engine uses them (adapters/auth). Types only. */
import type { KeyObject } from 'node:crypto';
import type { VolumeEncryption } from '#domain/encryption.ts';

export type VolumeKeys = {
  /** How it stands, for people; without the volume's number. */
  view(): Omit<VolumeEncryption, 'volume'>;
  /** Name of the key that new segments are encrypted with; null: they are plain. */
  writing(): string | null;
  /** All keys that can be used now. */
  usable(): { id: string; key: KeyObject }[];
  find(keyId: string): KeyObject | null;
  isDestroyed(keyId: string): boolean;
  /** Recording went on with a new key at the start, because the one before could not be opened. */
  begunAnew: boolean;
  /** Why that was not possible: new segments are plain although they should not be, until `turnOn` works. */
  trouble: string | null;
  /** Every change is on disk when its promise resolves, before anything is written under it. They reject with the system's error. */
  turnOn(): Promise<void>;
  turnOff(): Promise<void>;
  /** A new key for new segments; those before stay. */
  rotate(): Promise<void>;
  /** Throws away a key that is not written with. False: there is no such key, or it is written with. */
  destroy(keyId: string): Promise<boolean>;
  /** For all keys that are open; null takes it away. */
  setPassphrase(passphrase: string | null): Promise<void>;
  /** Opens what is locked; resolves with how many keys it opened. */
  unlock(by: { passphrase: string } | { recoveryKey: string }): Promise<number>;
  /** A new recovery key, to be shown once. It opens nothing before it is confirmed. */
  makeRecoveryKey(): string;
  /** False: the ending is not that of the key that was made last. */
  confirmRecoveryKey(ending: string): Promise<boolean>;
};

/** Where the wrapped keys of a volume lie. Reject with the system's error. */
export type KeysFileStore = {
  /** In how many places. */
  places: number;
  /** The copies there are. `setAside` keeps one that says nothing to us beside, under another name. Rejects when none can be read. */
  read(): Promise<{ text: string; setAside(): Promise<void> }[]>;
  /** Writes every copy whole. `any`: one that is written is enough, the others are made good at the next start. */
  write(text: string, needed: 'all' | 'any'): Promise<void>;
};
