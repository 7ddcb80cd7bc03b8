import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ModelId, ModelManifest } from '#domain/model.ts';
import { ModelError } from '#lib/model-error.ts';
import { onnxFile, yoloxFile } from '../../../../tests/support/onnx-file.ts';
import { tempFolder } from '../../../../tests/support/temp.ts';
import type { ModelStore } from '../../engine/model-port.ts';
import { createModelStore, readManifests } from './index.ts';

const timing = { silenceMs: 400, firstRetryMs: 5, maxRetryMs: 20 };
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const model = yoloxFile(2, 3_000_000);

let dir: string;
let root: string;
let remove: () => void;
let store: ModelStore;
let server: Server;
let address: string;
/** How the server answers; what it was asked is kept. */
let answer: (request: IncomingMessage, response: ServerResponse, n: number) => void;
let asked: { url: string; range: string | undefined }[];

beforeEach(async () => {
  ({ path: dir, remove } = tempFolder('vigie-models-'));
  root = join(dir, 'models');
  store = createModelStore(root, timing);
  asked = [];
  server = createServer((request, response) => {
    asked.push({ url: request.url ?? '', range: request.headers.range });
    answer(request, response, asked.length);
  });
  await new Promise<void>((up) => server.listen(0, '127.0.0.1', up));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((down) => server.close(down));
  remove();
});

const manifestOf = (bytes: Uint8Array, more: object = {}): ModelManifest =>
  ModelManifest.parse({
    ...{ id: 'test-yolox', name: 'Test', task: 'detect', reader: 'yolox', licence: 'MIT', sizes: [[416, 416]] },
    classes: ['person', 'car'],
    files: [{ name: 'test.onnx', bytes: bytes.length, sha256: sha256(bytes), urls: [`${address}/test.onnx`] }],
    ...more,
  });

/** Gives `bytes` as RFC 9110 says, from where it is asked; after `most` it breaks the connection, and some of them are lost. */
const give = (
  bytes: Uint8Array,
  request: IncomingMessage,
  response: ServerResponse,
  most = Number.POSITIVE_INFINITY,
) => {
  const [, first] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
  const from = first === undefined ? 0 : Number(first);
  response.writeHead(first === undefined ? 200 : 206, {
    'content-length': bytes.length - from,
    ...(first !== undefined && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
  });
  if (bytes.length - from <= most) {
    response.end(bytes.subarray(from));
    return;
  }
  response.write(bytes.subarray(from, from + most), () => response.destroy());
};

const download = async (
  manifest: ModelManifest,
  mirror: string | null = null,
  signal = new AbortController().signal,
) => {
  const seen: number[] = [];
  await store.download(manifest, {
    mirror,
    signal,
    progress: (bytes) => seen.push(bytes),
  });
  return seen;
};
const troubleOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'none';
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return `${error.trouble}: ${error.message}`;
  }
};
const files = (id = 'test-yolox'): string[] => readdirSync(join(root, id)).sort();

