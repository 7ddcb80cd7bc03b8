import { createContext, useContext } from 'react';
import type { LivePlayer } from '../player/live/index.ts';

/** The wall's one live player; null before it has started. */
export const LiveContext = createContext<LivePlayer | null>(null);
export const useLivePlayer = (): LivePlayer | null => useContext(LiveContext);
