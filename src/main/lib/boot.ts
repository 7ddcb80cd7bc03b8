import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Which boot of the machine this is, as a UUID; where the system does not tell (Linux alone does), one of this process. */
export function bootId(): string {
  try {
    const text = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return text;
  } catch {
    // not this system: what is measured by the steady clock can be compared within this process
  }
  return randomUUID();
}
