import { useCallback, useEffect, useRef, useState } from 'react';
import { refusalText } from './refusal.ts';

type Pages<Row> = { rows: readonly Row[]; more: boolean; read: boolean; fault: string | null };

/**
 * A long list page by page: the first `afterMs` after it is asked for, the next ones by `next`. `readPage` reads what comes after a row
 * (null: the beginning); it must stay the same function, and another one starts anew.
 */
export function usePages<Row>(
  readPage: (last: Row | null, signal: AbortSignal) => Promise<{ rows: readonly Row[]; more: boolean }>,
  afterMs = 0,
): Pages<Row> & {
  next(): void;
  /** The first page anew. */
  again(): void;
  /** Of what was read some is otherwise now. */
  change(how: (rows: readonly Row[]) => readonly Row[]): void;
} {
  const [pages, setPages] = useState<Pages<Row>>({ rows: [], more: false, read: false, fault: null });
  const current = useRef<AbortSignal | null>(null);
  const read = useCallback(
    (last: Row | null): void => {
      const signal = current.current;
      if (signal === null) return;
      readPage(last, signal).then(
        ({ rows, more }) => {
          if (signal.aborted) return;
          setPages((was) => ({ rows: last === null ? rows : [...was.rows, ...rows], more, read: true, fault: null }));
        },
        (error: unknown) => {
          if (!signal.aborted) setPages((was) => ({ ...was, read: true, fault: refusalText(error) }));
        },
      );
    },
    [readPage],
  );
  useEffect(() => {
    const abort = new AbortController();
    current.current = abort.signal;
    const timer = setTimeout(() => {
      read(null);
    }, afterMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [read, afterMs]);
  return {
    ...pages,
    next: () => {
      read(pages.rows.at(-1) ?? null);
    },
    again: () => {
      read(null);
    },
    change: (how) => {
      setPages((was) => ({ ...was, rows: how(was.rows) }));
    },
  };
}
