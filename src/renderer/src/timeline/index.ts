export { TimelineBar } from './bar.tsx';
export { handleTimelineKey } from './keys.ts';
export { useTimeline, type Selection } from './store.ts';
