/** Something that is read from a device when it is needed, with its trouble and another try. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { refusalText } from '../ui/refusal.ts';

export type Asked<T> = {
  value: T | null;
  fault: string | null;
  reading: boolean;
  again(): void;
  /** What is known better by now. */
  put(value: T): void;
};

/** `key`: another one reads anew; null reads nothing. */
export function useAsked<T>(key: string | null, read: (signal: AbortSignal) => Promise<T>): Asked<T> {
  const [state, setState] = useState<{ key: string | null; value: T | null; fault: string | null }>({
    key: null,
    value: null,
    fault: null,
  });
  const [turn, setTurn] = useState(0);
  const latest = useRef(read);
  useEffect(() => {
    latest.current = read;
  });
  useEffect(() => {
    if (key === null) return;
    const abort = new AbortController();
    const { signal } = abort;
    latest.current(signal).then(
      (value) => {
        if (!signal.aborted) setState({ key, value, fault: null });
      },
      (error: unknown) => {
        if (!signal.aborted) setState({ key, value: null, fault: refusalText(error) });
      },
    );
    return () => {
      abort.abort();
    };
  }, [key, turn]);
  const known = state.key === key;
  const put = useCallback(
    (value: T) => {
      setState({ key, value, fault: null });
    },
    [key],
  );
  return {
    value: known ? state.value : null,
    fault: known ? state.fault : null,
    reading: key !== null && (!known || (state.value === null && state.fault === null)),
    again() {
      setState({ key: null, value: null, fault: null });
      setTurn(turn + 1);
    },
    put,
  };
}
