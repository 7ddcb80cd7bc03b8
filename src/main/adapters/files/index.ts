/** The disk: the data folder, its lock, the volume of video and the segment files in it. `docs/storage.md` describes them. */
export { type Finding, type IndexedSegments, checkVolume, compareFile } from './check-volume.ts';
export { databaseName, type DataFolder, openDataFolder } from './data-folder.ts';
export { DataFolderError, type DataFolderTrouble } from './data-folder-error.ts';
export { type FileDefect, type Inspection, inspectFile, trimTail } from './inspect.ts';
export { lockName } from './lock.ts';
export { type FoundFile, type VolumeFiles, createSegmentFiles } from './segment-files.ts';
export { type VolumeKeyLookup, createSegmentViews, noKeys } from './segment-view.ts';
export { type Volume, openVolume } from './volume.ts';
