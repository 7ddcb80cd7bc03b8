/** An index of its own for each test of a file, and what is often put into one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { openQueries, openWriteStore } from '../../src/main/adapters/sqlite/index.ts';
import type { CameraRecord } from '../../src/main/engine/index-port.ts';
import { cameraRow, cameraStream } from './camera-row.ts';

export const newId = createUlids(() => systemClock.nowMs());
export const storeDeps = { clock: systemClock, log: quietLog, newStation: () => ({ id: newId(), name: 'Test' }) };
export const format = { codecs: 'avc1.640028', width: 1920, height: 1080, initBytes: 700 };
export const t0 = Date.UTC(2026, 10, 22, 10);

/** A camera with all that one can have. */
export const fullCamera = (over: Partial<CameraRecord> = {}): Omit<CameraRecord, 'streamIds'> =>
  cameraRow({
    sub: cameraStream('sub'),
    username: 'admin',
    hasPassword: true,
    createdMs: t0,
    sealedPassword: new Uint8Array([1, 2, 3]),
    ...over,
  });

/** To be called where tests are described. Who opens something closes it. */
export function storeStage() {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'vigie-store-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  const path = (): string => join(dir, 'vigie.sqlite');
  return {
    dir: (): string => dir,
    path,
    open: () => openWriteStore(path(), storeDeps),
    queries: () => openQueries(path(), storeDeps),
  };
}
