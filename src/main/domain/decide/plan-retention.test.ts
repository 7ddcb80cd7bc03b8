import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StreamId } from '../id.ts';
import type { Rule } from '../retention.ts';
import {
  planRetention,
  type Doomed,
  type Need,
  type RetentionPlan,
  type Shelf,
  type Stored,
} from './plan-retention.ts';

/** Everything that is on the disks, held or not. */
type Kept = Stored & { held: boolean };
type Stream = { id: StreamId; volume: number; rule: Rule; kept: Kept[] };
type Site = { nowMs: number; streams: Stream[]; needs: { volume: number; bytes: number; emergencyBytes: number }[] };

const hour = 3_600_000;
const nowMs = 1_000 * hour;
const noRule: Rule = { maxMs: null, minMs: 0, maxBytes: null, eventMs: 0, legalMs: null };

/** Hours as they come out of `ruleOf`: a minimum is never more than the limits. */
const someRule: fc.Arbitrary<Rule> = fc
  .record({
    max: fc.option(fc.integer({ min: 1, max: 60 })),
    min: fc.integer({ min: 0, max: 40 }),
    bytes: fc.option(fc.integer({ min: 1, max: 60 })),
    event: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 60 })),
    legal: fc.option(fc.integer({ min: 1, max: 60 })),
  })
  .map(({ max, min, bytes, event, legal }) => ({
    maxMs: max === null ? null : max * hour,
    minMs: Math.min(min, max ?? Infinity, legal ?? Infinity) * hour,
    maxBytes: bytes,
    eventMs: event * hour,
    legalMs: legal === null ? null : legal * hour,
  }));

/** Segments from long ago up to now, with holes between them. */
const someKept: fc.Arbitrary<Kept[]> = fc
  .array(
    fc.record({
      hole: fc.integer({ min: 0, max: 3 }),
      long: fc.integer({ min: 1, max: 4 }),
      bytes: fc.integer({ min: 1, max: 9 }),
      favoured: fc.boolean(),
      held: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    }),
    { maxLength: 24 },
  )
  .map((list) => {
    let endMs = nowMs;
    const out: Kept[] = [];
    for (const { hole, long, bytes, favoured, held } of list) {
      const to = endMs - hole * hour;
      endMs = to - long * hour;
      out.unshift({ startMs: endMs, endMs: to, bytes, favoured, held, aheadMs: 0 });
    }
    return out;
  });

const someSite: fc.Arbitrary<Site> = fc
  .record({
    streams: fc.array(fc.record({ volume: fc.integer({ min: 1, max: 2 }), rule: someRule, kept: someKept }), {
      minLength: 1,
      maxLength: 5,
    }),
    needs: fc.tuple(fc.integer({ min: 0, max: 80 }), fc.integer({ min: 0, max: 80 })),
    emergency: fc.boolean(),
  })
  .map(({ streams, needs, emergency }) => ({
    nowMs,
    streams: streams.map((s, i) => ({ ...s, id: (i + 1) as StreamId })),
    needs: needs.map((bytes, i) => ({ volume: i + 1, bytes, emergencyBytes: emergency ? Math.floor(bytes / 2) : 0 })),
  }));

const bytesOf = (stream: Stream): number => stream.kept.reduce((sum, k) => sum + k.bytes, 0);
const copy = (site: Site): Site => ({ ...site, streams: site.streams.map((s) => ({ ...s, kept: [...s.kept] })) });

/** Queues as long as the plan has asked for so far. */
function createWindows(site: Site, page: number) {
  const sizes = new Map<string, number>();
  const key = (id: StreamId, of: 'any' | 'ordinary'): string => `${String(id)} ${of}`;
  return {
    shelves: (): Shelf[] =>
      site.streams.map((s) => {
        const queue = (of: 'any' | 'ordinary') => {
          const all = s.kept.filter((k) => !k.held && (of === 'any' || !k.favoured));
          const size = sizes.get(key(s.id, of)) ?? 0;
          return { next: all.slice(0, size), more: all.length > size };
        };
        const shelf = { streamId: s.id, volume: s.volume, run: null, rule: s.rule, streamBytes: bytesOf(s) };
        return { ...shelf, any: queue('any'), ordinary: s.rule.eventMs === 0 ? queue('any') : queue('ordinary') };
      }),
    grow(plan: RetentionPlan): void {
      for (const { shelf, of } of plan.short) {
        const names = shelf.rule.eventMs === 0 ? (['any'] as const) : [of];
        for (const name of names)
          sizes.set(key(shelf.streamId, name), (sizes.get(key(shelf.streamId, name)) ?? 0) + page);
      }
    },
  };
}

