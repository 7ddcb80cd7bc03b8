/** One connection to an S3 server: time-outs, tries, and bodies that are sent at a given rate. */
import { setTimeout as delay } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import type { S3Place } from '#domain/archive.ts';
import { isPassing } from '#domain/archive.ts';
import { createBackoff } from '#lib/backoff.ts';
import { s3Error } from './s3-error.ts';

const connectMs = 10_000;
/** Between two signs of life of a connection. */
const silenceMs = 30_000;
const tries = 5;
const quiet = (): void => undefined;

export type S3Timing = { firstRetryMs?: number; silenceMs?: number };

export function createS3Client(place: S3Place, secret: string, timing: S3Timing): S3Client {
  const client = new S3Client({
    endpoint: place.endpoint,
    region: place.region,
    forcePathStyle: place.pathStyle,
    credentials: { accessKeyId: place.accessKey, secretAccessKey: secret },
    // Tried again here, where a body that was half sent can be made anew.
    maxAttempts: 1,
    // Sums are given with each part; servers that know no others are not asked for them.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // Each failure is told by whoever asked; a client that is given none writes to the console.
    logger: { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet },
    requestHandler: { connectionTimeout: connectMs, socketTimeout: timing.silenceMs ?? silenceMs },
  });
  // A body that comes bit by bit is signed by the hash that is known of it: unsigned, somebody on the way could change it.
  client.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      const sum = headers['x-amz-checksum-sha256'];
      if (sum !== undefined) headers['x-amz-content-sha256'] = Buffer.from(sum, 'base64').toString('hex');
      return next(args);
    },
    { step: 'build', name: 'knownPayloadHash' },
  );
  return client;
}

/** Tries again what may be better the next moment; waits in between, longer each time. Rejects with `ArchiveError`. */
export async function trying<T>(
  work: () => Promise<T>,
  o: { signal: AbortSignal | null; timing: S3Timing; patient?: boolean },
): Promise<T> {
  const backoff = createBackoff({ firstMs: o.timing.firstRetryMs ?? 900, maxMs: 15_000 });
  for (let n = 1; ; n++) {
    o.signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      o.signal?.throwIfAborted();
      const mapped = s3Error(error);
      // A part that arrived changed is sent again as well: it may have been the way.
      const again = isPassing(mapped.trouble) || mapped.trouble === 'corrupt';
      if (!again || n >= (o.patient === false ? 1 : tries)) throw mapped;
      await delay(backoff.next(), undefined, o.signal === null ? {} : { signal: o.signal }).catch(() => undefined);
    }
  }
}
