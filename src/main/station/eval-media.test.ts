import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tempFolder } from '../../../tests/support/temp.ts';
import { readMedia } from './eval-media.ts';
import { StationError } from './stop-with.ts';

let dir: string;
let remove: () => void;
beforeEach(() => {
  ({ path: dir, remove } = tempFolder('vigie-eval-'));
});
afterEach(() => {
  remove();
});

const refusal = (folder: string): string => {
  try {
    readMedia(folder);
  } catch (error) {
    if (!(error instanceof StationError)) throw error;
    expect(error.exitCode).toBe(2);
    return error.message;
  }
  throw new Error('it was not refused');
};
const put = (path: string, text: string): void => {
  mkdirSync(join(dir, path, '..'), { recursive: true });
  writeFileSync(join(dir, path), text);
};

describe('a folder without anything to evaluate', () => {
  it('is named in whole, with what was looked for and where its format is described', () => {
    const missing = join(dir, 'nowhere');
    expect(refusal(relative(process.cwd(), missing))).toContain(`There is no folder ${missing}.`);
    put('film.mp4', '');
    expect(refusal(join(dir, 'film.mp4'))).toContain('film.mp4 is a file.');
    const text = refusal(dir);
    expect(text).toContain(`In ${dir} there is nothing to evaluate.`);
    for (const file of ['coco/annotations.json', 'plates/plates.json', 'clips/clips.json'])
      expect(text).toMatch(new RegExp(`${file.replace('/', '.')} .*: not there`));
    expect(text).toContain('docs/eval.md');
  });

  it('is told from one whose labels name nothing, cannot be read, or lie a folder too high', () => {
    put('clips/clips.json', '{"clips": []}');
    expect(refusal(dir)).toMatch(/clips.clips\.json .*: it names none/);
    expect(refusal(join(dir, 'clips'))).toContain('name the folder that holds clips/');
    put('clips/clips.json', '{"clips": [{"file": "a.mp4"}]}');
    expect(refusal(dir)).toMatch(/clips\.json cannot be read as labels: [^]*fps[^]*docs\/eval\.md/);
  });

  it('is none where one of the three is there', () => {
    put('clips/clips.json', '{"clips": [{"file": "a.mp4", "fps": 20, "width": 640, "height": 360}]}');
    expect(readMedia(dir).clips.map((c) => c.path)).toEqual([join(dir, 'clips', 'a.mp4')]);
  });
});