describe('downloading a model', () => {
  it('goes on where each broken connection left it, and has the file at the end', async () => {
    answer = (request, response) => give(model, request, response, 600_000);
    const seen = await download(manifestOf(model));
    expect(readFileSync(join(root, 'test-yolox', 'test.onnx')).equals(model)).toBe(true);
    expect(files()).toEqual(['test.onnx']);
    // Every try asks for what is lacking only: nothing comes twice.
    const starts = asked.map(({ range }) => Number(/^bytes=(\d+)-$/.exec(range ?? 'bytes=0-')?.[1]));
    expect(starts.length).toBeGreaterThan(4);
    for (const [n, start] of starts.entries()) if (n > 0) expect(start).toBeGreaterThan(starts[n - 1] ?? 0);
    expect(seen.at(-1)).toBe(model.length);
    for (const [n, bytes] of seen.entries()) if (n > 0) expect(bytes).toBeGreaterThanOrEqual(seen[n - 1] ?? 0);
  });

  it('goes on with what an earlier run of the station left', async () => {
    mkdirSync(join(root, 'test-yolox'), { recursive: true });
    writeFileSync(join(root, 'test-yolox', 'test.onnx.part'), model.subarray(0, 123_456));
    answer = (request, response) => give(model, request, response);
    expect(await store.glance(manifestOf(model), store.folder(ModelId.parse('test-yolox')))).toEqual({
      whole: false,
      haveBytes: 123_456,
    });
    await download(manifestOf(model));
    expect(asked).toEqual([{ url: '/test.onnx', range: 'bytes=123456-' }]);
    expect(await store.glance(manifestOf(model), store.folder(ModelId.parse('test-yolox')))).toEqual({
      whole: true,
      haveBytes: model.length,
    });
  });

  it('begins anew where what was left is of another file, or the server knows no ranges', async () => {
    const left = (): void => {
      mkdirSync(join(root, 'test-yolox'), { recursive: true });
      writeFileSync(join(root, 'test-yolox', 'test.onnx.part'), Buffer.alloc(200_000, 1));
    };
    left();
    answer = (request, response) => give(model, request, response);
    await download(manifestOf(model));
    expect(asked.map((a) => a.range)).toEqual(['bytes=200000-', undefined]);

    for (const strange of [
      (_: IncomingMessage, response: ServerResponse) => response.end(model),
      (request: IncomingMessage, response: ServerResponse) => {
        if (request.headers.range === undefined) response.end(model);
        else response.writeHead(416).end();
      },
      (request: IncomingMessage, response: ServerResponse) => {
        if (request.headers.range === undefined) response.end(model);
        else response.writeHead(206, { 'content-range': `bytes 0-9/${model.length}` }).end('0123456789');
      },
    ]) {
      await store.remove(ModelId.parse('test-yolox'));
      left();
      answer = strange;
      await download(manifestOf(model));
      expect(readFileSync(join(root, 'test-yolox', 'test.onnx')).equals(model)).toBe(true);
    }
  });

  it('asks the mirror first, and the public address where that has not got it', async () => {
    answer = (request, response) => {
      if (request.url === '/mirror/test.onnx') response.writeHead(404).end();
      else give(model, request, response);
    };
    await download(manifestOf(model), `${address}/mirror`);
    expect(asked.map((a) => a.url)).toEqual(['/mirror/test.onnx', '/test.onnx']);
  });

  it('refuses another file from wherever, says which it is, and keeps none of it', async () => {
    const other = Buffer.from(model);
    other[model.length - 20] = (other[model.length - 20] ?? 0) ^ 1;
    answer = (request, response) => give(other, request, response);
    expect(await troubleOf(download(manifestOf(model)))).toBe(
      `wrong-checksum: ${new URL(address).host} gives another test.onnx: its SHA-256 is ${sha256(other)}, not ${sha256(model)}.`,
    );
    expect(files()).toEqual([]);
    answer = (_, response) => response.end('<html>Sign in to the hotel</html>');
    expect(await troubleOf(download(manifestOf(model)))).toMatch(
      /^wrong-size: .* gives 33 bytes for test.onnx; its manifest says/,
    );
    answer = (_, response) => {
      response.write(model); // of no told length
      response.end('more');
    };
    expect(await troubleOf(download(manifestOf(model)))).toMatch(/^wrong-size: .* gives more than/);
  });

  it('gives up on a server that refuses, is away, or sends nothing, and keeps what came', async () => {
    answer = (_, response) => response.writeHead(403).end();
    expect(await troubleOf(download(manifestOf(model)))).toBe(
      `refused: ${new URL(address).host} answers with 403 for test.onnx.`,
    );
    expect(asked).toHaveLength(1);

    answer = (_, response) => response.writeHead(503).end();
    expect(await troubleOf(download(manifestOf(model)))).toMatch(/^unreachable: .*it answers with 503/);

    answer = (_, response) => {
      response.writeHead(200, { 'content-length': model.length }).write(model.subarray(0, 40_000));
    };
    expect(await troubleOf(download(manifestOf(model)))).toMatch(/^unreachable: .*it sent nothing for 0.4 s/);
    expect(files()).toEqual(['test.onnx.part']);

    await store.remove(ModelId.parse('test-yolox'));
    const gone = createServer();
    await new Promise<void>((up) => gone.listen(0, '127.0.0.1', up));
    const url = `http://127.0.0.1:${(gone.address() as AddressInfo).port}/test.onnx`;
    await new Promise((down) => gone.close(down));
    const manifest = manifestOf(model, {
      files: [{ name: 'test.onnx', bytes: model.length, sha256: sha256(model), urls: [url] }],
    });
    expect(await troubleOf(download(manifest))).toMatch(/^unreachable: 127.0.0.1:\d+: .*ECONNREFUSED/);
  });

  it('can be broken off, and gone on with later', async () => {
    const abort = new AbortController();
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': model.length });
      response.write(model.subarray(0, 100_000));
    };
    await expect(
      store.download(manifestOf(model), {
        mirror: null,
        signal: abort.signal,
        progress: (bytes) => {
          if (bytes >= 100_000) abort.abort(new Error('enough'));
        },
      }),
    ).rejects.toThrow('enough');
    expect(files()).toEqual(['test.onnx.part']);
    answer = (request, response) => give(model, request, response);
    await download(manifestOf(model));
    expect(asked.at(-1)?.range).toBe('bytes=100000-');
    expect(files()).toEqual(['test.onnx']);
  });

  it('tells a file that is the right one and no model of its manifest', async () => {
    const classifier = onnxFile({
      inputs: [{ name: 'data', type: 1, dims: [1, 3, 224, 224] }],
      outputs: [{ name: 'prob', type: 1, dims: [1, 1000] }],
    });
    answer = (request, response) => give(classifier, request, response);
    expect(await troubleOf(download(manifestOf(classifier)))).toBe(
      'other-shape: test.onnx: A model of the kind “yolox” gives [1, rows, 5 + classes]; this one gives [1, 1000].',
    );
  });
});

