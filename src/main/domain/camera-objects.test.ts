import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ObjectsSeen, seenWith, type CameraObjects } from './camera-objects.ts';

const picture = (atMs: number, ...classes: (string | null)[]): CameraObjects => ({
  atMs,
  objects: classes.map((c, i) => ({
    id: String(i),
    class: c,
    likelihood: null,
    box: { x: 0, y: 0, width: 0.1, height: 0.1 },
  })),
});

test('each kind once, the latest first; an empty picture changes nothing', () => {
  const seen = [picture(1, 'Human', 'Human'), picture(2, 'Vehicle', null), picture(3), picture(4, 'Human')].reduce(
    seenWith,
    [],
  );
  expect(seen).toEqual([
    { class: 'Human', lastMs: 4 },
    { class: 'Vehicle', lastMs: 2 },
    { class: null, lastMs: 2 },
  ]);
});

test('whatever a camera calls things, what is remembered is bounded', () => {
  const word = fc.option(fc.string({ minLength: 1, maxLength: 40 }));
  fc.assert(
    fc.property(fc.array(fc.array(word, { maxLength: 64 }), { maxLength: 20 }), (pictures) => {
      const seen = pictures.map((p, i) => picture(i, ...p)).reduce(seenWith, []);
      expect(ObjectsSeen.safeParse(seen).success).toBe(true);
      expect(new Set(seen.map((s) => s.class)).size).toBe(seen.length);
    }),
  );
});
