/**
 * A stream's chain beside its video: one list a day with a line for each link, which `sha256sum -c` reads too, and one small
 * file per camera that says where its chains end and what is missing from them for a reason. docs/storage.md has the format.
 */
import type { FileHandle } from 'node:fs/promises';
import { open, readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ChainHead, type ChainLink, ChainSeam, type ChainedStream } from '#domain/segment-chain.ts';
import { parseSegmentPath, segmentPath, utcDay } from '#domain/segment.ts';
import type { StreamKind } from '#domain/stream.ts';
import { writeWhole } from '#lib/durable-file.ts';
import type { ChainFiles, ChainNote } from '../../engine/chain-port.ts';
import { errnoOf } from './data-folder-error.ts';

export const noteName = 'chain.json';
const listEnd = '.sha256';
const dayName = /^\d{4}-\d\d-\d\d$/;
/** Whether a name in a day's folder is that of a list. */
export const isListName = (name: string): boolean => name === `main${listEnd}` || name === `sub${listEnd}`;

const head = (kind: StreamKind): string =>
  `# Vigie chain 1. In this folder "sha256sum -c ${kind}${listEnd}" compares what is here. Lines with # are for Vigie: link, start, end, bytes, chain.\n`;

/** What follows the last line feed of this much of a list is a whole entry. */
const tailBytes = 4096;

const Note = z.object({
  vigie: z.literal('chain'),
  format: z.literal(1),
  streams: z.partialRecord(z.enum(['main', 'sub']), z.object({ head: ChainHead, seams: z.array(ChainSeam) })),
});

const dayOf = (ms: number): string => new Date(utcDay(ms)).toISOString().slice(0, 10);

const lineOf = (stream: ChainedStream, l: ChainLink): string => {
  const path = segmentPath(stream.folder, stream.kind, l.startMs);
  const inDay = path.split('/').slice(2).join('/');
  return `# ${l.link} ${l.startMs} ${l.endMs} ${l.bytes} ${l.chain}\n${l.sha256}  ${inDay}\n`;
};

const entry = /^# (\d{1,12}) (\d{1,15}) (\d{1,15}) (\d{1,15}) ([0-9a-f]{64})\n([0-9a-f]{64}) {2}(\S{1,80})$/gm;

/** The entries of a list; what is torn or was written by others is no entry. */
export function parseList(text: string, stream: ChainedStream, day: string): ChainLink[] {
  const out: ChainLink[] = [];
  for (const m of text.matchAll(entry)) {
    const [link, startMs, endMs, bytes] = [Number(m[1]), Number(m[2]), Number(m[3]), Number(m[4])];
    const place = parseSegmentPath(`${stream.folder}/${day}/${m[7] ?? ''}`);
    if (place?.startMs !== startMs || place.kind !== stream.kind || link < 1) continue;
    out.push({ link, startMs, endMs, bytes, chain: m[5] ?? '', sha256: m[6] ?? '' });
  }
  return out;
}

const orNothing = async <T>(work: Promise<T>): Promise<T | null> => {
  try {
    return await work;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null;
    throw error;
  }
};

export function createChainFiles(root: string): ChainFiles {
  const listPath = (stream: ChainedStream, day: string): string =>
    join(root, stream.folder, day, `${stream.kind}${listEnd}`);

  /** Days of a camera, newest first. */
  const days = async (folder: string): Promise<string[]> =>
    ((await orNothing(readdir(join(root, folder)))) ?? [])
      .filter((name) => dayName.test(name))
      .sort()
      .reverse();

  const readList = async (stream: ChainedStream, day: string): Promise<ChainLink[]> => {
    const text = await orNothing(readFile(listPath(stream, day), 'utf8'));
    return text === null ? [] : parseList(text, stream, day);
  };

  /** The last entries of a list, without reading all of it. */
  const readTail = async (stream: ChainedStream, day: string): Promise<ChainLink[]> => {
    const file = await orNothing(open(listPath(stream, day), 'r'));
    if (file === null) return [];
    try {
      const { size } = await file.stat();
      const bytes = new Uint8Array(Math.min(size, tailBytes));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, size - bytes.length);
      return parseList(Buffer.from(bytes.subarray(0, bytesRead)).toString('latin1'), stream, day);
    } finally {
      await file.close();
    }
  };

  /** Whether the last write was cut off by a crash. */
  const isTorn = async (file: FileHandle, size: number): Promise<boolean> => {
    const last = new Uint8Array(1);
    await file.read(last, 0, 1, size - 1);
    return last[0] !== 0x0a;
  };

  const noted = async (folder: string): Promise<ChainNote | null> => {
    const text = await orNothing(readFile(join(root, folder, noteName), 'utf8'));
    if (text === null) return null;
    try {
      return Note.parse(JSON.parse(text)).streams;
    } catch {
      return null; // an unreadable note is none: the lists say nearly as much
    }
  };

  return {
    async append(stream, links) {
      const byDay = Map.groupBy(links, (l) => dayOf(l.startMs));
      for (const [day, mine] of byDay) {
        const file = await orNothing(open(listPath(stream, day), 'a+', 0o640));
        if (file === null) {
          // The day's video is gone, and with it the place of its list; but a volume that is gone is another matter.
          await stat(join(root, stream.folder));
          continue;
        }
        try {
          const { size } = await file.stat();
          const before = size === 0 ? head(stream.kind) : (await isTorn(file, size)) ? '\n' : '';
          await file.appendFile(before + mine.map((l) => lineOf(stream, l)).join(''));
          await file.datasync();
        } finally {
          await file.close();
        }
      }
    },
    async newest(stream) {
      const [day] = await days(stream.folder);
      const listed = day === undefined ? [] : await readTail(stream, day);
      const note = (await noted(stream.folder))?.[stream.kind];
      return Math.max(note?.head.link ?? 0, ...listed.map((l) => l.link));
    },
    async read(stream) {
      const found = new Map<string, ChainLink>();
      for (const day of await days(stream.folder))
        for (const l of await readList(stream, day)) found.set(`${l.link} ${l.startMs} ${l.chain}`, l);
      return [...found.values()].sort((a, b) => a.link - b.link);
    },
    day: (stream, atMs) => readList(stream, dayOf(atMs)),
    async *days(stream) {
      for (const day of await days(stream.folder)) {
        const links = await readList(stream, day);
        if (links.length > 0) yield links;
      }
    },
    async note(folder, streams) {
      await writeWhole(
        join(root, folder, noteName),
        `${JSON.stringify(Note.parse({ vigie: 'chain', format: 1, streams }))}\n`,
      );
    },
    noted,
  };
}
