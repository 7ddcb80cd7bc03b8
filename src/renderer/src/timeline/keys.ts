/** Keys that move through time, from anywhere on the wall. */
import { playbackNowMs, usePlayback } from '../player/playback/index.ts';
import { useTimeline } from './store.ts';

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
/** Space presses a focused button; it must not also play. */
const pressing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('button, a, summary, [role="button"], [role="menuitem"], [role="option"]') !== null;

/** Acts on a key of playback or the marks; true when it was one. */
export function handleTimelineKey(e: KeyboardEvent): boolean {
  if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || typing(e.target)) return false;
  if (document.querySelector('[role="dialog"][aria-modal="true"]')) return false;
  const playback = usePlayback.getState();
  const timeline = useTimeline.getState();
  switch (e.key) {
    case ' ':
      if (pressing(e.target)) return false;
      playback.toggle();
      return true;
    case ',':
      playback.stepFrame(-1);
      return true;
    case '.':
      playback.stepFrame(1);
      return true;
    case 'j':
    case 'J':
      playback.slower();
      return true;
    case 'k':
    case 'K':
      playback.pause();
      return true;
    case 'l':
    case 'L':
      playback.faster();
      return true;
    case 'Home':
      playback.goLive();
      return true;
    case '[':
      timeline.markAt('start', playbackNowMs());
      return true;
    case ']':
      timeline.markAt('end', playbackNowMs());
      return true;
    case 'Escape':
      if (timeline.selection === null && timeline.mark.startMs === null && timeline.mark.endMs === null) return false;
      timeline.clearSelection();
      return true;
    default:
      return false;
  }
}

/** Returns the stop. */
export function listenForTimelineKeys(): () => void {
  const onKey = (e: KeyboardEvent): void => {
    if (handleTimelineKey(e)) e.preventDefault();
  };
  window.addEventListener('keydown', onKey);
  return () => {
    window.removeEventListener('keydown', onKey);
  };
}
