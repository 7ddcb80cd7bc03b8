/** The disk: the data folder, its lock, the volume of video and the segment files in it. `docs/storage.md` describes them. */
export {
  backupsName,
  type BackupFile,
  createBackupFiles,
  listBackups,
  putAside,
  putBack,
} from './backup-files.ts';
export { createChainFiles } from './chain-files.ts';
export { type FileFinding, compareFile } from './compare-file.ts';
export { databaseName, type DataFolder, openDataFolder } from './data-folder.ts';
export { DataFolderError, type DataFolderTrouble } from './data-folder-error.ts';
export { type FileHash, type FileHasher, createFileHasher, hashWhole } from './hash-file.ts';
export { type FileDefect, type Inspection, inspectFile, trimTail } from './inspect.ts';
export { authenticateFile } from './authenticate.ts';
export { readKeyPictures } from './key-pictures.ts';
export { createKeysFile, keysFileName } from './keys-file.ts';
export { lockName } from './lock.ts';
export { type FoundFile, type VolumeFiles, createSegmentFiles } from './segment-files.ts';
export { type VolumeKeyLookup, createSegmentViews, noKeys } from './segment-view.ts';
export { type Volume, openVolume, readMark } from './volume.ts';
export { createVolumeDoor, videoOf } from './volume-door.ts';
export { readStationNote, readVolumeList, writeStationNote, writeVolumeList } from './volume-list.ts';
export { type WalkedHour, walkFolders, walkHours } from './walk.ts';
