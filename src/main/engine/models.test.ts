import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ModelId, ModelManifest, type ModelView } from '#domain/model.ts';
import { UserId } from '#domain/id.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { yoloxFile } from '../../../tests/support/onnx-file.ts';
import { tempFolder } from '../../../tests/support/temp.ts';
import { until } from '../../../tests/support/until.ts';
import { createModelStore } from '../adapters/models/index.ts';
import { createModels, type ModelRoom } from './models.ts';
import type { NewEvent } from './rooms.ts';

const caller = {
  userId: UserId.parse('01HZZZZZZZZZZZZZZZZZZZZZZA'),
  name: 'ada',
  role: 'administrator',
  local: true,
  sessionId: 's',
} as const;
const [small, large] = [yoloxFile(2, 1_000), yoloxFile(2, 400_000)];
const id = (text: string): ModelId => ModelId.parse(text);

let dir: string;
let remove: () => void;
let stopServer: () => Promise<void>;
let address: string;
let answer: (url: string, response: ServerResponse) => void;
let kept: Map<string, string>;
let rooms: ModelRoom[];
let resting: Set<ModelId>;
let told: NewEvent[];

beforeEach(async () => {
  ({ path: dir, remove } = tempFolder('vigie-models-'));
  kept = new Map();
  rooms = [];
  resting = new Set();
  told = [];
  const server = createServer((request, response) => {
    answer(request.url ?? '', response);
  });
  await new Promise<void>((up) => server.listen(0, '127.0.0.1', up));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stopServer = () => {
    server.closeAllConnections();
    return new Promise((down) => server.close(() => down()));
  };
  answer = (url, response) => response.end(url.includes('large') ? large : small);
});
afterEach(async () => {
  for (const room of rooms) await room.stop();
  await stopServer();
  remove();
});

const manifestOf = (name: string, bytes: Uint8Array): ModelManifest =>
  ModelManifest.parse({
    ...{
      id: name,
      name,
      task: 'detect',
      reader: 'yolox',
      licence: 'MIT',
      sizes: [[416, 416]],
      classes: ['person', 'car'],
    },
    files: [
      {
        name: `${name}.onnx`,
        bytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        urls: [`${address}/${name}.onnx`],
      },
    ],
  });

async function open(): Promise<ModelRoom> {
  const comes = manifestOf('comes', small);
  const folder = join(dir, 'program', 'comes');
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'comes.onnx'), small);
  }
  const room = createModels({
    clock: systemClock,
    events: {
      note(event) {
        told.push(event);
        return null;
      },
    },
    store: createModelStore(join(dir, 'models'), { silenceMs: 2_000, firstRetryMs: 5, maxRetryMs: 10 }),
    builtIn: [{ manifest: comes, folder }],
    catalogue: [manifestOf('small', small), manifestOf('large', large)],
    rests: (id) => resting.has(id),
    setting: { get: (key) => kept.get(key) ?? null, set: (key, value) => void kept.set(key, value) },
    log: quietLog,
  });
  rooms.push(room);
  await room.start();
  return room;
}
const stateOf = (room: ModelRoom, name: string): ModelView['state'] | undefined =>
  room.list().find((m) => m.manifest.id === name)?.state;
const is = (room: ModelRoom, name: string, what: string) =>
  until(`${name} is ${what}`, () => stateOf(room, name)?.is === what);

it('has what comes with the program at once, and takes a better one when it is downloaded', async () => {
  const room = await open();
  const changes: (ModelId | null)[] = [];
  room.onChange((changed) => changes.push(changed));
  expect(room.list().map((m) => [m.manifest.id, m.origin, m.state.is])).toEqual([
    ['comes', 'built-in', 'here'],
    ['small', 'catalogue', 'absent'],
    ['large', 'catalogue', 'absent'],
  ]);
  expect(room.choose('detect', null)).toBe('comes');
  expect(room.ready(id('large'))).toBeNull();

  room.download(id('large'), caller);
  expect(room.download(id('small'), caller).state).toMatchObject({ is: 'loading', waits: true });
  await is(room, 'small', 'here');
  expect(stateOf(room, 'large')).toEqual({ is: 'here' });
  expect(room.choose('detect', null)).toBe('small');
  expect(room.ready(id('large'))?.folder).toBe(join(dir, 'models', 'large'));
  expect(changes).toEqual(['large', 'small']);

  // One that fails again and again is passed over while there is another.
  resting = new Set([id('small'), id('large')]);
  expect(room.choose('detect', id('small'))).toBe('comes');
  resting.add(id('comes'));
  expect(room.choose('detect', null)).toBe('small');
  resting.clear();

  await room.remove(id('small'), caller);
  expect(room.choose('detect', id('small'))).toBe('large');
  expect(existsSync(join(dir, 'models', 'small'))).toBe(false);
  expect(() => room.download(id('comes'), caller)).toThrow('comes with Vigie');
  await expect(room.remove(id('comes'), caller)).rejects.toThrow('comes with Vigie');
  expect(() => room.download(id('other'), caller)).toThrow('no such model');
});

