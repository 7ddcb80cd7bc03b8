/** What the index keeps of watching, in the engine's words. Types only. */
import type { CameraId, LineId, ZoneId } from '#domain/id.ts';
import type { WatchLine, WatchZone } from '#domain/watch-zone.ts';
import type { WatchSettings } from '#domain/watching.ts';

export type WatchStore = {
  /** Cameras of which something was said. */
  settings(): { cameraId: CameraId; settings: WatchSettings }[];
  setSettings(cameraId: CameraId, settings: WatchSettings): void;
  /** In the order in which they were drawn. */
  zones(): WatchZone[];
  /** Adds it, or takes the place of the one with its id. */
  putZone(zone: WatchZone): void;
  removeZone(id: ZoneId): void;
  lines(): WatchLine[];
  putLine(line: WatchLine): void;
  removeLine(id: LineId): void;
};
