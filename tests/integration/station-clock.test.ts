/** The real station while the machine's clock is set: libfaketime sets it, for this process alone. Skipped where that is not installed. */
import { fork } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HostNotice } from '#contract/host.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { openWriteStore } from '../../src/main/adapters/sqlite/index.ts';
import { root, tempFolder, until } from './engine-rig.ts';

const library = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1',
].find((f) => existsSync(f));
const hourMs = 3_600_000;

test.skipIf(library === undefined)(
  'a clock far ahead at the start is put right: right times at once, the rest kept and told',
  async () => {
    const folder = tempFolder();
    const clockFile = join(folder.path, 'clock');
    writeFileSync(clockFile, '+9000h\n');
    const data = join(folder.path, 'data');
    const child = fork(join(root, 'src', 'main', 'station', 'index.ts'), ['--data', data, '--port', '0', '--demo'], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: {
        ...process.env,
        FFMPEG_BIN: '',
        LD_PRELOAD: library,
        FAKETIME_TIMESTAMP_FILE: clockFile,
        FAKETIME_NO_CACHE: '1',
        DONT_FAKE_MONOTONIC: '1',
      },
    });
    let ready = false;
    child.on('message', (message) => {
      ready ||= HostNotice.parse(message).type === 'ready';
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    try {
      const rows = () => {
        if (!ready) return [];
        const store = openWriteStore(join(data, 'vigie.db'), {
          clock: systemClock,
          log: quietLog,
          newStation: () => ({ id: '01HZZZZZZZZZZZZZZZZZZZZZZ9', name: 'Test' }),
        });
        try {
          return store.streams().flatMap((s) => store.segmentsFrom(s.id, 0, Number.MAX_SAFE_INTEGER, 100));
        } finally {
          store.close();
        }
      };
      const ahead = (): boolean =>
        rows().some((r) => r.startMs > systemClock.nowMs() + 8000 * hourMs && r.bytes > 10_000);
      await until('recording in another year', ahead, 60_000);
      writeFileSync(clockFile, '+0h\n');
      const right = await until(
        'recording with the right time',
        () => rows().filter((r) => Math.abs(r.startMs - systemClock.nowMs()) < 60_000 && r.bytes > 10_000)[0],
        60_000,
      );
      expect(right.seam).toBe(1);
      child.kill('SIGTERM');
      await ended;
      const store = openWriteStore(join(data, 'vigie.db'), {
        clock: systemClock,
        log: quietLog,
        newStation: () => ({ id: '01HZZZZZZZZZZZZZZZZZZZZZZ9', name: 'Test' }),
      });
      const [seam, more] = store.clock.seams();
      expect(more).toBeUndefined();
      expect(seam?.kind).toBe('step');
      expect(Math.abs((seam?.beforeMs ?? 0) - (seam?.atMs ?? 0) - 9000 * hourMs)).toBeLessThan(2_000);
      expect(rows().some((r) => r.startMs > systemClock.nowMs() + 8000 * hourMs && r.seam === undefined)).toBe(true);
      store.close();
    } finally {
      child.kill('SIGKILL');
      await ended;
      folder.remove();
    }
  },
  150_000,
);
