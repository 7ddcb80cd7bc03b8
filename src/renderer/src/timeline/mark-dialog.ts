/** Which dialog of the timeline is open, and what about. */
import { create } from 'zustand';
import type { Selection } from './store.ts';

export type MarkDialog = { kind: 'bookmark'; atMs: number } | ({ kind: 'hold' | 'erase' } & Selection);
export const useMarkDialog = create<{ open: MarkDialog | null }>(() => ({ open: null }));
export const openMarkDialog = (open: MarkDialog): void => {
  useMarkDialog.setState({ open });
};
export const closeMarkDialog = (): void => {
  useMarkDialog.setState({ open: null });
};
