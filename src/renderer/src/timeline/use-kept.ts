import { useEffect } from 'react';
import { readMarks, useMarks } from '../stores/marks.ts';
import { useTimeline } from './store.ts';

const everyMs = 15_000;
const settleMs = 250;

/** Bookmarks and holds around what is seen: asked for when it moves out of what was read, and now and then. */
export function useKeptMarks(): void {
  useEffect(() => {
    let abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | null = null;
    const seen = (): [number, number] => {
      const { view, widthPx } = useTimeline.getState();
      return [view.fromMs, view.fromMs + widthPx * view.msPerPx];
    };
    const read = (): void => {
      const [fromMs, toMs] = seen();
      if (toMs <= fromMs) return;
      abort.abort();
      abort = new AbortController();
      const more = toMs - fromMs;
      readMarks(fromMs - more, toMs + more, abort.signal).catch(() => undefined); // the line's banner says it; asked again
    };
    const look = (): void => {
      timer = null;
      const [fromMs, toMs] = seen();
      const known = useMarks.getState();
      if (fromMs < known.fromMs || toMs > known.toMs) read();
    };
    const off = useTimeline.subscribe((s, was) => {
      if (s.view !== was.view || s.widthPx !== was.widthPx) timer ??= setTimeout(look, settleMs);
    });
    read();
    const again = setInterval(read, everyMs);
    return () => {
      off();
      clearInterval(again);
      if (timer !== null) clearTimeout(timer);
      abort.abort();
    };
  }, []);
}
