/** Encryption of the volumes, for administrators. Passphrases and recovery keys pass through and are not kept. */
import { create } from 'zustand';
import type { VolumeEncryption } from '#domain/encryption.ts';
import { station } from './line.ts';

export const useEncryption = create<{ list: VolumeEncryption[] | null }>(() => ({ list: null }));

export async function readEncryption(): Promise<void> {
  useEncryption.setState({ list: await station().encryption.list({}) });
}

const take = (changed: VolumeEncryption): void => {
  useEncryption.setState(({ list }) => ({
    list: list?.map((one) => (one.volume === changed.volume ? changed : one)) ?? [changed],
  }));
};

export async function switchEncryption(volume: number, on: boolean): Promise<void> {
  const { encryption } = station();
  take(await (on ? encryption.turnOn({ volume }) : encryption.turnOff({ volume })));
}
export async function rotateKey(volume: number): Promise<void> {
  take(await station().encryption.rotate({ volume }));
}
export async function destroyKey(volume: number, keyId: string): Promise<void> {
  take(await station().encryption.destroyKey({ volume, keyId, confirm: keyId }));
}
/** null takes it away. */
export async function setPassphrase(volume: number, passphrase: string | null): Promise<void> {
  const { encryption } = station();
  take(
    await (passphrase === null
      ? encryption.removePassphrase({ volume })
      : encryption.setPassphrase({ volume, passphrase })),
  );
}
export const makeRecoveryKey = async (volume: number): Promise<string> =>
  (await station().encryption.makeRecoveryKey({ volume })).recoveryKey;
export async function confirmRecoveryKey(volume: number, ending: string): Promise<void> {
  take(await station().encryption.confirmRecoveryKey({ volume, ending }));
}
export async function unlock(volume: number, by: { passphrase: string } | { recoveryKey: string }): Promise<void> {
  take(await station().encryption.unlock({ volume, by }));
}
