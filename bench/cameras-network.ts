/** A network of the bench's own: discovery shouts, and nobody else's cameras shall answer or hear it. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

const mark = 'VIGIE_BENCH_OWN_NETWORK';

/** Unprivileged users get a network namespace inside a user namespace, where the system lets them. */
const unshare = process.getuid?.() === 0 ? ['-mn'] : ['-rmn'];
/** Loopback alone, made to take multicast; /sys tells of the network of whoever mounted it. */
const lay = 'mount -t sysfs none /sys && ip link set lo up multicast on && ip route add 224.0.0.0/4 dev lo';

/** True inside a network namespace that `runInOwnNetwork` made. */
export const inOwnNetwork = (): boolean => process.env[mark] === '1';

/**
 * Runs this same program again in a network namespace that holds nothing but loopback, and resolves with its exit code; null
 * where that cannot be had (no `unshare` or `ip`, or not allowed).
 */
export async function runInOwnNetwork(): Promise<number | null> {
  const tried = spawnSync('unshare', [...unshare, 'sh', '-c', lay], { stdio: 'ignore' });
  if (tried.error !== undefined || tried.status !== 0) return null;
  const again = [
    'sh',
    '-c',
    `${lay} && exec "$@"`,
    'sh',
    process.execPath,
    ...process.execArgv,
    ...process.argv.slice(1),
  ];
  const child = spawn('unshare', [...unshare, ...again], { stdio: 'inherit', env: { ...process.env, [mark]: '1' } });
  const pass = (signal: NodeJS.Signals): void => {
    child.kill(signal);
  };
  process.on('SIGINT', pass).on('SIGTERM', pass);
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
