import { useEffect, useState } from 'react';
import { stationNowMs } from '../client/index.ts';

/** Station's UTC, renewed at every whole `everyMs`. */
export function useNow(everyMs = 1000): number {
  const [now, setNow] = useState(stationNowMs);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const tick = (): void => {
      const ms = stationNowMs();
      setNow(ms);
      timer = setTimeout(tick, everyMs - (ms % everyMs) + 2);
    };
    tick();
    return () => {
      clearTimeout(timer);
    };
  }, [everyMs]);
  return now;
}