const needsAfter = (site: Site, freed: Map<number, number>): Need[] =>
  site.needs.map(({ volume, bytes, emergencyBytes }) => ({
    volume,
    bytes: Math.max(0, bytes - (freed.get(volume) ?? 0)),
    emergencyBytes: Math.max(0, emergencyBytes - (freed.get(volume) ?? 0)),
  }));

type Done = { doomed: Doomed; before: Stream[] };

/** Plans and carries out until nothing is left to do; `stop` says how much of each plan is carried out. */
function carryOut(start: Site, how: { page: number; limit: number; part?: (n: number) => number }) {
  const site = copy(start);
  const windows = createWindows(site, how.page);
  const freed = new Map<number, number>();
  const done: Done[] = [];
  let last: RetentionPlan | null = null;
  for (let round = 0; ; round++) {
    expect(round).toBeLessThan(5_000);
    const plan = planRetention({
      nowMs: site.nowMs,
      shelves: windows.shelves(),
      needs: needsAfter(site, freed),
      limit: how.limit,
    });
    expect(plan.doomed.length).toBeLessThanOrEqual(how.limit);
    last = plan;
    if (plan.doomed.length === 0 && plan.short.length === 0) break;
    windows.grow(plan);
    const part = how.part === undefined ? plan.doomed.length : how.part(plan.doomed.length);
    for (const doomed of plan.doomed.slice(0, part)) {
      const stream = site.streams.find((s) => s.id === doomed.shelf.streamId);
      const place = stream?.kept.findIndex((k) => k.startMs === doomed.stored.startMs) ?? -1;
      if (stream === undefined || place < 0) throw new Error('it names what is not there');
      done.push({ doomed, before: copy(site).streams });
      stream.kept.splice(place, 1);
      freed.set(stream.volume, (freed.get(stream.volume) ?? 0) + doomed.stored.bytes);
    }
  }
  return { site, done, freed, last };
}

const paces = fc.record({ page: fc.integer({ min: 1, max: 6 }), limit: fc.integer({ min: 1, max: 20 }) });
const isFavoured = (s: Stored, rule: Rule): boolean => s.favoured && s.endMs > nowMs - rule.eventMs;

