/** The keychain of the program that started this station, reached over their private channel. */
import type { Keychain } from '../adapters/auth/index.ts';
import type { HostChannel } from './host-channel.ts';

/** A keychain may ask its owner for a password first. */
const limitMs = 60_000;

export function createHostKeychain(host: Pick<HostChannel, 'send' | 'onRequest'>): Keychain {
  const waiting = new Map<number, (value: string | null) => void>();
  let last = 0;
  host.onRequest((request) => {
    if (request.type === 'keychain') waiting.get(request.id)?.(request.value);
  });
  const ask = (op: 'wrap' | 'unwrap', value: string): Promise<string | null> => {
    const id = ++last;
    return new Promise<string | null>((resolve) => {
      const timer = setTimeout(() => {
        resolve(null);
      }, limitMs);
      waiting.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      host.send({ type: 'keychain', id, op, value });
    }).finally(() => waiting.delete(id));
  };
  return { wrap: (plain) => ask('wrap', plain), unwrap: (wrapped) => ask('unwrap', wrapped) };
}
