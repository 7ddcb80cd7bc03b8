import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  ModelId,
  ModelManifest,
  workOfModel,
  type ModelOrigin,
  type ModelState,
  type ModelTask,
  type ModelView,
} from '../model.ts';
import { chooseModel, type ModelChoice } from './choose-model.ts';

const view = (
  id: string,
  origin: ModelOrigin,
  is: 'here' | 'absent' = 'here',
  { task = 'detect', side = 416, bytes = 1_000 }: { task?: ModelTask; side?: number; bytes?: number } = {},
): ModelView => ({
  manifest: ModelManifest.parse({
    ...{ id, name: id, task, reader: 'yolox', licence: 'MIT', sizes: [[side, side]] },
    files: [{ name: 'a.onnx', bytes, sha256: '0'.repeat(64) }],
  }),
  origin,
  state: (is === 'here' ? { is } : { is, haveBytes: 0, fault: null }) satisfies ModelState,
});
const id = (text: string): ModelId => ModelId.parse(text);
const said = (found: ModelChoice | null): [string, string] | null =>
  found === null ? null : [found.model.manifest.id, found.why];

const all = [view('ssd', 'built-in'), view('mine', 'own'), view('nano', 'catalogue'), view('s', 'catalogue', 'absent')];

it('takes what is asked for, else what the station chose, as far as it is here', () => {
  expect(said(chooseModel(all, 'detect', id('mine'), id('ssd')))).toEqual(['mine', 'chosen']);
  expect(said(chooseModel(all, 'detect', id('s'), id('ssd')))).toEqual(['ssd', 'chosen']);
  expect(said(chooseModel(all, 'detect', null, id('mine')))).toEqual(['mine', 'chosen']);
});

it('takes the catalogue’s before what comes with the product, and one’s own only where it is chosen', () => {
  expect(said(chooseModel(all, 'detect', null, null))).toEqual(['nano', 'better']);
  expect(said(chooseModel(all, 'detect', id('s'), id('s')))).toEqual(['nano', 'stands-in']);
  const absent = [view('ssd', 'built-in'), view('nano', 'catalogue', 'absent')];
  expect(said(chooseModel(absent, 'detect', null, null))).toEqual(['ssd', 'built-in']);
  expect(chooseModel([view('mine', 'own')], 'detect', null, null)).toBeNull();
  expect(chooseModel(all, 'plate', null, null)).toBeNull();
  expect(chooseModel([view('nano', 'catalogue', 'here', { task: 'plate' })], 'detect', id('nano'), null)).toBeNull();
});

it('takes the one of least work where several were got, in whichever order: a dearer one is used when it is chosen', () => {
  // As the catalogue has them: the same weights at two sizes, and larger ones.
  const large = view('nano-640', 'catalogue', 'here', { side: 640, bytes: 3_660_092 });
  const small = view('nano', 'catalogue', 'here', { side: 416, bytes: 3_660_092 });
  const others = [
    view('tiny', 'catalogue', 'here', { side: 416, bytes: 20_219_662 }),
    view('s', 'catalogue', 'here', { side: 640, bytes: 35_858_002 }),
  ];
  const models = [view('ssd', 'built-in', 'here', { side: 300 }), large, small, ...others];
  fc.assert(
    fc.property(fc.shuffledSubarray(models, { minLength: models.length }), (shuffled) => {
      expect(said(chooseModel(shuffled, 'detect', null, null))).toEqual(['nano', 'least-work']);
      expect(said(chooseModel(shuffled, 'detect', null, id('nano-640')))).toEqual(['nano-640', 'chosen']);
    }),
  );
  // Of what is published of them, GFLOPs.
  const published = [1.08, 6.45, 26.8];
  for (const [i, model] of [small, ...others].entries()) {
    const work = workOfModel(model.manifest) / workOfModel(small.manifest);
    expect(Math.abs(work / ((published[i] ?? 0) / 1.08) - 1)).toBeLessThan(0.08);
  }
});
