import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPictureQueue } from './picture-queue.ts';
import { neighbour } from './step.ts';

const made = () => {
  let open = 0;
  const picture = (atUs: number) => {
    open += 1;
    let closed = false;
    return {
      atUs,
      image: {
        close() {
          if (closed) throw new Error('closed twice');
          closed = true;
          open -= 1;
        },
      },
    };
  };
  return { picture, open: () => open };
};

describe('picture queue', () => {
  it('shows the latest picture not after the moment, and closes every picture exactly once', () => {
    const op = fc.tuple(fc.constantFrom('add', 'drop-before', 'drop-after', 'clear'), fc.integer({ min: 0, max: 30 }));
    fc.assert(
      fc.property(fc.array(op, { maxLength: 60 }), (ops) => {
        const { picture, open } = made();
        const queue = createPictureQueue<ReturnType<typeof picture>>();
        let model: number[] = [];
        for (const [what, at] of ops) {
          if (what === 'add') {
            queue.add(picture(at));
            model = [...new Set([...model, at])].sort((a, b) => a - b);
          } else if (what === 'drop-before') {
            queue.dropBefore(at);
            const shown = model.filter((t) => t <= at).at(-1);
            if (shown !== undefined) model = model.filter((t) => t >= shown);
          } else if (what === 'drop-after') {
            queue.dropAfter(at);
            model = model.filter((t) => t <= at);
          } else {
            queue.clear();
            model = [];
          }
          expect(queue.size).toBe(model.length);
          expect(open()).toBe(model.length);
          expect(queue.shownAt(at)?.atUs).toBe(model.filter((t) => t <= at).at(-1));
          expect(queue.after(at)).toBe(model.filter((t) => t > at).length);
          expect([queue.firstUs, queue.lastUs]).toEqual([model[0] ?? null, model.at(-1) ?? null]);
        }
        queue.clear();
        expect(open()).toBe(0);
      }),
    );
  });
});

describe('neighbouring picture', () => {
  it('is the next on, and the one before the one shown', () => {
    expect(neighbour([0, 40, 120, 80], 80, 1)).toBe(120);
    expect(neighbour([0, 40, 120, 80], 90, -1)).toBe(40);
    expect(neighbour([0, 40], 40, 1)).toBeNull();
    expect(neighbour([40, 80], 40, -1)).toBeNull();
  });
});
