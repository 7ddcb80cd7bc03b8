export { rates } from './clock.ts';
export { holdEngine, leadCamera, type Engine, type Thumb } from './engine.ts';
export type { TileState } from './port.ts';
export { playbackNowMs, usePlayback, type Playback } from './store.ts';
export { createPlaybackTile, type PlaybackTile, type PlaybackTileOptions } from './tile.ts';
export { causeWords } from './words.ts';
