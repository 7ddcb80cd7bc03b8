/** Encryption of the volumes, as administrators steer it: their keys, and what the ingest workers are told of them. */
import type { KeyObject } from 'node:crypto';
import { AppError, invalid } from '#contract/error.ts';
import type { VolumeEncryption } from '#domain/encryption.ts';
import type { Log } from '#lib/log.ts';
import type { Encryption } from './encryption-room.ts';
import type { EventRoom } from './events.ts';
import type { IngestPool } from './ingest-pool.ts';
import type { VolumeKeys } from './keys-port.ts';

/** A volume with its keys. */
export type KeyedVolume = { volume: number; root: string; keys: VolumeKeys };

/** What of a change an event tells; the screen has words for each. */
export type EncryptionChange =
  | 'on'
  | 'off'
  | 'rotated'
  | 'destroyed'
  | 'passphrase-set'
  | 'passphrase-removed'
  | 'recovery-key'
  | 'unlocked';

export type EncryptionRoom = Encryption & {
  /** Tells the workers; before anything is recorded. */
  start(): void;
  /** The keys of one more volume were opened. */
  opened(keyed: KeyedVolume): void;
  isOn(volume: number): boolean;
  stop(): void;
};

/** A disk that did not take a new key at the start is asked again this often. */
const retryMs = 60_000;

export function createEncryption(deps: {
  /** Those whose keys are open. */
  volumes: () => readonly KeyedVolume[];
  pool: () => Pick<IngestPool, 'useKeys'>;
  /** What was made of footage of this time, of whatever camera, is to be seen no more. */
  forget: (fromMs: number, toMs: number) => void;
  events: Pick<EventRoom, 'note'>;
  log: Log;
}): EncryptionRoom {
  const { events, log } = deps;

  const tellWorkers = (): void => {
    deps.pool().useKeys(
      deps.volumes().map(({ root, keys }) => ({
        root,
        writing: keys.writing(),
        keys: keys.usable() satisfies { id: string; key: KeyObject }[],
      })),
    );
  };

  const find = (volume: number): KeyedVolume => {
    const found = deps.volumes().find((v) => v.volume === volume);
    if (found === undefined) throw new AppError('NOT_FOUND', 'There is no such volume here.');
    return found;
  };
  const viewOf = ({ volume, keys }: KeyedVolume): VolumeEncryption => ({ volume, ...keys.view() });
  const noKeys = (): AppError =>
    new AppError('CONFLICT', 'Nothing on this disk is encrypted yet. Turn encryption on first.', {
      data: { what: 'no-keys' },
    });

  /** A change of keys on the disk; workers and people hear of it when it is there. */
  async function change(
    volume: number,
    what: EncryptionChange,
    by: string,
    work: (keys: VolumeKeys) => Promise<void>,
    more: { key?: string } = {},
  ): Promise<VolumeEncryption> {
    const found = find(volume);
    try {
      await work(found.keys);
    } catch (error) {
      if (error instanceof AppError) throw error;
      log.error('the keys of a volume could not be written', { volume, reason: String(error) });
      throw new AppError(
        'UNAVAILABLE',
        'The disk did not take the changed keys, so nothing was changed. Check the disk, then try again.',
        { cause: error, data: { reason: 'disk' } },
      );
    }
    tellWorkers();
    events.note({ kind: 'encryption-changed', severity: 'info', data: { volume, change: what, by, ...more } });
    return viewOf(found);
  }

  let timer: ReturnType<typeof setInterval> | null = null;
  /** Where encryption is on and new footage is plain all the same: tried again until the disk takes a key. */
  async function retry(): Promise<void> {
    let left = false;
    for (const { volume, keys } of deps.volumes()) {
      if (!keys.view().on || keys.writing() !== null) continue;
      try {
        await keys.turnOn();
        log.info('the disk took a new key; new footage is encrypted again', { volume });
        tellWorkers();
      } catch {
        left = true; // as it was told at the start
      }
    }
    if (!left) stop();
  }
  function stop(): void {
    if (timer !== null) clearInterval(timer);
    timer = null;
  }

  /** What people should know of keys that were opened. */
  function tell({ volume, keys }: KeyedVolume): void {
    if (keys.trouble !== null) {
      log.error('the disk does not take a new key; new footage is plain until it does', {
        volume,
        reason: keys.trouble,
      });
      events.note({ kind: 'footage-plain', severity: 'warning', data: { volume, reason: keys.trouble } });
      timer ??= setInterval(() => void retry(), retryMs);
    }
    if (!keys.begunAnew) return;
    log.warn(
      'the key of a volume cannot be opened; what it encrypted is locked, and recording goes on with a new one',
      {
        volume,
      },
    );
    events.note({ kind: 'footage-locked', severity: 'warning', data: { volume } });
  }

  return {
    stop,
    start() {
      tellWorkers();
      for (const keyed of deps.volumes()) tell(keyed);
    },
    opened(keyed) {
      tellWorkers();
      tell(keyed);
    },
    isOn: (volume) =>
      deps
        .volumes()
        .find((v) => v.volume === volume)
        ?.keys.view().on ?? false,
    list: () => deps.volumes().map(viewOf),
    turnOn: (volume, by) => change(volume, 'on', by, (keys) => keys.turnOn()),
    turnOff: (volume, by) => change(volume, 'off', by, (keys) => keys.turnOff()),
    rotate: (volume, by) =>
      change(volume, 'rotated', by, async (keys) => {
        if (keys.writing() === null)
          throw new AppError('CONFLICT', 'Encryption is off on this disk. Turn it on: that begins a new key.', {
            data: { what: 'encryption-off' },
          });
        await keys.rotate();
      }),
    destroyKey: (volume, keyId, confirm, by) =>
      change(
        volume,
        'destroyed',
        by,
        async (keys) => {
          if (confirm !== keyId)
            throw invalid('confirm', 'unlike', 'Name the key again to confirm that it shall be destroyed.');
          const key = keys.view().keys.find((k) => k.id === keyId);
          if (!(await keys.destroy(keyId)))
            throw new AppError(
              'CONFLICT',
              'There is no such key, or new footage is written with it: begin a new key first.',
              { data: { what: 'key' } },
            );
          if (key !== undefined) deps.forget(key.fromMs, key.toMs ?? Number.MAX_SAFE_INTEGER);
        },
        { key: keyId },
      ),
    setPassphrase: (volume, passphrase, by) =>
      change(volume, passphrase === null ? 'passphrase-removed' : 'passphrase-set', by, async (keys) => {
        if (keys.usable().length === 0) throw noKeys();
        await keys.setPassphrase(passphrase);
      }),
    makeRecoveryKey(volume) {
      const { keys } = find(volume);
      if (keys.usable().length === 0) throw noKeys();
      return keys.makeRecoveryKey();
    },
    confirmRecoveryKey: (volume, ending, by) =>
      change(volume, 'recovery-key', by, async (keys) => {
        if (!(await keys.confirmRecoveryKey(ending)))
          throw invalid('ending', 'wrong', 'This is not the end of the recovery key. Type its last eight characters.');
      }),
    unlock: (volume, secret, by) =>
      change(volume, 'unlocked', by, async (keys) => {
        if ((await keys.unlock(secret)) === 0)
          throw invalid('by', 'wrong', 'This opens nothing that is locked on this disk. Check it and try again.');
      }),
  };
}
