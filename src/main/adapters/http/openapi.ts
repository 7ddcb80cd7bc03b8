/** The OpenAPI document: procedures from the contract, plain routes by hand. Also checked in as docs/openapi.json. */
import type { OpenAPI } from '@orpc/contract';
import type { FastifyInstance } from 'fastify';
import { errors, type ErrorCode } from '#contract/error.ts';
import { Camera, CameraView } from '#domain/camera.ts';
import { Event } from '#domain/event.ts';
import { Gap } from '#domain/gap.ts';
import { Segment } from '#domain/segment.ts';
import { StreamSettings, StreamStatus } from '#domain/stream.ts';
import { User } from '#domain/user.ts';
import { isErrorCode } from './refusal.ts';
import { contractRoutes } from './router.ts';
import { contract } from '#contract/contract.ts';

type Operation = OpenAPI.OperationObject;
type Parameter = OpenAPI.ParameterObject;

const id = '^[0-7][0-9A-HJKMNP-TV-Z]{25}$';
const path = (name: string, description: string, schema: Parameter['schema']): Parameter => ({
  name,
  in: 'path',
  required: true,
  description,
  ...(schema ? { schema } : {}),
});
const query = (name: string, description: string, schema: Parameter['schema']): Parameter => ({
  name,
  in: 'query',
  description,
  ...(schema ? { schema } : {}),
});
const cameraId = path('id', 'The camera', { type: 'string', pattern: id });
const kind = query('stream', 'Full picture or small one', { type: 'string', enum: ['main', 'sub'], default: 'main' });
const refusals = (...codes: ErrorCode[]): NonNullable<Operation['responses']> =>
  Object.fromEntries(codes.map((code) => [String(errors[code].status), { $ref: `#/components/responses/${code}` }]));
const codes = Object.keys(errors).filter(isErrorCode);

/** How much of what should have been recorded was, as a file. */
const coverageReport = (form: 'Csv' | 'Pdf', type: string) => ({
  get: {
    operationId: `coverage.report${form}`,
    tags: ['coverage'],
    summary: `How much of what should have been recorded was, as ${form.toUpperCase()}`,
    parameters: [
      query('fromMs', 'Start, UTC ms', { type: 'integer', minimum: 0 }),
      query('toMs', 'End, UTC ms; 400 days later at most', { type: 'integer', minimum: 0 }),
      query('cameraId', 'Only these cameras', { type: 'array', items: { type: 'string', pattern: id } }),
      query('zone', 'Time zone that times are written in (IANA name)', { type: 'string', default: 'UTC' }),
      query('language', 'Of the words', { type: 'string', enum: ['en', 'fr', 'pt'], default: 'en' }),
    ],
    responses: {
      '200': { description: 'OK', content: { [type]: { schema: { type: 'string' as const, format: 'binary' } } } },
      ...refusals('UNAUTHENTICATED', 'INVALID'),
    },
  },
});

const plainPaths: NonNullable<OpenAPI.Document['paths']> = {
  '/cameras/{id}/stream': {
    get: {
      operationId: 'live.http',
      tags: ['live'],
      summary: 'Live pictures as fragmented MP4 without an end',
      description:
        'Plays in ffplay, VLC and Media Source Extensions. A reader that is too slow gets key frames only. Ends when the format of the camera changes. Private parts are black for whom `GET /privacy` does not let have it whole.',
      parameters: [
        cameraId,
        kind,
        query('codec', '`h264`: transcode anything else', { type: 'string', enum: ['h264'] }),
        query('audio', 'With sound', { type: 'string', enum: ['0', '1'], default: '0' }),
      ],
      responses: {
        '200': { description: 'OK', content: { 'video/mp4': { schema: { type: 'string', format: 'binary' } } } },
        ...refusals('UNAUTHENTICATED', 'NOT_FOUND', 'INVALID', 'UNAVAILABLE'),
      },
    },
  },
  '/cameras/{id}/snapshots': {
    get: {
      operationId: 'live.snapshot',
      tags: ['live'],
      summary: 'The newest key frame as JPEG',
      parameters: [
        cameraId,
        kind,
        query('width', 'Widest picture, pixels', { type: 'integer', minimum: 16, maximum: 4096, default: 1280 }),
      ],
      responses: {
        '200': {
          description: 'OK',
          headers: {
            'X-Vigie-Time': {
              description: 'When the picture was taken',
              schema: { type: 'string', format: 'date-time' },
            },
          },
          content: { 'image/jpeg': { schema: { type: 'string', format: 'binary' } } },
        },
        ...refusals('UNAUTHENTICATED', 'NOT_FOUND', 'INVALID', 'UNAVAILABLE'),
      },
    },
  },
  '/reports/coverage.csv': coverageReport('Csv', 'text/csv'),
  '/reports/coverage.pdf': coverageReport('Pdf', 'application/pdf'),
  '/stream': {
    get: {
      operationId: 'live.socket',
      tags: ['live'],
      summary: 'Live pictures over a WebSocket',
      description:
        'Text messages are requests and notices, binary ones are frames: docs/api.md. Closed with 4401 when the session ends.',
      responses: { '101': { description: 'Switching protocols' }, ...refusals('FORBIDDEN') },
    },
  },
};