it('says why a download failed, keeps what came, and goes on after a restart', async () => {
  const room = await open();
  answer = (_, response) => response.writeHead(404).end();
  room.download(id('large'), caller);
  await is(room, 'large', 'absent');
  expect(stateOf(room, 'large')).toMatchObject({ haveBytes: 0, fault: { trouble: 'refused' } });

  // A server that gives a part and then nothing: the person breaks it off.
  answer = (_, response) => {
    response.writeHead(200, { 'content-length': large.length });
    response.write(large.subarray(0, 100_000));
  };
  room.download(id('large'), caller);
  await until('a part is here', () => {
    const state = stateOf(room, 'large');
    return state?.is === 'loading' && state.bytes === 100_000;
  });
  room.cancel(id('large'));
  await is(room, 'large', 'absent');
  expect(stateOf(room, 'large')).toEqual({ is: 'absent', haveBytes: 100_000, fault: null });

  await room.stop();
  const again = await open();
  expect(stateOf(again, 'large')).toEqual({ is: 'absent', haveBytes: 100_000, fault: null });
  answer = (_, response) => {
    response.writeHead(206, { 'content-range': `bytes 100000-${large.length - 1}/${large.length}` });
    response.end(large.subarray(100_000));
  };
  again.download(id('large'), caller);
  await is(again, 'large', 'here');
});

it('removes a model in the middle of its download', async () => {
  const room = await open();
  answer = (_, response) => {
    response.writeHead(200, { 'content-length': large.length });
    response.write(large.subarray(0, 1_000));
  };
  room.download(id('large'), caller);
  await until('it is under way', () => existsSync(join(dir, 'models', 'large', 'large.onnx.part')));
  await room.remove(id('large'), caller);
  expect(existsSync(join(dir, 'models', 'large'))).toBe(false);
  expect(stateOf(room, 'large')).toEqual({ is: 'absent', haveBytes: 0, fault: null });
});

it('finds a model that went bad on the disk at the start, and gets it anew', async () => {
  let room = await open();
  room.download(id('large'), caller);
  await is(room, 'large', 'here');
  await room.stop();
  const bad = Buffer.from(large);
  bad[200_000] = (bad[200_000] ?? 0) ^ 1;
  writeFileSync(join(dir, 'models', 'large', 'large.onnx'), bad);
  room = await open();
  await is(room, 'large', 'broken');
  expect(stateOf(room, 'large')).toMatchObject({ fault: { trouble: 'wrong-checksum' } });
  expect(room.ready(id('large'))).toBeNull();
  expect(room.choose('detect', id('large'))).toBe('comes');
  room.download(id('large'), caller);
  await is(room, 'large', 'here');
});

it('takes a person’s own model in from a folder, and keeps it over a restart until it is removed', async () => {
  let room = await open();
  const folder = join(dir, 'usb');
  mkdirSync(folder);
  const own = {
    id: 'mine',
    name: 'Mine',
    task: 'detect',
    reader: 'yolox',
    licence: 'MIT',
    sizes: [[416, 416]],
    classes: ['person', 'car'],
  };
  writeFileSync(join(folder, 'mine.onnx'), small);
  writeFileSync(join(folder, 'mine.json'), JSON.stringify({ ...own, files: [{ name: 'mine.onnx' }] }));
  writeFileSync(
    join(folder, 'bad.json'),
    JSON.stringify({ ...own, id: 'bad', classes: ['car'], files: [{ name: 'mine.onnx' }] }),
  );
  // The same bytes are the catalogue's “small” as well.
  expect((await room.look(folder)).map((f) => [f.manifest?.id, f.origin, f.fault?.trouble])).toEqual([
    ['small', 'catalogue', undefined],
    ['bad', 'own', 'other-shape'],
    ['mine', 'own', undefined],
  ]);
  await expect(room.takeIn(folder, [id('bad')], caller)).rejects.toThrow('6 numbers a row');
  await expect(room.takeIn(folder, [id('large')], caller)).rejects.toThrow('None of these');
  await expect(room.look('usb')).rejects.toThrow('whole path');
  await expect(room.look(join(dir, 'nowhere'))).rejects.toThrow('not there');
  expect((await room.takeIn(folder, [id('mine')], caller)).map((m) => m.state.is)).toEqual(['here']);
  room.set({ mirror: null, chosen: { detect: id('mine') } }, caller);

  await room.stop();
  room = await open();
  expect(room.choose('detect', null)).toBe('mine');
  expect(() => room.download(id('mine'), caller)).toThrow('no address');
  await room.remove(id('mine'), caller);
  expect(room.list().map((m) => m.manifest.id)).not.toContain('mine');
  expect(room.choose('detect', null)).toBe('comes');
});

