/**
 * A small S3 server on loopback, written from the published protocol (Amazon S3 API Reference; Signature Version 4): it checks every
 * signature and every sum, keeps objects in memory, and fails as it is told.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export type S3Object = { data: Buffer; meta: Record<string, string>; etag: string; sum: string | null };
type Upload = { key: string; meta: Record<string, string>; parts: Map<number, { data: Buffer; sum: string }> };
/** error: answers 500 · reset: ends the connection · silent: never answers · lose: says yes and keeps something else. */
export type S3Fault = 'error' | 'reset' | 'silent' | 'lose' | 'denied';
/** `sent`: bytes of the object that were answered with. */
export type S3Request = { method: string; key: string; query: URLSearchParams; range: string | null; sent: number };

const sha = (data: Uint8Array | string): Buffer => createHash('sha256').update(data).digest();
const md5 = (data: Uint8Array): Buffer => createHash('md5').update(data).digest();
const hmac = (key: Uint8Array | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
const xml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

export async function openS3Server(o: { bucket?: string; accessKey?: string; secret?: string; sums?: boolean } = {}) {
  const { bucket = 'footage', accessKey = 'AKTEST', secret = 'a secret key', sums = true } = o;
  const objects = new Map<string, S3Object>();
  const uploads = new Map<string, Upload>();
  const requests: S3Request[] = [];
  const refused: string[] = [];
  let faultOf: (request: S3Request) => S3Fault | null = () => null;
  let nextUpload = 1;

  const fail = (response: ServerResponse, status: number, code: string): void => {
    if (status >= 400 && status !== 404) refused.push(code);
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
  };
  const answer = (response: ServerResponse, body: string): void => {
    response.writeHead(200, { 'content-type': 'application/xml' });
    response.end(`<?xml version="1.0"?>${body}`);
  };

  /** The code of the refusal; null: it is signed as it should be. */
  const checkSignature = (request: IncomingMessage, url: URL, data: Buffer): string | null => {
    const said =
      /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
        request.headers.authorization ?? '',
      );
    if (said === null) return 'AccessDenied';
    const [, who = '', scope = '', names = '', signature = ''] = said;
    if (who !== accessKey) return 'InvalidAccessKeyId';
    const payload = String(request.headers['x-amz-content-sha256']);
    if (payload !== 'UNSIGNED-PAYLOAD' && payload !== sha(data).toString('hex')) return 'XAmzContentSHA256Mismatch';
    if (payload === 'UNSIGNED-PAYLOAD' && data.length > 0) return 'AccessDenied'; // footage is to be signed
    const query = [...url.searchParams]
      .map(([k, v]) => `${encoded(k)}=${encoded(v)}`)
      .sort()
      .join('&');
    const path = url.pathname
      .split('/')
      .map((p) => encoded(decodeURIComponent(p)))
      .join('/');
    const headers = names
      .split(';')
      .map((n) => `${n}:${String(request.headers[n] ?? '').trim()}\n`)
      .join('');
    const canonical = [request.method, path, query, headers, names, payload].join('\n');
    const [day = '', region = '', service = ''] = scope.split('/');
    const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha(canonical).toString('hex')].join('\n');
    const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), service), 'aws4_request');
    return timingSafeEqual(hmac(key, text), Buffer.from(signature, 'hex')) ? null : 'SignatureDoesNotMatch';
  };

  const metaOf = (request: IncomingMessage): Record<string, string> =>
    Object.fromEntries(
      Object.entries(request.headers).flatMap(([k, v]) => (k.startsWith('x-amz-meta-') ? [[k, String(v)]] : [])),
    );
  const sumHolds = (request: IncomingMessage, data: Buffer): boolean => {
    const said = request.headers['x-amz-checksum-sha256'];
    return said === undefined || said === sha(data).toString('base64');
  };

  const put = (request: IncomingMessage, response: ServerResponse, r: S3Request, data: Buffer, lose: boolean): void => {
    if (!sumHolds(request, data)) return fail(response, 400, 'BadDigest');
    const kept = lose ? Buffer.from(data).fill(0, Math.floor(data.length / 2)) : data;
    const upload = uploads.get(r.query.get('uploadId') ?? '');
    const etag = md5(kept).toString('hex');
    if (r.query.has('partNumber')) {
      if (upload?.key !== r.key) return fail(response, 404, 'NoSuchUpload');
      upload.parts.set(Number(r.query.get('partNumber')), { data: kept, sum: sha(kept).toString('base64') });
    } else {
      objects.set(r.key, { data: kept, meta: metaOf(request), etag, sum: sums ? sha(kept).toString('base64') : null });
    }
    response.writeHead(200, { etag: `"${etag}"` }).end();
  };

  const post = (request: IncomingMessage, response: ServerResponse, r: S3Request, data: Buffer): void => {
    if (r.query.has('uploads')) {
      const id = `upload-${nextUpload++}`;
      uploads.set(id, { key: r.key, meta: metaOf(request), parts: new Map() });
      return answer(
        response,
        `<InitiateMultipartUploadResult><Bucket>${bucket}</Bucket><Key>${xml(r.key)}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      );
    }
    const id = r.query.get('uploadId') ?? '';
    const upload = uploads.get(id);
    if (upload?.key !== r.key) return fail(response, 404, 'NoSuchUpload');
    const wanted = [...data.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map((m) => Number(m[1]));
    const tags = [...data.toString().matchAll(/<ETag>(?:"|&quot;)?([0-9a-f]+)(?:"|&quot;)?<\/ETag>/g)].map((m) => m[1]);
    const parts = wanted.map((n) => upload.parts.get(n));
    if (parts.length === 0 || parts.some((p, i) => p === undefined || md5(p.data).toString('hex') !== tags[i]))
      return fail(response, 400, 'InvalidPart');
    const datas = parts.flatMap((p) => (p === undefined ? [] : [p.data]));
    if (datas.slice(0, -1).some((d) => d.length < 5 * 2 ** 20)) return fail(response, 400, 'EntityTooSmall');
    const etag = `${md5(Buffer.concat(datas.map(md5))).toString('hex')}-${datas.length}`;
    const sum = `${sha(Buffer.concat(datas.map(sha))).toString('base64')}-${datas.length}`;
    objects.set(r.key, { data: Buffer.concat(datas), meta: upload.meta, etag, sum: sums ? sum : null });
    uploads.delete(id);
    answer(
      response,
      `<CompleteMultipartUploadResult><Key>${xml(r.key)}</Key><ETag>&quot;${etag}&quot;</ETag></CompleteMultipartUploadResult>`,
    );
  };

  const list = (response: ServerResponse, query: URLSearchParams): void => {
    const prefix = query.get('prefix') ?? '';
    const after = query.get('continuation-token') ?? '';
    const most = Number(query.get('max-keys') ?? 3); // small pages, so that there is more than one
    const keys = [...objects.keys()].filter((k) => k.startsWith(prefix) && k > after).sort();
    const page = keys.slice(0, most);
    const more = keys.length > page.length;
    const contents = page.map((k) => {
      const size = objects.get(k)?.data.length ?? 0;
      return `<Contents><Key>${xml(k)}</Key><Size>${size}</Size></Contents>`;
    });
    const next = more ? `<NextContinuationToken>${xml(page.at(-1) ?? '')}</NextContinuationToken>` : '';
    answer(
      response,
      `<ListBucketResult><IsTruncated>${String(more)}</IsTruncated>${contents.join('')}${next}</ListBucketResult>`,
    );
  };

  const get = (response: ServerResponse, r: S3Request): void => {
    const upload = uploads.get(r.query.get('uploadId') ?? '');
    if (r.query.has('uploadId')) {
      if (upload === undefined) return fail(response, 404, 'NoSuchUpload');
      const parts = [...upload.parts].sort(([a], [b]) => a - b);
      const rows = parts.map(
        ([n, p]) =>
          `<Part><PartNumber>${n}</PartNumber><ETag>&quot;${md5(p.data).toString('hex')}&quot;</ETag><Size>${p.data.length}</Size>${sums ? `<ChecksumSHA256>${p.sum}</ChecksumSHA256>` : ''}</Part>`,
      );
      return answer(response, `<ListPartsResult><IsTruncated>false</IsTruncated>${rows.join('')}</ListPartsResult>`);
    }
    const found = objects.get(r.key);
    if (found === undefined) return fail(response, 404, 'NoSuchKey');
    const asked = /^bytes=(\d+)-(\d+)$/.exec(r.range ?? '');
    const [first, last] = asked === null ? [0, found.data.length - 1] : [Number(asked[1]), Number(asked[2])];
    if (asked !== null && first >= found.data.length) return fail(response, 416, 'InvalidRange');
    const data = found.data.subarray(first, last + 1);
    response.writeHead(asked === null ? 200 : 206, {
      'content-length': data.length,
      ...(asked !== null && { 'content-range': `bytes ${first}-${first + data.length - 1}/${found.data.length}` }),
      etag: `"${found.etag}"`,
      ...found.meta,
      ...(found.sum !== null && { 'x-amz-checksum-sha256': found.sum }),
    });
    if (r.method === 'HEAD') {
      response.end();
      return;
    }
    r.sent = data.length;
    response.end(data);
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const [, first = '', ...rest] = url.pathname.split('/').map((p) => decodeURIComponent(p));
    const r: S3Request = {
      method: request.method ?? '',
      key: rest.join('/'),
      query: url.searchParams,
      range: request.headers.range ?? null,
      sent: 0,
    };
    requests.push(r);
    const fault = faultOf(r);
    if (fault === 'reset') {
      request.socket.destroy();
      return;
    }
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const data = Buffer.concat(pieces);
    if (fault === 'silent') return;
    if (fault === 'error') return fail(response, 500, 'InternalError');
    if (fault === 'denied') return fail(response, 403, 'AccessDenied');
    const wrong = checkSignature(request, url, data);
    if (wrong !== null) return fail(response, 403, wrong);
    if (first !== bucket) return fail(response, 404, 'NoSuchBucket');
    if (r.key === '' && r.method === 'GET') return list(response, r.query);
    if (r.method === 'PUT') return put(request, response, r, data, fault === 'lose');
    if (r.method === 'POST') return post(request, response, r, data);
    if (r.method === 'GET' || r.method === 'HEAD') return get(response, r);
    if (r.query.has('uploadId')) uploads.delete(r.query.get('uploadId') ?? '');
    else objects.delete(r.key);
    response.writeHead(204).end();
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy()); // the client went away
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    place: {
      kind: 's3' as const,
      endpoint: `http://127.0.0.1:${address.port}`,
      region: 'eu-west-3',
      bucket,
      prefix: 'site-a',
      accessKey,
      pathStyle: true,
      plainHttp: false,
    },
    secret,
    objects,
    uploads,
    requests,
    /** Codes that it refused with. */
    refused,
    /** null: as it should be again. */
    fault(of: ((request: S3Request) => S3Fault | null) | null): void {
      faultOf = of ?? (() => null);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
export type S3Server = Awaited<ReturnType<typeof openS3Server>>;
