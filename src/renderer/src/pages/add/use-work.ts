/** One piece of work at a time that a person started, can watch and can end. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { stationNowMs } from '../../client/index.ts';
import { refusalText } from '../../ui/refusal.ts';

export type Work<T> = { startedMs: number | null; result: T | null; fault: string | null };

/** Starting anew ends what was under way; so does leaving the page. */
export function useWork<T>() {
  const [work, setWork] = useState<Work<T>>({ startedMs: null, result: null, fault: null });
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const stop = useCallback(() => {
    running.current?.abort();
    running.current = null;
    setWork((was) => ({ ...was, startedMs: null }));
  }, []);
  const start = useCallback((task: (signal: AbortSignal) => Promise<T>) => {
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    setWork({ startedMs: stationNowMs(), result: null, fault: null });
    task(mine.signal).then(
      (result) => {
        if (!mine.signal.aborted) setWork({ startedMs: null, result, fault: null });
      },
      (error: unknown) => {
        if (!mine.signal.aborted) setWork({ startedMs: null, result: null, fault: refusalText(error) });
      },
    );
  }, []);
  return { ...work, start, stop };
}
