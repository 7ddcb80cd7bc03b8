import { isIP } from 'node:net';

/** Whether an address (or `localhost`) is this machine's own. */
export function isLoopback(host: string): boolean {
  const plain = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (plain === 'localhost') return true;
  const kind = isIP(plain);
  if (kind === 4) return plain.startsWith('127.');
  return kind === 6 && (plain === '::1' || plain.startsWith('::ffff:127.'));
}
