import { useEffect, useRef } from 'react';
import { useChosenKeys } from '../stores/keys.ts';
import { pressOf } from '../ui/chord.ts';
import { actionFor } from '../ui/key-actions.ts';
import { wishOf, type Wish } from './keys.ts';

/** Things that take keys for themselves. The timeline takes its own, and leaves the rest to the wall. */
const busy =
  'input, textarea, select, [contenteditable], [role="dialog"], [role="menu"], [role="listbox"], [role="slider"]:not(.tl-canvas)';
/** Things that Enter presses, or that it means nothing on. */
const pressable = 'button, a, [role="button"], summary, .tl-canvas';

/** Hands every key of the wall to `take`, unless something that takes keys itself has the focus. */
export function useKeys(take: (wish: Wish) => void): void {
  const latest = useRef(take);
  useEffect(() => {
    latest.current = take;
  });
  useEffect(() => {
    const onKey = (e: KeyboardEvent): void => {
      if (e.defaultPrevented || e.isComposing) return;
      const wish = wishOf(pressOf(e), (chord) => actionFor(useChosenKeys.getState().chosen, chord));
      if (!wish) return;
      const at = e.target instanceof Element ? e.target : null;
      if (wish.wish !== 'find' || !(e.ctrlKey || e.metaKey)) {
        if (at?.closest(busy) || document.querySelector('[role="dialog"][aria-modal="true"]')) return;
        if (wish.wish === 'enter' && at?.closest(pressable)) return;
      }
      e.preventDefault();
      latest.current(wish);
    };
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener('keydown', onKey);
    };
  }, []);
}
