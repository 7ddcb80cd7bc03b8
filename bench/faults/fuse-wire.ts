/**
 * As much of the FUSE protocol (linux/fuse.h, 7.31 and later) as one file of fixed size in one folder needs. Little-endian machines.
 */
export const opcode = {
  lookup: 1,
  forget: 2,
  getattr: 3,
  setattr: 4,
  open: 14,
  read: 15,
  write: 16,
  statfs: 17,
  release: 18,
  fsync: 20,
  flush: 25,
  init: 26,
  opendir: 27,
  releasedir: 29,
  access: 34,
  interrupt: 36,
  destroy: 38,
  batchForget: 42,
} as const;

export const errno = { ENOENT: 2, EIO: 5, ENOSYS: 38 } as const;

export const rootNode = 1;
/** Most bytes of one write, and of the pages that carry it. */
export const maxWrite = 1 << 20;
const pageBytes = 4096;
/** What one request may take: a write and its heads. */
export const requestBytes = maxWrite + pageBytes;

const inHead = 40;
const outHead = 16;

export type Request = { op: number; unique: bigint; node: number; body: Buffer };

export function parseRequest(bytes: Buffer): Request {
  return {
    op: bytes.readUInt32LE(4),
    unique: bytes.readBigUInt64LE(8),
    node: Number(bytes.readBigUInt64LE(16)),
    body: bytes.subarray(inHead),
  };
}

/** `error`: 0, or a positive errno. */
export function answer(unique: bigint, error: number, body: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(outHead);
  head.writeUInt32LE(outHead + body.length, 0);
  head.writeInt32LE(-error, 4);
  head.writeBigUInt64LE(unique, 8);
  return Buffer.concat([head, body]);
}

/** FUSE_INIT: large writes, no cache that would write later. */
export function initBody(asked: Buffer): Buffer {
  const bigWrites = 1 << 5;
  const maxPages = 1 << 22;
  const out = Buffer.alloc(64);
  out.writeUInt32LE(7, 0);
  out.writeUInt32LE(31, 4);
  out.writeUInt32LE(asked.readUInt32LE(8), 8);
  out.writeUInt32LE((asked.readUInt32LE(12) & (bigWrites | maxPages)) >>> 0, 12);
  out.writeUInt16LE(64, 16);
  out.writeUInt16LE(48, 18);
  out.writeUInt32LE(maxWrite, 20);
  out.writeUInt32LE(1, 24);
  out.writeUInt16LE(maxWrite / pageBytes, 28);
  return out;
}

function attributes(node: number, size: number): Buffer {
  const out = Buffer.alloc(88);
  const folder = node === rootNode;
  out.writeBigUInt64LE(BigInt(node), 0);
  out.writeBigUInt64LE(BigInt(folder ? 0 : size), 8);
  out.writeBigUInt64LE(BigInt(folder ? 0 : size / 512), 16);
  out.writeUInt32LE(folder ? 0o040700 : 0o100600, 60);
  out.writeUInt32LE(folder ? 2 : 1, 64);
  out.writeUInt32LE(pageBytes, 80);
  return out;
}

export function attributesBody(node: number, size: number): Buffer {
  const head = Buffer.alloc(16);
  head.writeBigUInt64LE(3600n, 0);
  return Buffer.concat([head, attributes(node, size)]);
}

export function entryBody(node: number, size: number): Buffer {
  const head = Buffer.alloc(40);
  head.writeBigUInt64LE(BigInt(node), 0);
  head.writeBigUInt64LE(3600n, 16);
  head.writeBigUInt64LE(3600n, 24);
  return Buffer.concat([head, attributes(node, size)]);
}

/** Reads and writes go straight to this server: the system keeps nothing back. */
export function openBody(): Buffer {
  const directIo = 1;
  const out = Buffer.alloc(16);
  out.writeUInt32LE(directIo, 8);
  return out;
}

export const statfsBody = (): Buffer => {
  const out = Buffer.alloc(80);
  out.writeUInt32LE(pageBytes, 40);
  out.writeUInt32LE(255, 44);
  out.writeUInt32LE(pageBytes, 48);
  return out;
};

/** Where and how much a read or a write is. */
export const placeOf = (body: Buffer): { offset: number; length: number } => ({
  offset: Number(body.readBigUInt64LE(8)),
  length: body.readUInt32LE(16),
});
export const writtenFrom = 40;

export function writtenBody(bytes: number): Buffer {
  const out = Buffer.alloc(8);
  out.writeUInt32LE(bytes, 0);
  return out;
}