it('asks the mirror that was said first, and takes no choice that cannot be', async () => {
  const room = await open();
  const urls: string[] = [];
  answer = (url, response) => {
    urls.push(url);
    response.end(small);
  };
  room.set({ mirror: `${address}/our/mirror/`, chosen: {} }, caller);
  room.download(id('small'), caller);
  await is(room, 'small', 'here');
  expect(urls).toEqual(['/our/mirror/small.onnx']);
  expect(() => {
    room.set({ mirror: null, chosen: { plate: id('small') } }, caller);
  }).toThrow('for detect, not for plate');
  expect(() => {
    room.set({ mirror: null, chosen: { detect: id('other') } }, caller);
  }).toThrow('no such model');
  expect(room.settings()).toEqual({ mirror: `${address}/our/mirror/`, chosen: {} });
});

it('tells when another model does a task, why, and whose doing it was, over restarts too', async () => {
  const changes = (): unknown[] =>
    told
      .splice(0)
      .map(({ kind, severity, data }) => [kind, severity, data?.['was'], data?.['model'], data?.['why'], data?.['by']]);
  const useOf = (of: ModelRoom) => of.uses().find((u) => u.task === 'detect');
  let room = await open();
  // What does it at the very first start is no change.
  expect([changes(), useOf(room)]).toEqual([
    ...[[], { task: 'detect', modelId: 'comes', why: 'built-in', chosen: null }],
  ]);
  room.download(id('large'), caller);
  await is(room, 'large', 'here');
  await until('it is told', () => told.length > 0);
  expect(changes()).toEqual([['model-changed', 'info', 'comes', 'large', 'better', 'ada']]);
  room.download(id('small'), caller);
  await is(room, 'small', 'here');
  await until('it is told', () => told.length > 0);
  expect(changes()).toEqual([['model-changed', 'info', 'large', 'small', 'least-work', 'ada']]);
  // A dearer one is used because somebody says so.
  room.set({ mirror: null, chosen: { detect: id('large') } }, caller);
  expect(changes()).toEqual([['model-changed', 'info', 'small', 'large', 'chosen', 'ada']]);
  room.set({ mirror: null, chosen: { detect: id('large') } }, caller);
  expect(changes()).toEqual([]);
  // One that a worker cannot use, and one whose files are gone at the next start.
  room.fault(id('large'), { trouble: 'not-onnx', detail: 'no' });
  expect(changes()).toEqual([['model-changed', 'warning', 'large', 'small', 'stands-in', null]]);
  await room.stop();
  writeFileSync(join(dir, 'models', 'small', 'small.onnx'), 'x');
  room = await open();
  expect(changes()).toEqual([['model-changed', 'info', 'small', 'large', 'chosen', null]]);
  await room.remove(id('large'), caller);
  expect([changes(), useOf(room)]).toEqual([
    [['model-changed', 'warning', 'large', 'comes', 'stands-in', 'ada']],
    { task: 'detect', modelId: 'comes', why: 'stands-in', chosen: 'large' },
  ]);
});

it('does not start a worker with what is not there, and says so', async () => {
  const room = await open();
  await room.stop();
  writeFileSync(join(dir, 'program', 'comes', 'comes.onnx'), small.subarray(0, 100));
  const again = await open();
  expect(stateOf(again, 'comes')).toMatchObject({ is: 'broken', fault: { trouble: 'missing' } });
  expect(again.choose('detect', null)).toBeNull();
});