const readinessSchema: Parameter['schema'] = {
  type: 'object',
  required: ['ready', 'reasons'],
  properties: { ready: { type: 'boolean' }, reasons: { type: 'array', items: { type: 'string' } } },
};

const rootPaths: NonNullable<OpenAPI.Document['paths']> = {
  '/media/segments/{cameraId}/{stream}/{startMs}.mp4': {
    get: {
      operationId: 'playback.file',
      tags: ['playback'],
      summary: 'A recorded segment, whole or by byte range (RFC 9110)',
      description:
        'Fragmented MP4. An open segment is given up to what is safely on disk. HEAD is answered too. Of a camera with private zones only to whom `GET /api/privacy` lets have it whole; others get FORBIDDEN with the reason `private`.',
      parameters: [
        path('cameraId', 'The camera', { type: 'string', pattern: id }),
        path('stream', 'Full picture or small one', { type: 'string', enum: ['main', 'sub'] }),
        path('startMs', 'Start of the segment, UTC ms', { type: 'integer', minimum: 0 }),
        { name: 'Range', in: 'header', description: 'One range, `bytes=first-last`', schema: { type: 'string' } },
      ],
      responses: {
        '200': {
          description: 'The whole file',
          content: { 'video/mp4': { schema: { type: 'string', format: 'binary' } } },
        },
        '206': { description: 'The range', content: { 'video/mp4': { schema: { type: 'string', format: 'binary' } } } },
        '304': { description: 'Unchanged (If-None-Match)' },
        '416': { description: 'Beyond the end; Content-Range names the size' },
        ...refusals('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'),
      },
    },
  },
  '/media/moments': {
    get: {
      operationId: 'playback.moments',
      tags: ['playback'],
      summary: 'What is needed to show recorded moments of several cameras, in one answer',
      description:
        'For each moment the segment, its fragments, its start and the bytes from a key frame on: docs/api.md.',
      parameters: [
        {
          name: 'of',
          in: 'query',
          required: true,
          description:
            'Up to 64 times: `{camera}~{streams}~{ms}~{key or run}`, with `~{startMs}` of a segment that is known',
          schema: { type: 'array', minItems: 1, maxItems: 64, items: { type: 'string' } },
          example: ['01K00000000000000000000000~sub+main~1795305612345~key'],
        },
      ],
      responses: {
        '200': {
          description: 'Length of the heads, heads as JSON, bytes',
          content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
        },
        ...refusals('UNAUTHENTICATED', 'INVALID'),
      },
    },
  },
  '/media/thumbnails/{cameraId}/{atMs}.jpg': {
    get: {
      operationId: 'thumbnails.picture',
      tags: ['thumbnails'],
      summary: 'The small picture nearest to a recorded moment',
      description:
        'Kept ones at once, others made from the recording; private zones of now are black. `x-vigie-time` says of when the picture is.',
      parameters: [
        path('cameraId', 'Camera', { type: 'string' }),
        path('atMs', 'Moment, UTC ms', { type: 'integer', minimum: 0 }),
        {
          name: 'within',
          in: 'query',
          description: 'How far the picture may be from the moment, ms',
          schema: { type: 'integer', minimum: 0, maximum: 3_600_000, default: 10_000 },
        },
      ],
      responses: {
        '200': {
          description: 'JPEG of 224 × 126',
          content: { 'image/jpeg': { schema: { type: 'string', format: 'binary' } } },
        },
        ...refusals('UNAUTHENTICATED', 'INVALID', 'NOT_FOUND', 'UNAVAILABLE'),
      },
    },
  },
  '/media/events/{eventId}.jpg': {
    get: {
      operationId: 'events.picture',
      tags: ['events'],
      summary: 'The picture that is kept with an event',
      description: 'Of events whose `look.hasPicture` is true. Privacy zones are black in it.',
      parameters: [path('eventId', 'Event', { type: 'string' })],
      responses: {
        '200': {
          description: 'JPEG, 960 pixels wide at most',
          content: { 'image/jpeg': { schema: { type: 'string', format: 'binary' } } },
        },
        ...refusals('UNAUTHENTICATED', 'INVALID', 'NOT_FOUND'),
      },
    },
  },
  '/health': {
    get: {
      operationId: 'health',
      tags: ['station'],
      summary: 'The process is alive',
      security: [],
      responses: {
        '200': {
          description: 'OK',
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['alive', 'version'],
                properties: { alive: { type: 'boolean' }, version: { type: 'string' } },
              },
            },
          },
        },
      },
    },
  },
  '/ready': {
    get: {
      operationId: 'ready',
      tags: ['station'],
      summary: 'The station does its work: store open, workers up',
      security: [],
      responses: {
        '200': { description: 'Ready', content: { 'application/json': { schema: readinessSchema } } },
        '503': {
          description: 'Not ready; `reasons` say why',
          content: { 'application/json': { schema: readinessSchema } },
        },
      },
    },
  },
};