describe('models from a folder', () => {
  let from: string;
  const own = {
    id: 'mine',
    name: 'Mine',
    task: 'detect',
    reader: 'yolox',
    licence: 'MIT',
    sizes: [[416, 416]],
    classes: ['person', 'car'],
  };
  const known = (catalogue: ModelManifest[] = [], taken: string[] = []) => ({
    catalogue,
    taken: new Set(taken.map((t) => ModelId.parse(t))),
  });
  const put = (name: string, content: string | Uint8Array): void => {
    writeFileSync(join(from, name), content);
  };
  const look = async (k = known()) =>
    (await store.look(from, k)).map((f) => [f.file, f.manifest?.id ?? null, f.origin, f.fault?.trouble ?? null]);
  beforeEach(() => {
    from = join(dir, 'usb');
    mkdirSync(from);
  });

  it('are known by their sums, whatever they are called', async () => {
    put('renamed.bin', model);
    put('notes.txt', 'hello');
    const manifest = manifestOf(model);
    const found = await store.look(from, known([manifest]));
    expect(found).toEqual([{ file: 'renamed.bin', manifest, origin: 'catalogue', fault: null }]);
    for (const one of found) if (one.manifest !== null) await store.takeIn({ ...one, manifest: one.manifest }, from);
    await store.verify(manifest, store.folder(manifest.id));
    expect(files()).toEqual(['test.onnx']);
  });

  it('are taken in by a small manifest of a person’s own, and are there after a restart', async () => {
    put('mine.onnx', model);
    put('mine.json', JSON.stringify({ ...own, files: [{ name: 'mine.onnx' }] }));
    put('package.json', JSON.stringify({ name: 'something else' }));
    put('broken.json', '{');
    expect(await look()).toEqual([['mine.json', 'mine', 'own', null]]);
    const [found] = await store.look(from, known());
    if (found?.manifest == null) throw new Error('one model');
    expect(found.manifest.files).toEqual([{ name: 'mine.onnx', bytes: model.length, sha256: sha256(model), urls: [] }]);
    await store.takeIn({ ...found, manifest: found.manifest }, from);
    expect(await createModelStore(root).own()).toEqual({ manifests: [found.manifest], faults: [] });
    expect(files('mine')).toEqual(['manifest.json', 'mine.onnx']);
    expect(await look(known([], ['mine']))).toEqual([['mine.json', 'mine', 'own', 'taken']]);
  });

  it('are refused with what is wrong with them', async () => {
    const say = (name: string, files: object[], more: object = {}): void =>
      put(`${name}.json`, JSON.stringify({ ...own, id: name, ...more, files }));
    put('a.onnx', Buffer.from('this is a text'));
    say('a', [{ name: 'a.onnx' }]);
    put('b.onnx', model.subarray(0, 1_000));
    say('b', [{ name: 'b.onnx' }]);
    put('c.onnx', model);
    say('c', [{ name: 'c.onnx', sha256: sha256(Buffer.from('else')) }]);
    say('d', [{ name: 'c.onnx' }], { classes: ['person'] });
    say('e', [{ name: 'e.onnx' }]);
    say('f', [{ name: 'c.onnx' }], { sizes: [] });
    say('g', [{ name: 'c.onnx' }], { reader: 'plate-slots' });
    say('h', [{ name: '../../etc/passwd' }]);
    say('i', [{ name: 'c.onnx', bytes: 7 }]);
    say('j', [{ name: 'c.onnx', sha256: sha256(Buffer.from('else')) }], { classes: ['person'] });
    put('k.json', '{ "id": "k", "reader": "yolox" "files": [] }');
    put('l.json', JSON.stringify({ id: 'l', files: [{ name: 'c.onnx' }] }));
    expect(await look()).toEqual([
      ['a.json', 'a', 'own', 'not-onnx'],
      ['b.json', 'b', 'own', 'truncated'],
      ['c.json', 'c', 'own', 'wrong-checksum'],
      ['d.json', 'd', 'own', 'other-shape'],
      ['e.json', null, 'own', 'missing'],
      ['f.json', null, 'own', 'bad-manifest'],
      ['g.json', 'g', 'own', 'bad-manifest'],
      ['h.json', null, 'own', 'bad-manifest'],
      ['i.json', 'i', 'own', 'wrong-size'],
      // It is another file: what shapes that one has does not matter.
      ['j.json', 'j', 'own', 'wrong-checksum'],
      ['k.json', null, 'own', 'bad-manifest'],
      ['l.json', null, 'own', 'bad-manifest'],
    ]);
    const details = (await store.look(from, known())).map((f) => f.fault?.detail);
    expect(details[10]).toMatch(/^k\.json is no JSON: /);
    expect(details[0]).toBe('a.onnx: this is no ONNX file.');
    expect(details[3]).toMatch(/With the classes of its manifest it would give 6 numbers a row/);
  });

  it('that have a name of the catalogue and other bytes are told so', async () => {
    put('test.onnx', model.subarray(0, 200_000));
    expect(await look(known([manifestOf(model)]))).toEqual([['test.onnx', 'test-yolox', 'catalogue', 'truncated']]);
    expect(await troubleOf(store.look(join(dir, 'nowhere'), known()))).toMatch(/^missing: /);
    expect(await troubleOf(store.look(join(from, 'test.onnx'), known()))).toMatch(/^missing: .* is no folder\.$/);
  });
});

