/**
 * An archive in a bucket of an S3 server. Segments larger than a part are sent in parts, each with its SHA-256; a try that was broken
 * off goes on with the parts that are there. What lies there then is verified: by the server's own sums, or by reading it back.
 */
import { createHash, randomUUID } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { parseSegmentPath } from '#domain/segment.ts';
import type { S3Place } from '#domain/archive.ts';
import { ArchiveError, otherSize } from '#lib/archive-error.ts';
import type { ArchiveFile, ArchiveStore, Sending } from '../../engine/archive-port.ts';
import {
  type ArchiveMark,
  expectMark,
  markName,
  markText,
  noteFields,
  readMarkText,
  readNoteFields,
} from './archive-mark.ts';
import { type PartSum, sumOf, wholeSums } from './part-sums.ts';
import { createS3Client, type S3Timing, trying } from './s3-client.ts';
import { isAbsent } from './s3-error.ts';

/** The smallest that servers take is 5 MiB, for all but the last; at most 10,000 make one object. */
const partBytes = 8 * 2 ** 20;
/** What is sent between two looks at the rate. */
const pieceBytes = 64 * 1024;

export function openS3Archive(
  place: S3Place,
  secret: string,
  expectedId: string | null,
  timing: S3Timing = {},
): ArchiveStore {
  const client = createS3Client(place, secret, timing);
  const Bucket = place.bucket;
  const nameOf = (key: string): string => (place.prefix === '' ? key : `${place.prefix}/${key}`);
  const at = (key: string): { Bucket: string; Key: string } => ({ Bucket, Key: nameOf(key) });
  const ask = <T>(work: () => Promise<T>, signal: AbortSignal | null = null, patient = true): Promise<T> =>
    trying(work, { signal, timing, patient });
  /** null for what is not there. */
  const maybe = <T>(work: () => Promise<T>, signal: AbortSignal | null = null): Promise<T | null> =>
    ask(
      () =>
        work().catch((error: unknown) => {
          if (isAbsent(error) && (error as Error).name !== 'NoSuchBucket') return null;
          throw error;
        }),
      signal,
    );

  const textOf = async (key: string): Promise<string | null> => {
    const found = await maybe(async () => {
      const { Body } = await client.send(new GetObjectCommand(at(key)));
      return { text: (await Body?.transformToString()) ?? '' };
    });
    return found?.text ?? null;
  };
  const putText = async (key: string, text: string): Promise<void> => {
    await ask(() => client.send(new PutObjectCommand({ ...at(key), Body: text })));
  };
  const readMark = async (): Promise<ArchiveMark | null> => {
    const text = await textOf(markName);
    return text === null ? null : readMarkText(text);
  };
  /** Once for each opening: a bucket is not unmounted. */
  let known: Promise<void> | null = null;
  const here = async (): Promise<void> => {
    known ??= readMark().then((mark) => {
      expectMark(mark, expectedId);
    });
    try {
      await known;
    } catch (error) {
      known = null;
      throw error;
    }
  };

  /** A body at the given rate. */
  const paced = (data: Uint8Array, { pace }: Sending): Readable =>
    Readable.from(
      (async function* () {
        for (let from = 0; from < data.length; from += pieceBytes) {
          const piece = data.subarray(from, from + pieceBytes);
          await pace(piece.length);
          yield piece;
        }
      })(),
      { objectMode: false, highWaterMark: pieceBytes },
    );
  const body = (data: Uint8Array, sum: PartSum, sending: Sending) => ({
    Body: paced(data, sending),
    ContentLength: data.length,
    ChecksumSHA256: sum.sha256.toString('base64'),
  });

  /** The whole of a small file. */
  const putWhole = async (sending: Sending, data: Uint8Array): Promise<void> => {
    const sum = sumOf(1, data);
    const fixed = { ...at(sending.key), ContentType: 'video/mp4', Metadata: noteFields(sending.note) };
    await ask(
      () =>
        client.send(new PutObjectCommand({ ...fixed, ...body(data, sum, sending) }), {
          abortSignal: sending.signal,
        }),
      sending.signal,
    );
  };

  /** The upload to go on with and its parts, or a new one. */
  const begin = async (sending: Sending): Promise<{ UploadId: string; had: Map<number, PartThere> }> => {
    const { begun, signal } = sending;
    if (begun !== null && begun !== '') {
      const had = await partsOf(sending.key, begun, signal);
      if (had !== null) return { UploadId: begun, had };
    }
    const { UploadId } = await ask(
      () =>
        client.send(
          new CreateMultipartUploadCommand({
            ...at(sending.key),
            ContentType: 'video/mp4',
            ChecksumAlgorithm: 'SHA256',
            Metadata: noteFields(sending.note),
          }),
          { abortSignal: signal },
        ),
      signal,
    );
    if (UploadId === undefined) throw new ArchiveError('error', 'The server begins no upload in parts.');
    sending.begin(UploadId);
    return { UploadId, had: new Map() };
  };
  type PartThere = { bytes: number; etag: string; sha256: string | null };
  const partsOf = async (
    key: string,
    UploadId: string,
    signal: AbortSignal,
  ): Promise<Map<number, PartThere> | null> => {
    const out = new Map<number, PartThere>();
    for (let PartNumberMarker: string | undefined; ; ) {
      const ask = { ...at(key), UploadId, ...(PartNumberMarker !== undefined && { PartNumberMarker }) };
      const page = await maybe(() => client.send(new ListPartsCommand(ask), { abortSignal: signal }), signal);
      if (page === null) return null;
      for (const p of page.Parts ?? [])
        out.set(p.PartNumber ?? 0, { bytes: p.Size ?? 0, etag: plainTag(p.ETag), sha256: p.ChecksumSHA256 ?? null });
      if (page.IsTruncated !== true || page.NextPartNumberMarker === undefined) return out;
      PartNumberMarker = page.NextPartNumberMarker;
    }
  };

  const putParts = async (sending: Sending, file: FileHandle, sums: readonly PartSum[]): Promise<void> => {
    const { signal, key } = sending;
    const { UploadId, had } = await begin(sending);
    const parts: { PartNumber: number; ETag: string; ChecksumSHA256: string }[] = [];
    for (const sum of sums) {
      const ChecksumSHA256 = sum.sha256.toString('base64');
      const there = had.get(sum.number);
      const same =
        there?.bytes === sum.bytes && (there.sha256 === ChecksumSHA256 || there.etag === sum.md5.toString('hex'));
      let tag = there?.etag ?? '';
      if (!same) {
        const data = await readAt(file, (sum.number - 1) * partBytes, sum.bytes);
        const fixed = { ...at(key), UploadId, PartNumber: sum.number };
        const done = await ask(
          () =>
            client.send(new UploadPartCommand({ ...fixed, ...body(data, sum, sending) }), {
              abortSignal: signal,
            }),
          signal,
        );
        tag = plainTag(done.ETag);
      }
      parts.push({ PartNumber: sum.number, ETag: `"${tag}"`, ChecksumSHA256 });
    }
    // Not there any more: an earlier word that it is complete arrived, and its answer did not. What is there is verified anyway.
    await maybe(
      () =>
        client.send(new CompleteMultipartUploadCommand({ ...at(key), UploadId, MultipartUpload: { Parts: parts } }), {
          abortSignal: signal,
        }),
      signal,
    );
  };

  /** The object as it lies there: by the sums that the server made of what it has, else by reading it back. */
  const verify = async ({ key, file, signal }: Sending, sums: readonly PartSum[], inParts: boolean): Promise<void> => {
    const head = await maybe(
      () => client.send(new HeadObjectCommand({ ...at(key), ChecksumMode: 'ENABLED' }), { abortSignal: signal }),
      signal,
    );
    if (head === null) throw new ArchiveError('corrupt', 'The server took an object and does not have it.');
    if (head.ContentLength !== file.bytes || readNoteFields(head.Metadata ?? {})?.sha256 !== file.sha256)
      throw new ArchiveError('corrupt', 'The server keeps something else than what was sent.');
    const whole = wholeSums(sums, inParts);
    if (head.ChecksumSHA256 === whole.sha256 || plainTag(head.ETag) === whole.etag) return;
    const read = await digestOf(key, signal, null);
    if (read?.sha256 !== file.sha256)
      throw new ArchiveError('corrupt', 'The server gives back something else than what was sent.');
  };

  /** Reads an object, into a file if one is given. */
  const digestOf = (key: string, signal: AbortSignal, to: FileHandle | null): Promise<ArchiveFile | null> =>
    maybe(async () => {
      const { Body } = await client.send(new GetObjectCommand(at(key)), { abortSignal: signal });
      const hash = createHash('sha256');
      let bytes = 0;
      for await (const piece of Body as Readable) {
        const data = piece as Uint8Array;
        hash.update(data);
        for (let done = 0; to !== null && done < data.length; )
          done += (await to.write(data, done, data.length - done, bytes + done)).bytesWritten;
        bytes += data.length;
      }
      await to?.truncate(bytes);
      return { sha256: hash.digest('hex'), bytes };
    }, signal);

  return {
    async mark(make) {
      const found = await readMark();
      if (found !== null || make === null) return found;
      await putText(markName, markText(make));
      return make;
    },
    async test() {
      await here();
      const key = `.probe-${randomUUID().slice(0, 8)}`;
      const sent = randomUUID();
      await putText(key, sent);
      const got = await textOf(key);
      await ask(() => client.send(new DeleteObjectCommand(at(key))));
      if (got !== sent) throw new ArchiveError('corrupt', 'What was written there for a test came back changed.');
      await ask(() => client.send(new ListObjectsV2Command({ Bucket, Prefix: nameOf(''), MaxKeys: 1 })));
    },
    async send(sending) {
      await here();
      const file = await open(sending.path, 'r');
      try {
        const { sums, is, first } = await sumsOf(file, sending.signal);
        if (is.sha256 !== sending.file.sha256 || is.bytes !== sending.file.bytes) return 'changed';
        const inParts = is.bytes > partBytes;
        if (inParts) await putParts(sending, file, sums);
        else await putWhole(sending, first);
        await verify(sending, sums, inParts);
        return 'sent';
      } finally {
        await file.close();
      }
    },
    async abandon(key, begun) {
      if (begun === '') return;
      await here();
      await maybe(() => client.send(new AbortMultipartUploadCommand({ ...at(key), UploadId: begun })));
    },
    async fetch(key, to, signal) {
      await here();
      const file = await open(to, 'wx', 0o600);
      try {
        return await digestOf(key, signal, file);
      } finally {
        await file.close();
      }
    },
    async read(key, bytes, offset, length, signal) {
      await here();
      const Range = `bytes=${offset}-${offset + length - 1}`;
      const got = await maybe(async () => {
        const { Body, ContentRange } = await client.send(new GetObjectCommand({ ...at(key), Range }), {
          abortSignal: signal,
        });
        // RFC 9110 §14.4: `bytes FIRST-LAST/SIZE`; a server that gives no parts says nothing and sends all.
        const size = /^bytes \d+-\d+\/(\d+)$/.exec(ContentRange ?? '')?.[1];
        if (Number(size) === bytes) return { data: (await Body?.transformToByteArray()) ?? new Uint8Array(0) };
        (Body as Readable | undefined)?.destroy();
        return { data: null, noParts: size === undefined };
      }, signal);
      if (got === null) return null;
      if (got.data !== null) return got.data;
      throw got.noParts ? new ArchiveError('error', 'The server gives no parts of objects.') : otherSize();
    },
    async look(key) {
      await here();
      const head = await maybe(() => client.send(new HeadObjectCommand(at(key))));
      return head === null ? null : { bytes: head.ContentLength ?? 0, note: readNoteFields(head.Metadata ?? {}) };
    },
    async remove(key) {
      await here();
      await maybe(() => client.send(new DeleteObjectCommand(at(key))));
    },
    async *list(folder) {
      await here();
      const Prefix = nameOf(folder === null ? '' : `${folder}/`);
      for (let ContinuationToken: string | undefined; ; ) {
        const asked = { Bucket, Prefix, ...(ContinuationToken !== undefined && { ContinuationToken }) };
        const page = await ask(() => client.send(new ListObjectsV2Command(asked)));
        for (const { Key = '', Size = 0 } of page.Contents ?? []) {
          const key = Key.slice(nameOf('').length);
          if (parseSegmentPath(key) !== null) yield { key, bytes: Size };
        }
        if (page.IsTruncated !== true || page.NextContinuationToken === undefined) return;
        ContinuationToken = page.NextContinuationToken;
      }
    },
    freeBytes: () => Promise.resolve(null),
    close: () => {
      client.destroy();
    },
  };
}

const plainTag = (etag: string | undefined): string => (etag ?? '').replaceAll('"', '');

async function readAt(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const data = Buffer.allocUnsafe(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(data, done, length - done, offset + done);
    if (bytesRead === 0) return data.subarray(0, done);
    done += bytesRead;
  }
  return data;
}

/** Of a file here: its sums part by part, and its first part. */
async function sumsOf(
  file: FileHandle,
  signal: AbortSignal,
): Promise<{ sums: PartSum[]; is: ArchiveFile; first: Uint8Array }> {
  const hash = createHash('sha256');
  const sums: PartSum[] = [];
  let first: Uint8Array = new Uint8Array(0);
  let bytes = 0;
  for (;;) {
    signal.throwIfAborted();
    const data = await readAt(file, bytes, partBytes);
    if (data.length === 0 && sums.length > 0) break;
    if (sums.length === 0) first = data;
    hash.update(data);
    sums.push(sumOf(sums.length + 1, data));
    bytes += data.length;
    if (data.length < partBytes) break;
  }
  return { sums, is: { sha256: hash.digest('hex'), bytes }, first };
}
