/** Errors of an S3 server and of the way to it as an archive's. Nothing of a request is in the words: keys and signatures stay out. */
import type { ArchiveTrouble } from '#domain/archive.ts';
import { ArchiveError } from '#lib/archive-error.ts';

type Answer = {
  name?: unknown;
  code?: unknown;
  message?: unknown;
  $metadata?: { httpStatusCode?: number };
  cause?: unknown;
};

export const statusOf = (error: unknown): number | null => (error as Answer | null)?.$metadata?.httpStatusCode ?? null;
export const isAbsent = (error: unknown): boolean => {
  const name = (error as Answer | null)?.name;
  return name === 'NoSuchKey' || name === 'NotFound' || name === 'NoSuchUpload' || statusOf(error) === 404;
};

const byName: Record<string, [ArchiveTrouble, string]> = {
  InvalidAccessKeyId: ['refused', 'The server does not know this access key.'],
  SignatureDoesNotMatch: ['refused', 'The server does not take the secret key: enter it anew.'],
  AccessDenied: [
    'refused',
    'This key may not do that in this bucket: it needs to list, read, write and delete objects.',
  ],
  RequestTimeTooSkewed: ['refused', 'The clock of this station and that of the server are too far apart: set it.'],
  AuthorizationHeaderMalformed: ['refused', 'The server expects another region.'],
  PermanentRedirect: ['refused', 'The bucket is in another region, or has another address.'],
  NoSuchBucket: ['missing', 'There is no such bucket.'],
  QuotaExceeded: ['full', 'The quota of the bucket is used up.'],
  XMinioStorageFull: ['full', 'The server has no room left.'],
  BadDigest: ['corrupt', 'What the server got is not what was sent.'],
  InvalidDigest: ['corrupt', 'What the server got is not what was sent.'],
  XAmzContentSHA256Mismatch: ['corrupt', 'What the server got is not what was sent.'],
  InvalidRange: ['error', 'What lies there is smaller than what was archived.'],
  SlowDown: ['away', 'The server asks to be asked less often.'],
  TimeoutError: ['slow', 'The server does not answer in time.'],
};
const byCode: Record<string, [ArchiveTrouble, string]> = {
  ECONNREFUSED: ['away', 'Nothing answers at that address.'],
  ENOTFOUND: ['away', 'The name of the server is not known: is the network there?'],
  EAI_AGAIN: ['away', 'The name of the server cannot be looked up now: is the network there?'],
  EHOSTUNREACH: ['away', 'The server cannot be reached: is the network there?'],
  ENETUNREACH: ['away', 'The server cannot be reached: is the network there?'],
  ECONNRESET: ['away', 'The server ended the connection.'],
  EPIPE: ['away', 'The server ended the connection.'],
  ETIMEDOUT: ['slow', 'The server does not answer in time.'],
  CERT_HAS_EXPIRED: ['refused', "The server's certificate has expired."],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['refused', "This computer does not trust the server's certificate: it is self-signed."],
  SELF_SIGNED_CERT_IN_CHAIN: ['refused', "This computer does not trust the server's certificate."],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['refused', "This computer does not trust the server's certificate."],
  ERR_TLS_CERT_ALTNAME_INVALID: ['refused', "The server's certificate is for another name."],
};

export function s3Error(error: unknown): ArchiveError {
  if (error instanceof ArchiveError) return error;
  const { name, code, $metadata, cause } = (error ?? {}) as Answer;
  const inner = (cause ?? {}) as Answer;
  const status = $metadata?.httpStatusCode ?? null;
  const known =
    byCode[typeof code === 'string' ? code : ''] ??
    byName[typeof name === 'string' ? name : ''] ??
    byCode[typeof inner.code === 'string' ? inner.code : ''];
  const said = typeof name === 'string' && name !== 'Error' ? name : 'an error without a name';
  const [trouble, words] =
    known ??
    (status !== null && status >= 500
      ? (['away', `The server failed (${status}, ${said}).`] as const)
      : status === 403
        ? (['refused', 'The server refuses this key.'] as const)
        : (['error', `The server answered ${status ?? 'nothing'} (${said}).`] as const));
  return new ArchiveError(trouble, words, { cause: error });
}
