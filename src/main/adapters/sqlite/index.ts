/** The index (segments, coverage, gaps, events, cameras, users) and the thumbnails. The only door of this adapter. */
export { type IndexStore, openWriteStore, type StoreDeps } from './write-store.ts';
export { type Checkpointer, openCheckpointer } from './checkpoint.ts';
export { openQueries, type SyncQueries } from './read-queries.ts';
export { type CheckedStream, type CheckReader, openCheckReader } from './check-reader.ts';
export { sha256Text } from './chain-rows.ts';
export { openThumbnailStore } from './thumbnail-store.ts';
export { backUpDatabase, type Soundness, soundness } from './backup.ts';
export { openEventPictureStore } from './event-picture-store.ts';
export { openFootageStore } from './footage-store.ts';
