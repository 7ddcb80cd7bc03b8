import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** Processes whose environment carries `key=value`, without this one; known on Linux only. */
function marked(key, value) {
  if (process.platform !== 'linux') return [];
  const found = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`${key}=${value}`)) continue;
      const [, state] = /^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
      if (state !== 'Z')
        found.push({
          pid: Number(pid),
          command: readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim().slice(0, 160),
        });
    } catch {
      // It ended while it was looked at, or belongs to somebody else.
    }
  }
  return found;
}

/**
 * Ends what a test run left running, after giving it a moment to end by itself.
 * @returns {Promise<string[]>} command lines of what had to be killed
 */
export async function endLeftovers(key, value, graceMs = 3000) {
  const untilMs = performance.now() + graceMs;
  let left = marked(key, value);
  while (left.length > 0 && performance.now() < untilMs) {
    await wait(100);
    left = marked(key, value);
  }
  for (const { pid } of left) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone in between.
    }
  }
  return left.map((p) => `${p.pid} ${p.command}`);
}
