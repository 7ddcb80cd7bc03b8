/**
 * Gets one file by HTTP (RFC 9110 §14: ranges), goes on where it was broken off, and gives it its name only when it has the sum that
 * was said. So it does not matter from which address which part of it came, nor whether the server may be trusted.
 */
import { open, rename, rm, statfs, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ModelFile } from '#domain/model.ts';
import { createBackoff } from '#lib/backoff.ts';
import { ModelError } from '#lib/model-error.ts';
import { diskFault, sizeOf, sumOf } from './model-files.ts';

export type DownloadTiming = {
  /** A server that sends nothing for so long is given up, ms. */
  silenceMs: number;
  firstRetryMs: number;
  maxRetryMs: number;
};
export const usualTiming: DownloadTiming = { silenceMs: 20_000, firstRetryMs: 900, maxRetryMs: 15_000 };

/** Tries in a row that bring nothing, and tries in all, before an address is given up. */
const fruitlessTries = 4;
const mostTries = 200;
/** Left on the disk for what matters more, bytes. */
const spareBytes = 512 * 2 ** 20;

export const partOf = (path: string): string => `${path}.part`;

type Job = {
  file: ModelFile;
  /** Where it is put. What came of it lies beside it (`.part`) until then. */
  path: string;
  urls: readonly string[];
  signal: AbortSignal;
  /** Bytes of it that are here. */
  progress: (bytes: number) => void;
  timing: DownloadTiming;
};

/** Rejects with `ModelError`, or with the signal's reason. */
export async function downloadFile(job: Job): Promise<void> {
  const { file, path, urls, signal } = job;
  let fault = new ModelError('refused', `There is no address for ${file.name}.`);
  for (const url of urls) {
    for (let round = 0; round < 2; round += 1) {
      let begun: number;
      try {
        begun = await getWhole(url, job);
      } catch (error) {
        signal.throwIfAborted();
        fault = diskFault(error, file.name);
        if (fault.trouble === 'no-space' || fault.trouble === 'disk') throw fault;
        break;
      }
      try {
        const sum = await sumOf(partOf(path), signal);
        if (sum === file.sha256) {
          await rename(partOf(path), path);
          return;
        }
        await rm(partOf(path), { force: true });
        fault = new ModelError(
          'wrong-checksum',
          `${hostOf(url)} gives another ${file.name}: its SHA-256 is ${sum}, not ${file.sha256}.`,
        );
      } catch (error) {
        signal.throwIfAborted();
        throw diskFault(error, file.name);
      }
      // What was there before may have been of another file: once more, from its start.
      if (begun === 0) break;
    }
  }
  throw fault;
}

const hostOf = (url: string): string => new URL(url).host;

/** Until all bytes are here; answers with how many were here at first. */
async function getWhole(url: string, job: Job): Promise<number> {
  const { file, path, signal, timing } = job;
  const part = partOf(path);
  const backoff = createBackoff({ firstMs: timing.firstRetryMs, maxMs: timing.maxRetryMs });
  let fruitless = 0;
  let begun: number | null = null;
  for (let n = 0; ; n += 1) {
    const have = await startOf(part, file.bytes);
    begun ??= have;
    job.progress(have);
    if (have === file.bytes) return begun;
    await needRoom(path, file.bytes - have);
    const broke = await attempt(url, have, job);
    signal.throwIfAborted();
    if (broke === null) continue; // looked at again: it is whole, or what was there had to go
    const gained = (await startOf(part, file.bytes)) > have;
    if (gained) backoff.reset();
    fruitless = gained ? 0 : fruitless + 1;
    if (fruitless >= fruitlessTries || n >= mostTries) throw new ModelError('unreachable', `${hostOf(url)}: ${broke}`);
    await delay(backoff.next(), undefined, { signal });
  }
}

/** Bytes that are here; more than there should be are none. */
async function startOf(part: string, bytes: number): Promise<number> {
  const size = (await sizeOf(part)) ?? 0;
  if (size <= bytes) return size;
  await truncate(part, 0);
  return 0;
}

async function needRoom(path: string, bytes: number): Promise<void> {
  const disk = await statfs(dirname(path));
  const free = disk.bavail * disk.bsize;
  if (free < bytes + spareBytes)
    throw new ModelError('no-space', `${bytes} bytes and ${spareBytes} to spare are needed; ${free} are free.`);
}

/** Why a try was broken off, in words; null: it went on as far as it could. Throws `ModelError` for what another try does not cure. */
async function attempt(url: string, have: number, job: Job): Promise<string | null> {
  const { file, timing } = job;
  const silence = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      silence.abort();
    }, timing.silenceMs);
  };
  heard();
  try {
    const answer = await fetch(url, {
      headers: { 'accept-encoding': 'identity', ...(have > 0 && { range: `bytes=${have}-` }) },
      signal: AbortSignal.any([job.signal, silence.signal]),
    });
    heard();
    const from = startAt(answer, have, file, hostOf(url));
    if (from === 'passing') {
      await answer.body?.cancel();
      return `it answers with ${answer.status}`;
    }
    if (from === 'anew') {
      await answer.body?.cancel();
      await disk(file.name, () => truncate(partOf(job.path), 0));
      return null;
    }
    await write(answer, from, job, heard);
    return null;
  } catch (error) {
    if (error instanceof ModelError) throw error;
    if (silence.signal.aborted) return `it sent nothing for ${timing.silenceMs / 1000} s`;
    return wordsOf(error);
  } finally {
    clearTimeout(timer);
  }
}

/** At which byte an answer begins. `passing`: it may be better later · `anew`: what is here is of no use to this server. */
function startAt(answer: Response, have: number, file: ModelFile, host: string): number | 'passing' | 'anew' {
  const { status, headers } = answer;
  const other = (bytes: string): ModelError =>
    new ModelError('wrong-size', `${host} gives ${bytes} bytes for ${file.name}; its manifest says ${file.bytes}.`);
  if (status === 206) {
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
    const [, first, whole] = range ?? [];
    if (whole !== undefined && whole !== '*' && Number(whole) !== file.bytes) throw other(whole);
    return Number(first) === have ? have : have > 0 ? 'anew' : 'passing';
  }
  if (status === 200) {
    const length = headers.get('content-length');
    if (length !== null && headers.get('content-encoding') === null && Number(length) !== file.bytes)
      throw other(length);
    return 0;
  }
  if (status === 416 && have > 0) return 'anew';
  if (status >= 500 || status === 408 || status === 429) return 'passing';
  throw new ModelError('refused', `${host} answers with ${status} for ${file.name}.`);
}

async function write(answer: Response, from: number, job: Job, heard: () => void): Promise<void> {
  const { file } = job;
  const part = await disk(file.name, () => open(partOf(job.path), from === 0 ? 'w' : 'a', 0o640));
  let at = from;
  try {
    for await (const piece of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
      heard();
      if (at + piece.length > file.bytes)
        throw new ModelError(
          'wrong-size',
          `${new URL(answer.url).host} gives more than ${file.bytes} bytes for ${file.name}.`,
        );
      await disk(file.name, () => part.writeFile(piece));
      at += piece.length;
      job.progress(at);
    }
    await disk(file.name, () => part.datasync());
  } finally {
    await part.close();
  }
  if (at < file.bytes) throw new Error('it ended too early');
}

/** One thing done at the disk. Rejects with `ModelError`, so that nobody takes it for a fault of the network. */
async function disk<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw diskFault(error, name);
  }
}

function wordsOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
