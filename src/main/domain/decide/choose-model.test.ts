import { expect, it } from 'vitest';
import { ModelId, ModelManifest, type ModelOrigin, type ModelState, type ModelTask, type ModelView } from '../model.ts';
import { chooseModel } from './choose-model.ts';

const view = (
  id: string,
  origin: ModelOrigin,
  is: 'here' | 'absent' = 'here',
  task: ModelTask = 'detect',
): ModelView => ({
  manifest: ModelManifest.parse({
    ...{ id, name: id, task, reader: 'yolox', licence: 'MIT', sizes: [[416, 416]] },
    files: [{ name: 'a.onnx', bytes: 1, sha256: '0'.repeat(64) }],
  }),
  origin,
  state: (is === 'here' ? { is } : { is, haveBytes: 0, fault: null }) satisfies ModelState,
});
const id = (text: string): ModelId => ModelId.parse(text);
const idOf = (found: ModelView | null): string | undefined => found?.manifest.id;

const all = [view('ssd', 'built-in'), view('mine', 'own'), view('nano', 'catalogue'), view('s', 'catalogue', 'absent')];

it('takes what is asked for, else what the station chose, as far as it is here', () => {
  expect(idOf(chooseModel(all, 'detect', id('mine'), id('ssd')))).toBe('mine');
  expect(idOf(chooseModel(all, 'detect', id('s'), id('ssd')))).toBe('ssd');
  expect(idOf(chooseModel(all, 'detect', null, id('mine')))).toBe('mine');
});

it('takes the catalogue’s before what comes with the product, and one’s own only where it is chosen', () => {
  expect(idOf(chooseModel(all, 'detect', null, null))).toBe('nano');
  expect(idOf(chooseModel(all, 'detect', id('s'), id('s')))).toBe('nano');
  expect(idOf(chooseModel([view('ssd', 'built-in'), view('nano', 'catalogue', 'absent')], 'detect', null, null))).toBe(
    'ssd',
  );
  expect(chooseModel([view('mine', 'own')], 'detect', null, null)).toBeNull();
  expect(chooseModel(all, 'plate', null, null)).toBeNull();
  expect(chooseModel([view('nano', 'catalogue', 'here', 'plate')], 'detect', id('nano'), null)).toBeNull();
});
