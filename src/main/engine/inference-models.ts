/** How the models of the pool do: their times, and a breaker for each, so that a bad one costs a try now and then. */
import type { PoolModel } from '#domain/analysis.ts';
import { askBreaker, freshBreaker, tellBreaker, type Breaker } from '#domain/decide/breaker.ts';
import type { ModelId } from '#domain/model.ts';
import { createRecentTimes, type RecentTimes } from './recent-times.ts';

type Book = {
  breaker: Breaker;
  times: RecentTimes;
  done: number;
  failed: number;
  fault: string | null;
  provider: string | null;
  usedMs: number;
};

export type ModelBooks = {
  /** May all of these be asked now? null: they may, and `done`, `failed` or `noWord` of each is to follow; else one that may not. */
  ask(ids: readonly ModelId[], nowMs: number): ModelId | null;
  done(id: ModelId, ms: number, nowMs: number): void;
  failed(id: ModelId, why: string, nowMs: number): void;
  /** It was asked, and nothing was learnt of it. */
  noWord(id: ModelId, nowMs: number): void;
  rests(id: ModelId, nowMs: number): boolean;
  /** Why it rests. */
  fault(id: ModelId): string;
  provider(id: ModelId, provider: string): void;
  /** Those used last come last. */
  usedSince(ms: number): ModelId[];
  forget(id: ModelId): void;
  /** `nowMs` on the clock of all the others, `wallMs` the same moment on the wall's. */
  view(nowMs: number, wallMs: number): PoolModel[];
};

export function createModelBooks(): ModelBooks {
  const books = new Map<ModelId, Book>();
  const of = (id: ModelId): Book => {
    const known = books.get(id);
    if (known !== undefined) return known;
    const book: Book = {
      breaker: freshBreaker,
      times: createRecentTimes(256),
      done: 0,
      failed: 0,
      fault: null,
      provider: null,
      usedMs: Number.NEGATIVE_INFINITY,
    };
    books.set(id, book);
    return book;
  };
  return {
    ask(ids, nowMs) {
      const asked = ids.map((id) => ({ id, answer: askBreaker(of(id).breaker, nowMs) }));
      const not = asked.find(({ answer: [, may] }) => !may);
      if (not !== undefined) return not.id;
      for (const { id, answer } of asked) Object.assign(of(id), { breaker: answer[0], usedMs: nowMs });
      return null;
    },
    done(id, ms, nowMs) {
      const book = of(id);
      book.breaker = tellBreaker(book.breaker, null, nowMs);
      book.times.add(nowMs, ms);
      book.done += 1;
      book.fault = null;
    },
    failed(id, why, nowMs) {
      const book = of(id);
      book.breaker = tellBreaker(book.breaker, 'failed', nowMs);
      book.failed += 1;
      book.fault = why;
    },
    noWord(id, nowMs) {
      const book = of(id);
      book.breaker = tellBreaker(book.breaker, 'no-word', nowMs);
    },
    rests(id, nowMs) {
      const breaker = books.get(id)?.breaker;
      return breaker?.is === 'open' && nowMs < (breaker.nextTryMs ?? 0);
    },
    fault: (id) => books.get(id)?.fault ?? 'It failed too often.',
    provider(id, provider) {
      of(id).provider = provider;
    },
    usedSince: (ms) =>
      [...books]
        .filter(([, book]) => book.usedMs >= ms)
        .sort(([, a], [, b]) => a.usedMs - b.usedMs)
        .map(([id]) => id),
    forget: (id) => void books.delete(id),
    view: (nowMs, wallMs) =>
      [...books].map(([modelId, book]) => ({
        modelId,
        provider: book.provider,
        done: book.done,
        failed: book.failed,
        answerMs: book.times.percentiles(nowMs),
        restsUntilMs:
          book.breaker.is === 'open' && book.breaker.nextTryMs !== null && book.breaker.nextTryMs > nowMs
            ? Math.round(wallMs + book.breaker.nextTryMs - nowMs)
            : null,
        fault: book.fault,
      })),
  };
}
