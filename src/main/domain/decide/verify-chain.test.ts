import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ChainHead,
  type ChainLink,
  type ChainSeam,
  type Hasher,
  type SeamCause,
  emptyChain,
  linkText,
  nextLink,
  noChain,
} from '../segment-chain.ts';
import { addSeam, behindHead, type ChainFault, endChain, followChain, inOrder, startOfChain } from './verify-chain.ts';

const hash: Hasher = (text) => createHash('sha256').update(text).digest('hex');
const stream = { folder: 'gate', kind: 'main' as const };

const files = fc.array(
  fc.record({
    startMs: fc.integer({ min: 0, max: 1e12 }),
    endMs: fc.integer({ min: 0, max: 1e12 }),
    bytes: fc.nat(),
    sha256: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((b) => Buffer.from(b).toString('hex')),
  }),
  { minLength: 1, maxLength: 30 },
);
/** Made in any order of time: back-filled segments come late. */
const chains = files.map((list) => {
  const links: ChainLink[] = [];
  let head: ChainHead = emptyChain;
  for (const file of list) {
    const made = nextLink(head, stream, file, hash);
    links.push(made);
    head = made;
  }
  return { links, head: { link: head.link, chain: head.chain } };
});
const causes = fc.constantFrom<SeamCause>('retention', 'replaced', 'lost');

function verify(links: readonly ChainLink[], seams: readonly ChainSeam[], head: ChainHead): ChainFault[] {
  let walk = startOfChain;
  const out: ChainFault[] = [];
  for (const item of inOrder(links, seams)) {
    const [next, faults] = followChain(walk, item, stream, hash);
    walk = next;
    out.push(...faults);
  }
  return [...out, ...endChain(walk, head)];
}

const cutOut = (links: readonly ChainLink[], gone: ReadonlyMap<number, SeamCause>) => ({
  kept: links.filter((l) => !gone.has(l.link)),
  seams: links.reduce<ChainSeam[]>((seams, l) => {
    const cause = gone.get(l.link);
    if (cause === undefined) return seams;
    return addSeam(seams, { fromLink: l.link, toLink: l.link, chain: l.chain, cause });
  }, []),
});

describe('the text of a link', () => {
  it('is what a person can give to sha256sum', () => {
    const file = { startMs: 1_795_356_192_345, endMs: 1_795_356_252_345, bytes: 15_728_640, sha256: 'ab'.repeat(32) };
    expect(linkText(noChain, stream, 1, file)).toBe(
      `vigie-chain-1 ${'0'.repeat(64)} gate/main 1 1795356192345 1795356252345 15728640 ${'ab'.repeat(32)}\n`,
    );
  });
});

describe('following a chain', () => {
  it('finds nothing in one that is whole, whatever was deleted for a cause', () => {
    fc.assert(
      fc.property(chains, fc.array(fc.tuple(fc.nat(29), causes)), ({ links, head }, deleted) => {
        const { kept, seams } = cutOut(links, new Map(deleted.map(([at, cause]) => [at + 1, cause])));
        expect(verify(kept, seams, head)).toEqual([]);
      }),
    );
  });

  it('keeps few seams: those that touch and have one cause are one', () => {
    fc.assert(
      fc.property(chains, fc.uniqueArray(fc.nat(29)), ({ links }, deleted) => {
        const gone = deleted.map((at) => at + 1).filter((n) => n <= links.length);
        const { seams } = cutOut(links, new Map(gone.map((n) => [n, 'retention'])));
        const runs = gone.filter((n) => !gone.includes(n - 1)).length;
        expect(seams).toHaveLength(runs);
        expect(seams.reduce((n, s) => n + s.toLink - s.fromLink + 1, 0)).toBe(gone.length);
        for (const s of seams) expect(s.chain).toBe(links[s.toLink - 1]?.chain);
      }),
    );
  });

  it('is whole again from a part of it and what lies beside the video', () => {
    fc.assert(
      fc.property(chains, fc.array(fc.tuple(fc.nat(29), causes)), fc.nat(30), ({ links, head }, deleted, upTo) => {
        const gone = new Map(deleted.map(([at, cause]) => [at + 1, cause]));
        const before = links.slice(0, upTo);
        const { seams } = cutOut(links, gone);
        const more = behindHead(before.at(-1) ?? emptyChain, links, seams);
        const joined = [...before, ...more];
        let walk = startOfChain;
        for (const item of joined) {
          // A seam may begin among the links that are there.
          const from = 'link' in item ? item : { ...item, fromLink: Math.max(item.fromLink, walk.link + 1) };
          const [next, faults] = followChain(walk, from, stream, hash);
          expect(faults).toEqual([]);
          walk = next;
        }
        expect(endChain(walk, head)).toEqual([]);
      }),
    );
  });

  it('finds every single thing that is changed afterwards', () => {
    const change = fc.constantFrom<keyof ChainLink>('startMs', 'endMs', 'bytes', 'sha256', 'chain');
    fc.assert(
      fc.property(chains, fc.nat(), change, ({ links, head }, at, what) => {
        const place = at % links.length;
        const changed = links.map((l, i) => {
          if (i !== place) return l;
          const was = l[what];
          return {
            ...l,
            [what]: typeof was === 'number' ? was + 1 : was.replace(/./g, (c) => (c === '0' ? '1' : '0')),
          };
        });
        const faults = verify(changed, [], head);
        expect(faults[0]).toMatchObject({ is: 'changed', link: place + 1 });
      }),
    );
  });

  it('finds what is missing without a cause, and an end that was cut off', () => {
    fc.assert(
      fc.property(chains, fc.nat(), ({ links, head }, at) => {
        const place = at % links.length;
        const faults = verify(
          links.filter((_, i) => i !== place),
          [],
          head,
        );
        const last = place === links.length - 1;
        expect(faults).toEqual([
          last
            ? { is: 'cut', link: place, headLink: place + 1 }
            : { is: 'missing', fromLink: place + 1, toLink: place + 1 },
        ]);
      }),
    );
  });

  it('finds two segments that changed places, and a chain that was made again from some link on', () => {
    fc.assert(
      fc.property(chains, fc.nat(), ({ links, head }, at) => {
        fc.pre(links.length > 1);
        const place = at % (links.length - 1);
        const [a, b] = [links[place], links[place + 1]];
        if (a === undefined || b === undefined || a.sha256 === b.sha256) return;
        const swapped = links.map((l, i) =>
          i === place ? { ...l, sha256: b.sha256 } : i === place + 1 ? { ...l, sha256: a.sha256 } : l,
        );
        expect(verify(swapped, [], head).map((f) => f.is)).toContain('changed');

        let before: ChainHead = links[place - 1] ?? emptyChain;
        const forged = links.slice(place).map((l) => {
          const made = nextLink(before, stream, { ...l, sha256: hash(l.sha256) }, hash);
          before = made;
          return made;
        });
        expect(verify([...links.slice(0, place), ...forged], [], head)).toEqual([{ is: 'head', link: head.link }]);
      }),
    );
  });

  it('does not take a number twice, nor more than was noted', () => {
    const { links, head } = fc.sample(
      chains.filter((c) => c.links.length > 2),
      1,
    )[0] ?? { links: [], head: emptyChain };
    expect(verify([...links, ...links.slice(0, 1)], [], head)).toEqual([{ is: 'twice', link: 1 }]);
    expect(verify(links, [], { link: 1, chain: links[0]?.chain ?? '' })).toEqual([{ is: 'head', link: 1 }]);
  });
});