/** Makes the document. Paths of the API are relative to `/api`; the few others say so themselves. */
export async function openApiDocument(version: string): Promise<OpenAPI.Document> {
  const [{ OpenAPIGenerator }, { ZodToJsonSchemaConverter }] = await Promise.all([
    import('@orpc/openapi'),
    import('@orpc/zod/zod4'),
  ]);
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  const document = await generator.generate(contract, {
    info: {
      title: 'Vigie station',
      version,
      description: 'Calls of a Vigie station. Times are UTC milliseconds, ids are ULIDs. See docs/api.md.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/api' }],
    security: [{ token: [] }, { cookie: [] }],
    commonSchemas: {
      Camera: { schema: Camera },
      CameraView: { schema: CameraView },
      Event: { schema: Event },
      Gap: { schema: Gap },
      Segment: { schema: Segment },
      StreamSettings: { schema: StreamSettings },
      StreamStatus: { schema: StreamStatus },
      User: { schema: User },
    },
  });
  const root = Object.fromEntries(
    Object.entries(rootPaths).map(([at, item]) => [at, { ...item, servers: [{ url: '/' }] }]),
  );
  return {
    ...document,
    paths: { ...procedures(document.paths ?? {}), ...plainPaths, ...root },
    components: {
      ...document.components,
      schemas: {
        ...document.components?.schemas,
        Refusal: {
          type: 'object',
          required: ['code', 'status', 'message'],
          properties: {
            code: { type: 'string', enum: codes },
            status: { type: 'integer' },
            message: { type: 'string', description: 'One sentence for a person' },
            data: {
              description: 'INVALID: `issues`; TOO_MANY: `waitMs`; FORBIDDEN, UNAVAILABLE: `reason`; CONFLICT: `what`',
            },
          },
        },
      },
      responses: Object.fromEntries(
        codes.map((code) => [
          code,
          {
            description: errors[code].message,
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Refusal' } } },
          },
        ]),
      ),
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'From POST /session with the header `X-Vigie-Session: token`',
        },
        cookie: {
          type: 'apiKey',
          in: 'cookie',
          name: 'vigie-PORT',
          description: 'Set by POST /session; `__Host-vigie-PORT` under TLS',
        },
      },
    },
  };
}

/** Says of each procedure which role it needs and which refusals it may meet, and how lists stand in a query. */
function procedures(paths: NonNullable<OpenAPI.Document['paths']>): NonNullable<OpenAPI.Document['paths']> {
  const out = { ...paths };
  for (const { noun, role, method, path: at } of contractRoutes()) {
    const verb = method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
    const operation = out[at]?.[verb];
    if (!operation) continue;
    const fine = Object.entries(operation.responses).filter(([status]) => Number(status) < 400);
    const open = role === 'public';
    const denied: ErrorCode[] = open ? [] : ['UNAUTHENTICATED', 'FORBIDDEN'];
    out[at] = {
      ...out[at],
      [verb]: {
        ...operation,
        tags: [noun],
        description: open ? 'For everybody.' : `Needs the role ${role ?? 'that nobody has'}.`,
        ...(open ? { security: [] } : {}),
        ...(operation.parameters ? { parameters: operation.parameters.map(inQuery) } : {}),
        responses: { ...Object.fromEntries(fine), ...refusals(...denied, ...codes.filter((c) => !deniedCodes.has(c))) },
      },
    };
  }
  return out;
}

const deniedCodes = new Set<ErrorCode>(['UNAUTHENTICATED', 'FORBIDDEN']);

/** Lists are given as `?kind=a&kind=b`. */
function inQuery(parameter: Parameter | OpenAPI.ReferenceObject): Parameter | OpenAPI.ReferenceObject {
  if ('$ref' in parameter || parameter.in !== 'query') return parameter;
  const { allowEmptyValue: _empty, allowReserved: _reserved, style: _style, ...rest } = parameter;
  return rest.explode === true ? { ...rest, style: 'form' } : rest;
}

/** `/api/openapi.json`, for everybody: it holds nothing that the sources do not. */
export function addOpenApi(app: FastifyInstance, version: string): void {
  let made: Promise<string> | null = null;
  app.get('/api/openapi.json', async (_, reply) => {
    made ??= openApiDocument(version).then((document) => JSON.stringify(document));
    return reply
      .type('application/json')
      .header('cache-control', 'no-cache')
      .send(await made);
  });
}
