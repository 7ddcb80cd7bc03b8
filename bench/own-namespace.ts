/** A bench that must not touch what others use runs itself again in namespaces of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

const mark = 'VIGIE_BENCH_OWN';

/** True inside what `runInOwnNamespace` made. */
export const inOwnNamespace = (): boolean => process.env[mark] === '1';

/**
 * Runs this same program again in a mount namespace, `network: true` also in a network namespace that holds nothing but loopback,
 * and resolves with its exit code; null where that cannot be had (no `unshare`, or not allowed). Unprivileged users get them
 * inside a user namespace, where the system lets them. `lay`: what a shell does there first.
 */
export async function runInOwnNamespace(options: { network?: boolean; lay?: string }): Promise<number | null> {
  const { network = false, lay = 'true' } = options;
  const flags = `-${process.getuid?.() === 0 ? '' : 'r'}m${network ? 'n' : ''}`;
  const unshare = [flags, '--propagation', 'private'];
  const tried = spawnSync('unshare', [...unshare, 'sh', '-c', lay], { stdio: 'ignore' });
  if (tried.error !== undefined || tried.status !== 0) return null;
  const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const child = spawn('unshare', [...unshare, 'sh', '-c', `${lay} && exec "$@"`, 'sh', ...again], {
    stdio: 'inherit',
    env: { ...process.env, [mark]: '1' },
  });
  const pass = (signal: NodeJS.Signals): void => {
    child.kill(signal);
  };
  process.on('SIGINT', pass).on('SIGTERM', pass);
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
