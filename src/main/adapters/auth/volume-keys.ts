/**
 * The keys of one volume: random keys that segments are encrypted under, wrapped by a ring's root key, which is itself wrapped by
 * the station's secrets, a passphrase, a recovery key (`docs/encryption.md`). All that is on disk is wrapped.
 */
import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import {
  endsWithRecoveryKey,
  readRecoveryKey,
  recoveryKeyBytes,
  writeRecoveryKey,
} from '#domain/decide/recovery-key.ts';
import { KeysFile, type KeyState, type Ring, type StoredKey } from '#domain/encryption.ts';
import type { Secrets } from '../../engine/secret-port.ts';
import type { KeysFileStore, VolumeKeys } from '../../engine/keys-port.ts';
import { keyBytes, keyOfPassphrase, keyOfRecovery, passphraseCost, unwrapKey, wrapKey } from './wrap-key.ts';

export type VolumeKeysDeps = {
  file: KeysFileStore;
  /** Id of the volume. */
  volume: string;
  /** Who opens: the id names its own opener. `secrets` null: it has none, and passphrase or recovery key is needed. */
  station: { id: string; secrets: Secrets | null };
  nowMs: () => number;
  /** Only looks: nothing is written, and what is unlocked stays so in memory alone. */
  readOnly?: boolean;
  /** Of passphrases. */
  cost?: { memoryKiB: number; passes: number };
};

const newId = (): string => randomBytes(8).toString('hex');
const saltBytes = 16;

