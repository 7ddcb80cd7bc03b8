/** Keys that move through time, from anywhere on the wall. */
import { playbackNowMs, usePlayback } from '../player/playback/index.ts';
import { actionOfPress } from '../stores/keys.ts';
import type { KeyAction } from '../ui/key-actions.ts';
import { useSession } from '../stores/session.ts';
import { includes } from '#domain/user.ts';
import { openMarkDialog } from './mark-dialog.ts';
import { playheadMs } from './pointer.ts';
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
  const timeline = useTimeline.getState();
  if (e.key === 'Escape') {
    if (timeline.selection === null && timeline.mark.startMs === null && timeline.mark.endMs === null) return false;
    timeline.clearSelection();
    return true;
  }
  const action = actionOfPress(e);
  if (e.key === ' ' && pressing(e.target)) return false;
  return action !== null && act(action);
}

/** False: not a key of time. */
function act(action: KeyAction): boolean {
  const playback = usePlayback.getState();
  const { markAt } = useTimeline.getState();
  switch (action) {
    case 'play':
      playback.toggle();
      return true;
    case 'frameBack':
      playback.stepFrame(-1);
      return true;
    case 'frameOn':
      playback.stepFrame(1);
      return true;
    case 'slower':
      playback.slower();
      return true;
    case 'pause':
      playback.pause();
      return true;
    case 'faster':
      playback.faster();
      return true;
    case 'live':
      playback.goLive();
      return true;
    case 'markStart':
      markAt('start', playbackNowMs());
      return true;
    case 'markEnd':
      markAt('end', playbackNowMs());
      return true;
    case 'bookmark': {
      const role = useSession.getState().user?.role;
      if (role === undefined || !includes(role, 'operator')) return false;
      openMarkDialog({ kind: 'bookmark', atMs: playheadMs() });
      return true;
    }
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
