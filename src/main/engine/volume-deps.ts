/** What the room of volumes needs of the others. Types only. */
import type { StreamId } from '#domain/id.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { RecordMove } from '#workers/ingest/port.ts';
import type { EventRoom } from './events.ts';
import type { ReadStore } from './index-port.ts';
import type { VolumeKeys } from './keys-port.ts';
import type { SegmentFiles } from './segment-file-port.ts';
import type { VolumeDoor } from './volume-door-port.ts';
import type { VolumeStore } from './volume-port.ts';

export type VolumeDeps = {
  own: SegmentFiles;
  /** Of the data folder. */
  ownPath: string;
  rows: Pick<VolumeStore, 'all'>;
  store: Pick<ReadStore, 'openEvents'>;
  /** Folder and name of the camera of a stream; null: there is no such stream. */
  folderOf: (streamId: StreamId) => { folder: string; camera: string } | null;
  door: VolumeDoor;
  clock: Clock;
  log: Log;
  events: Pick<EventRoom, 'note' | 'finish'>;
  /** What a stream writes, as a share: any unit. */
  loadOf: (streamId: StreamId) => number;
  /** It has pictures, and they are to be recorded. */
  records: (streamId: StreamId) => boolean;
  /** These go on elsewhere. */
  moved: (streamIds: StreamId[], move: (streamId: StreamId) => RecordMove) => void;
  /** It does not answer any more: who goes on elsewhere already waits no longer for what is under way there. */
  silent: (volume: number) => void;
  /** A volume's keys were opened. */
  keyed: (volume: number, root: string, keys: VolumeKeys) => void;
  /** It is here, for the first time since the start or again; `leftMs`: when it was here last. */
  returned: (volume: number, leftMs: number) => void;
  /** What is beside the video of these cameras was not written everywhere. */
  missed: (folders: ReadonlySet<string>) => void;
  /** Volumes were mounted in each other's places: these are their paths now. Rows are to be changed, and read again. */
  exchanged: (places: ReadonlyMap<number, string>) => void;
};
