import { useEffect, useState } from 'react';
import { refusalText } from './refusal.ts';

/**
 * Reads at once and every `everyMs` while the page is shown; the words of what refused it, null when it worked. `read` must stay
 * the same function.
 */
export function useReading(read: (signal: AbortSignal) => Promise<unknown>, everyMs: number): string | null {
  const [fault, setFault] = useState<string | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    const again = (): void => {
      read(abort.signal).then(
        () => {
          setFault(null);
        },
        (error: unknown) => {
          if (!abort.signal.aborted) setFault(refusalText(error));
        },
      );
    };
    again();
    const timer = setInterval(again, everyMs);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [read, everyMs]);
  return fault;
}