describe('the catalogue of the program', () => {
  const resources = resolve(import.meta.dirname, '../../../../resources/models/catalogue');
  const shared = join(
    process.env['VIGIE_TEST_SHARED'] ?? resolve(import.meta.dirname, '../../../../../shared'),
    'models',
  );

  it('can be read, and has public addresses for every file', async () => {
    const all = await readManifests(resources);
    expect(all.map((m) => m.id)).toContain('yolox-s');
    for (const { files: parts, id } of all)
      for (const file of parts)
        expect(file.urls.every((u) => u.startsWith('https://')) && file.urls.length > 0, id).toBe(true);
  });

  it.skipIf(!existsSync(shared))(
    'is got from a mirror that breaks off all the time (needs the folder of models beside the repository)',
    async () => {
      const mirrored = (await readManifests(resources)).filter((m) =>
        m.files.every((f) => existsSync(join(shared, f.name))),
      );
      expect(mirrored.map((m) => m.id)).toEqual(expect.arrayContaining(['yolox-nano', 'cct-xs-v1-global']));
      answer = (request, response) => {
        const path = join(shared, request.url ?? '');
        if (existsSync(path) && statSync(path).isFile()) give(readFileSync(path), request, response, 900_000);
        else response.writeHead(404).end();
      };
      for (const manifest of mirrored) {
        await download(manifest, address);
        await store.verify(manifest, store.folder(manifest.id));
      }
    },
  );
});