/** Opens what this station can open. When encryption is on and that is not the key written with, a new ring is begun. */
export async function openVolumeKeys(deps: VolumeKeysDeps): Promise<VolumeKeys> {
  const { volume, station, nowMs, readOnly = false, cost = passphraseCost } = deps;
  const roots = new Map<string, Buffer>();
  const keys = new Map<string, KeyObject>();
  let pending: { bytes: Buffer; text: string } | null = null;
  let file = await load();

  const bound = (ring: string, what: string): string => `vigie volume ${volume} ${ring} ${what}`;

  async function load(): Promise<KeysFile> {
    const empty: KeysFile = { vigie: 'keys', format: 1, volume, revision: 1, on: false, rings: [] };
    const copies = await deps.file.read();
    let newest: KeysFile | null = null;
    for (const { text, setAside } of copies) {
      const found = readKeysFile(text, volume);
      if (found === null && !readOnly) await setAside();
      if (found !== null && (newest === null || found.revision > newest.revision)) newest = found;
    }
    if (newest === null) return empty;
    const whole = textOf(newest);
    if (!readOnly && (copies.length < deps.file.places || copies.some(({ text }) => text !== whole)))
      await deps.file.write(whole, 'any');
    return newest;
  }

  /** What is not on disk is not used: the file goes first, then memory. */
  async function save(next: Omit<KeysFile, 'revision'>, needed: 'all' | 'any' = 'all'): Promise<void> {
    const made: KeysFile = { ...next, revision: file.revision + 1 };
    if (!readOnly) await deps.file.write(textOf(made), needed);
    file = made;
  }

  /** Keeps a ring's root key and takes its keys in. False: it is not that ring's. */
  function admit(ring: Ring, root: Buffer): boolean {
    const opened = new Map<string, KeyObject>();
    for (const { id, wrapped } of ring.keys) {
      if (wrapped === null) continue;
      const raw = unwrapKey(root, wrapped, bound(ring.id, id));
      if (raw === null) return false;
      opened.set(id, createSecretKey(raw));
      raw.fill(0);
    }
    roots.set(ring.id, root);
    for (const [id, key] of opened) keys.set(id, key);
    return true;
  }

  function openByStation(ring: Ring): void {
    const { secrets } = station;
    if (secrets === null) return;
    for (const { wrapped } of ring.openers.stations) {
      try {
        const text = secrets.open(new Uint8Array(Buffer.from(wrapped, 'base64')), bound(ring.id, 'station'));
        if (admit(ring, Buffer.from(text, 'base64'))) return;
      } catch {
        // Another station's, or its secrets are lost: passphrase and recovery key are still there.
      }
    }
  }
  const openerOfStation = (ring: string, root: Buffer): Ring['openers']['stations'] =>
    station.secrets === null
      ? []
      : [
          {
            station: station.id,
            wrapped: Buffer.from(station.secrets.seal(root.toString('base64'), bound(ring, 'station'))).toString(
              'base64',
            ),
          },
        ];

  const current = (): StoredKey | null => file.rings.at(-1)?.keys.at(-1) ?? null;
  const writing = (): string | null => {
    const key = current();
    return file.on && key !== null && key.untilMs === null && keys.has(key.id) ? key.id : null;
  };
  const ended = (ring: Ring, atMs: number): Ring => ({
    ...ring,
    keys: ring.keys.map((k) => (k.untilMs === null ? { ...k, untilMs: Math.max(atMs, k.madeMs) } : k)),
  });

  /** A new key is what new segments are encrypted with; in a new ring where the last one is locked. */
  async function begin(): Promise<void> {
    const atMs = nowMs();
    const last = file.rings.at(-1);
    const had = last === undefined ? undefined : roots.get(last.id);
    const id = newId();
    const raw = randomBytes(keyBytes);
    const key = createSecretKey(raw);
    const root = had ?? randomBytes(keyBytes);
    const ringId = had !== undefined && last !== undefined ? last.id : newId();
    const stored: StoredKey = {
      id,
      madeMs: atMs,
      untilMs: null,
      wrapped: wrapKey(root, raw, bound(ringId, id)),
      destroyedMs: null,
    };
    raw.fill(0);
    const rings = file.rings.map((ring) => ended(ring, atMs));
    const open = rings.at(-1);
    if (had !== undefined && open !== undefined) rings[rings.length - 1] = { ...open, keys: [...open.keys, stored] };
    else {
      const openers = { stations: openerOfStation(ringId, root), passphrase: null, recovery: null };
      rings.push({ id: ringId, madeMs: atMs, openers, keys: [stored] });
    }
    await save({ ...file, on: true, rings }, 'any');
    roots.set(ringId, root);
    keys.set(id, key);
  }

  /** Gives rings other openers; those that are locked stay as they are. */
  async function reopen(change: (ring: Ring, root: Buffer) => Ring['openers'] | null): Promise<void> {
    const rings = file.rings.map((ring) => {
      const root = roots.get(ring.id);
      const openers = root === undefined ? null : change(ring, root);
      return openers === null ? ring : { ...ring, openers };
    });
    await save({ ...file, rings });
  }

  async function wrappedBy(passphrase: string): Promise<(ring: Ring, root: Buffer) => Ring['openers']> {
    const salt = randomBytes(saltBytes);
    const under = await keyOfPassphrase(passphrase, salt, cost);
    return ({ id, openers }, root) => ({
      ...openers,
      passphrase: {
        salt: salt.toString('base64'),
        ...cost,
        wrapped: wrapKey(under, root, bound(id, 'passphrase')),
      },
    });
  }

  async function unlockRing(ring: Ring, by: { passphrase: string } | { recoveryKey: string }): Promise<boolean> {
    const { passphrase, recovery } = ring.openers;
    let root: Buffer | null = null;
    if ('passphrase' in by) {
      if (passphrase === null) return false;
      const under = await keyOfPassphrase(by.passphrase, Buffer.from(passphrase.salt, 'base64'), passphrase);
      root = unwrapKey(under, passphrase.wrapped, bound(ring.id, 'passphrase'));
      under.fill(0);
    } else {
      const bytes = readRecoveryKey(by.recoveryKey);
      if (recovery === null || bytes === null) return false;
      root = unwrapKey(keyOfRecovery(bytes, ring.id), recovery.wrapped, bound(ring.id, 'recovery'));
      bytes.fill(0);
    }
    return root !== null && admit(ring, root);
  }

  /** One change at a time. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => undefined); // the failure is the caller's; the queue goes on
    return mine;
  };

  for (const ring of file.rings) openByStation(ring);
  const locked = (): Ring[] =>
    file.rings.filter((ring) => !roots.has(ring.id) && ring.keys.some((k) => k.wrapped !== null));
  let begunAnew = false;
  let trouble: string | null = null;
  if (file.on && !readOnly && writing() === null) {
    try {
      await begin();
      begunAnew = true;
    } catch (error) {
      trouble = error instanceof Error ? error.message : String(error);
    }
  }

  return {
    begunAnew,
    trouble,
    writing,
    usable: () => [...keys].map(([id, key]) => ({ id, key })),
    find: (keyId) => keys.get(keyId) ?? null,
    isDestroyed: (keyId) => file.rings.some((r) => r.keys.some((k) => k.id === keyId && k.destroyedMs !== null)),
    view() {
      const open = file.rings.filter((ring) => roots.has(ring.id)).at(-1);
      const shut = locked();
      const stateOf = (key: StoredKey): KeyState => {
        if (key.wrapped === null) return 'destroyed';
        if (!keys.has(key.id)) return 'locked';
        return key.id === writing() ? 'writing' : 'open';
      };
      return {
        on: file.on,
        passphrase: open?.openers.passphrase != null,
        recoveryKeyMs: open?.openers.recovery?.madeMs ?? null,
        unlockBy: {
          passphrase: shut.some((ring) => ring.openers.passphrase !== null),
          recoveryKey: shut.some((ring) => ring.openers.recovery !== null),
        },
        keys: file.rings
          .flatMap((ring) => ring.keys)
          .map((k) => ({
            id: k.id,
            state: stateOf(k),
            fromMs: k.madeMs,
            toMs: k.untilMs,
            destroyedMs: k.destroyedMs,
          }))
          .reverse(),
      };
    },
    turnOn: () =>
      inTurn(async () => {
        if (writing() === null) await begin();
      }),
    turnOff: () =>
      inTurn(async () => {
        if (!file.on) return;
        const atMs = nowMs();
        await save({ ...file, on: false, rings: file.rings.map((ring) => ended(ring, atMs)) });
      }),
    rotate: () =>
      inTurn(async () => {
        if (file.on) await begin();
      }),
    destroy: (keyId) =>
      inTurn(async () => {
        const atMs = nowMs();
        const found = file.rings.some((r) => r.keys.some((k) => k.id === keyId && k.wrapped !== null));
        if (!found || keyId === writing()) return false;
        const rings = file.rings.map((ring) => ({
          ...ring,
          keys: ring.keys.map((k) =>
            k.id === keyId ? { ...k, wrapped: null, untilMs: k.untilMs ?? atMs, destroyedMs: atMs } : k,
          ),
        }));
        await save({ ...file, rings });
        keys.delete(keyId);
        return true;
      }),
    setPassphrase: (passphrase) =>
      inTurn(async () => {
        await reopen(
          passphrase === null ? ({ openers }) => ({ ...openers, passphrase: null }) : await wrappedBy(passphrase),
        );
      }),
    unlock: (by) =>
      inTurn(async () => {
        const before = keys.size;
        const opened = new Set<string>();
        for (const ring of locked()) if (await unlockRing(ring, by)) opened.add(ring.id);
        if (opened.size === 0) return 0;
        // From now on this station opens them by itself; and keys begun meanwhile get the passphrase that people know.
        const known = 'passphrase' in by && !readOnly ? await wrappedBy(by.passphrase) : null;
        await reopen((ring, root) => {
          const openers = ring.openers.passphrase === null && known !== null ? known(ring, root) : ring.openers;
          if (!opened.has(ring.id)) return openers;
          const others = openers.stations.filter((s) => s.station !== station.id);
          return { ...openers, stations: [...others, ...openerOfStation(ring.id, root)] };
        });
        return keys.size - before;
      }),
    makeRecoveryKey() {
      pending?.bytes.fill(0);
      const bytes = randomBytes(recoveryKeyBytes);
      pending = { bytes, text: writeRecoveryKey(bytes) };
      return pending.text;
    },
    confirmRecoveryKey: (ending) =>
      inTurn(async () => {
        const made = pending;
        if (made === null || !endsWithRecoveryKey(made.text, ending)) return false;
        const madeMs = nowMs();
        await reopen(({ id, openers }, root) => {
          const wrapped = wrapKey(keyOfRecovery(made.bytes, id), root, bound(id, 'recovery'));
          return { ...openers, recovery: { madeMs, wrapped } };
        });
        made.bytes.fill(0);
        pending = null;
        return true;
      }),
  };
}

const textOf = (file: KeysFile): string => `${JSON.stringify(file, null, 2)}\n`;

/** Null: it is none, of a later format, or of another volume. */
function readKeysFile(text: string, volume: string): KeysFile | null {
  try {
    const file = KeysFile.parse(JSON.parse(text));
    return file.volume === volume ? file : null;
  } catch {
    return null;
  }
}
