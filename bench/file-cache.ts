import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Makes the system forget what it holds of a file in memory, so that the next read comes from the disk. Needs no rights: GNU dd
 * asks with posix_fadvise(POSIX_FADV_DONTNEED) for the whole file. Pages that are not written yet stay. Linux only.
 */
export function forgetFile(path: string): void {
  execFileSync('dd', [`if=${path}`, 'iflag=nocache', 'count=0', 'status=none']);
}

/** Bytes that this process, all threads, had fetched from disks (proc_pid_io(5), `read_bytes`). Linux only. */
export function fetchedBytes(): number {
  return Number(/^read_bytes: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
}
