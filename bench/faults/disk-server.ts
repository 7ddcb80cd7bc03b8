/**
 * Process that is a disk: a file that FUSE shows and a loop device takes for a drive. Each time it is plugged in the file has a new
 * name; what still holds the old one gets errors for ever, as from a drive that was pulled out. Started by `virtual-disk.ts`.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createDiskImage } from './disk-image.ts';
import type { Honesty } from './disk-image.ts';
import * as wire from './fuse-wire.ts';

export type DiskSetup = { mountPoint: string; bytes: number; honesty: Honesty };
/** What the disk does with what it is asked. */
export type DiskMood =
  | 'well'
  /** Refuses to write, goes on reading: a worn or failing drive. */
  | 'refuses-writes'
  /** Refuses everything: pulled out, or dead. */
  | 'dead'
  /** Answers nothing until it is well again. */
  | 'stalls';
export type DiskRequest = { op: 'mood'; mood: DiskMood } | { op: 'cut'; afterWrites: number } | { op: 'plug' };
export type DiskAnswer =
  | { op: 'ready' }
  | { op: 'done' }
  /** Name of the file from now on. */
  | { op: 'plugged'; name: string }
  | { op: 'cut'; atStake: number; kept: number };

const setup = JSON.parse(process.argv[2] ?? '') as DiskSetup;
const { opcode: op, errno } = wire;
const image = createDiskImage({ size: setup.bytes, honesty: setup.honesty, nowMs: () => performance.now() });
let mood: DiskMood = 'well';
let plug = 0;
const held: wire.Request[] = [];
/** Writes until the power fails; 0: it does not. */
let writesLeft = 0;
const nodeNow = (): number => wire.rootNode + plug;
const nameNow = (): string => `disk-${plug}`;

const tell = (message: DiskAnswer): void => {
  process.send?.(message);
};

const device = fs.openSync('/dev/fuse', 'r+');
const reply = (request: wire.Request, error: number, body?: Buffer): void => {
  try {
    fs.writeSync(device, wire.answer(request.unique, error, body));
  } catch {
    // The kernel has given the request up meanwhile.
  }
};

/** Requests that reach the drive itself. */
const drives = new Set<number>([op.read, op.write, op.fsync, op.flush]);

function cut(): void {
  mood = 'dead';
  tell({ op: 'cut', ...image.cut(Math.random) });
}

function serve(request: wire.Request): void {
  const { op: asked, node, body } = request;
  if (drives.has(asked)) {
    if (node !== nodeNow()) {
      reply(request, errno.EIO);
      return;
    }
    if (mood === 'stalls') {
      // The body is a view of memory that the next request is read into.
      held.push({ ...request, body: Buffer.from(body) });
      return;
    }
    if (mood === 'dead' || (mood === 'refuses-writes' && asked !== op.read)) {
      reply(request, errno.EIO);
      return;
    }
  }
  switch (asked) {
    case op.init:
      reply(request, 0, wire.initBody(body));
      return;
    case op.lookup:
      if (body.toString('latin1').startsWith(`${nameNow()}\0`))
        reply(request, 0, wire.entryBody(nodeNow(), image.size));
      else reply(request, errno.ENOENT);
      return;
    case op.getattr:
    case op.setattr:
      reply(request, 0, wire.attributesBody(node, image.size));
      return;
    case op.open:
    case op.opendir:
      reply(request, 0, wire.openBody());
      return;
    case op.read: {
      const { offset, length } = wire.placeOf(body);
      reply(request, 0, image.read(offset, length));
      return;
    }
    case op.write: {
      const { offset, length } = wire.placeOf(body);
      image.write(offset, body.subarray(wire.writtenFrom, wire.writtenFrom + length));
      reply(request, 0, wire.writtenBody(length));
      if (writesLeft > 0 && --writesLeft === 0) cut();
      return;
    }
    case op.fsync:
    case op.flush:
      image.flush();
      reply(request, 0);
      return;
    case op.statfs:
      reply(request, 0, wire.statfsBody());
      return;
    case op.release:
    case op.releasedir:
    case op.access:
    case op.destroy:
      reply(request, 0);
      return;
    case op.forget:
    case op.batchForget:
    case op.interrupt:
      return; // these want no answer
    default:
      reply(request, errno.ENOSYS);
  }
}

const buffer = Buffer.alloc(wire.requestBytes);
function next(): void {
  fs.read(device, buffer, 0, buffer.length, null, (error, bytes) => {
    if (error) {
      if (error.code === 'ENODEV') return; // unmounted
      if (error.code !== 'EINTR' && error.code !== 'ENOENT' && error.code !== 'EAGAIN') throw error;
    } else serve(wire.parseRequest(buffer.subarray(0, bytes)));
    next();
  });
}

process.on('message', (request: DiskRequest) => {
  if (request.op === 'cut') {
    writesLeft = request.afterWrites;
    return;
  }
  if (request.op === 'plug') {
    plug += 1;
    mood = 'well';
    for (const waiting of held.splice(0)) serve(waiting);
    tell({ op: 'plugged', name: nameNow() });
    return;
  }
  ({ mood } = request);
  if (mood !== 'stalls') for (const waiting of held.splice(0)) serve(waiting);
  tell({ op: 'done' });
});

const options = 'fd=3,rootmode=40000,user_id=0,group_id=0';
// `-i`: by mount itself, which hands the descriptor to the kernel; no helper is needed.
const mount = spawn('mount', ['-i', '-t', 'fuse', '-o', options, 'vigie-disk', setup.mountPoint], {
  stdio: ['ignore', 'inherit', 'inherit', device],
});
mount.once('exit', (code) => {
  if (code !== 0) process.exit(1);
  next();
  tell({ op: 'ready' });
});