describe('what is deleted next', () => {
  it('never is what is held', () => {
    fc.assert(
      fc.property(someSite, paces, (site, pace) => {
        const { done, site: left } = carryOut(site, pace);
        for (const { doomed } of done)
          expect(
            site.streams
              .find((s) => s.id === doomed.shelf.streamId)
              ?.kept.find((k) => k.startMs === doomed.stored.startMs)?.held,
          ).toBe(false);
        const held = (of: Site): number => of.streams.flatMap((s) => s.kept).filter((k) => k.held).length;
        expect(held(left)).toBe(held(site));
      }),
    );
  });

  it('never breaks a minimum while another stream of the volume has more than its own, and then the oldest of all goes', () => {
    fc.assert(
      fc.property(someSite, paces, (site, pace) => {
        for (const { doomed, before } of carryOut(site, pace).done) {
          const { shelf, stored, reason } = doomed;
          const minimum = (s: Stored, rule: Rule): boolean => s.endMs > nowMs - rule.minMs;
          if (reason !== 'emergency') {
            // The legal maximum alone goes before a minimum, and a minimum is never more than that.
            if (reason !== 'legal') expect(minimum(stored, shelf.rule)).toBe(false);
            continue;
          }
          const others = before.filter((s) => s.volume === shelf.volume).flatMap((s) => s.kept.map((k) => ({ k, s })));
          const free = others.filter(({ k }) => !k.held);
          expect(free.every(({ k, s }) => minimum(k, s.rule))).toBe(true);
          expect(Math.min(...free.map(({ k }) => k.startMs))).toBe(stored.startMs);
        }
      }),
    );
  });

  it('leaves nothing that is older than the legal maximum or, bearing no event, than its rule', () => {
    fc.assert(
      fc.property(someSite, paces, (site, pace) => {
        for (const { rule, kept } of carryOut(site, pace).site.streams) {
          for (const k of kept.filter((one) => !one.held)) {
            if (rule.legalMs !== null) expect(k.startMs).toBeGreaterThan(nowMs - rule.legalMs);
            if (rule.maxMs !== null && !isFavoured(k, rule)) expect(k.endMs).toBeGreaterThan(nowMs - rule.maxMs);
          }
        }
      }),
    );
  });

  it('deletes of what a wrong clock recorded what it would delete had the clock been right', () => {
    fc.assert(
      fc.property(someSite, paces, fc.array(fc.integer({ min: -5_000, max: 5_000 })), (site, pace, wrong) => {
        const by = (i: number): number => (wrong[i] ?? 0) * hour;
        const moved: Site = {
          ...site,
          streams: site.streams.map((s, i) => ({
            ...s,
            kept: s.kept.map((k) => ({ ...k, startMs: k.startMs + by(i), endMs: k.endMs + by(i), aheadMs: by(i) })),
          })),
        };
        const named = (of: Site): string[] =>
          carryOut(of, pace).done.map(
            ({ doomed: { shelf, stored, reason } }) =>
              `${reason} ${String(shelf.streamId)} ${String(stored.startMs - stored.aheadMs)}`,
          );
        expect(named(moved)).toEqual(named(site));
      }),
    );
  });

  it('keeps a stream within its bytes unless its minimum or holds need more, and says so', () => {
    fc.assert(
      fc.property(someSite, paces, (site, pace) => {
        const { site: left, last } = carryOut(site, pace);
        for (const stream of left.streams) {
          const { maxBytes, minMs } = stream.rule;
          const over = maxBytes !== null && bytesOf(stream) > maxBytes;
          expect(last?.oversize.includes(stream.id)).toBe(over);
          if (over) expect(stream.kept.every((k) => k.held || k.endMs > nowMs - minMs)).toBe(true);
        }
      }),
    );
  });

  it('gives a volume the room that it needs, or all that may be given, and says what it lacks', () => {
    fc.assert(
      fc.property(someSite, paces, (site, pace) => {
        const { site: left, freed, last } = carryOut(site, pace);
        for (const { volume, bytes, emergencyBytes } of site.needs) {
          const given = freed.get(volume) ?? 0;
          const lacking = last?.lacking.find((l) => l.volume === volume)?.bytes ?? 0;
          expect(lacking).toBe(Math.max(0, bytes - given));
          const rest = left.streams.filter((s) => s.volume === volume);
          if (given < bytes)
            expect(rest.every((s) => s.kept.every((k) => k.held || k.endMs > nowMs - s.rule.minMs))).toBe(true);
          if (given < emergencyBytes) expect(rest.every((s) => s.kept.every((k) => k.held))).toBe(true);
        }
      }),
    );
  });

  it('takes for room the oldest first, and what bears an event only after all that does not', () => {
    fc.assert(
      fc.property(someSite, paces, (site, pace) => {
        for (const { doomed, before } of carryOut(site, pace).done) {
          const { shelf, stored, reason } = doomed;
          if (reason !== 'space') continue;
          const rest = before
            .filter((s) => s.volume === shelf.volume)
            .flatMap((s) => s.kept.filter((k) => !k.held && k.endMs <= nowMs - s.rule.minMs).map((k) => ({ k, s })));
          const plain = rest.filter(({ k, s }) => !isFavoured(k, s.rule));
          const first = plain.length > 0 ? plain : rest;
          expect(stored.startMs).toBe(Math.min(...first.map(({ k }) => k.startMs)));
        }
      }),
    );
  });

  it('deletes no more than is asked for: without its last recording the room would not have been enough', () => {
    fc.assert(
      fc.property(someSite, paces, (site, pace) => {
        const { done } = carryOut(site, pace);
        for (const { volume, bytes } of site.needs) {
          let given = 0;
          for (const { doomed } of done.filter((d) => d.doomed.shelf.volume === volume)) {
            if (doomed.reason === 'space' || doomed.reason === 'emergency') expect(given).toBeLessThan(bytes);
            given += doomed.stored.bytes;
          }
        }
      }),
    );
  });

  it('has nothing to do where it was done, and comes to the same wherever it was interrupted', () => {
    fc.assert(
      fc.property(someSite, paces, paces, fc.infiniteStream(fc.nat()), (site, one, other, chance) => {
        const whole = carryOut(site, { page: 1_000, limit: 10_000 });
        const interrupted = carryOut(site, {
          ...one,
          part: (n) => (n === 0 ? 0 : 1 + ((chance.next().value ?? 0) % n)),
        });
        expect(interrupted.site.streams).toEqual(whole.site.streams);
        const met: Site = { ...whole.site, needs: needsAfter(site, whole.freed) };
        expect(carryOut(met, other).done).toEqual([]);
      }),
    );
  });

  it('says that a queue is used up rather than to guess what is behind it', () => {
    const stored: Stored = { startMs: 0, endMs: hour, bytes: 1, favoured: false, aheadMs: 0 };
    const shelf = (id: number, next: Stored[], more: boolean): Shelf => ({
      streamId: id as StreamId,
      volume: 1,
      run: null,
      rule: noRule,
      streamBytes: 1,
      any: { next, more },
      ordinary: { next, more },
    });
    const plan = planRetention({
      nowMs,
      shelves: [shelf(1, [stored], false), shelf(2, [], true)],
      needs: [{ volume: 1, bytes: 1, emergencyBytes: 0 }],
      limit: 10,
    });
    expect(plan.doomed).toEqual([]);
    expect(plan.short.map((s) => s.shelf.streamId)).toEqual([2]);
  });
});
