/** What the index keeps of watching, in the engine's words. Types only. */
import type { Transferable } from 'node:worker_threads';
import type { CameraId, EventId, LineId, ZoneId } from '#domain/id.ts';
import type { KeptWatching } from '#domain/kept.ts';
import type { LineQuarter, LineTotals } from '#domain/line-totals.ts';
import type { WatchLine, WatchZone } from '#domain/watch-zone.ts';
import type { WatchSettings } from '#domain/watching.ts';
import type { WatchCommand, WatchReport, WatchSetup } from '#workers/watch/port.ts';

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
  /** All of one camera, present or removed. */
  ofCamera(id: CameraId): KeptWatching;
  /** Adds to the looks of a camera's ten minutes (`domain/motion-index.ts`). Those of a camera that is gone are left out. */
  addMotion(rows: readonly { cameraId: CameraId; spanMs: number; looks: Uint8Array }[]): void;
  /** Ten minutes that lie in [fromMs, toMs) as a whole. */
  removeMotion(cameraId: CameraId, fromMs: number, toMs: number): void;
  /** Adds to what is known of quarters of an hour. Those of a line that is gone are left out. */
  addLineCounts(rows: readonly (LineQuarter & { lineId: LineId })[]): void;
  /**
   * What was noted elsewhere of quarters: a count grows and never shrinks, so of two the larger is the newer one, and what is told twice is
   * not doubled. Those of a line that is gone are left out.
   */
  restoreLineCounts(rows: readonly (LineQuarter & { lineId: LineId })[]): void;
  /** Quarters that begin in [fromMs, toMs), oldest first. */
  lineCounts(id: LineId, fromMs: number, toMs: number): LineQuarter[];
  /** Of all lines those that begin before. */
  removeLineCounts(beforeMs: number): void;
};

/** The watch worker, supervised: it is started again when it ends. */
export type WatchWorker = {
  /** False while it is being restarted: the message is lost. */
  post(command: WatchCommand, transfer?: readonly Transferable[]): boolean;
  restarts(): number;
  stop(ask: WatchCommand | null, graceMs: number): Promise<unknown>;
};
export type StartWatchWorker = (
  setup: WatchSetup,
  on: {
    message(report: WatchReport): void;
    /** A new thread runs and knows nothing yet. */
    up(): void;
    down(why: string, delayMs: number): void;
  },
) => WatchWorker;

/** JPEG pictures of events, sealed at rest. */
export type EventPictureStore = {
  put(id: EventId, cameraId: CameraId, atMs: number, jpeg: Uint8Array): void;
  get(id: EventId): Uint8Array | null;
  /** One of those that decided the event; left out where the event's own is not kept. */
  putLook(id: EventId, cameraId: CameraId, atMs: number, jpeg: Uint8Array): void;
  getLook(id: EventId, atMs: number): Uint8Array | null;
  /** When those that are kept were, oldest first. */
  looks(id: EventId): number[];
  /** Those of [fromMs, toMs), of one camera or of all (null); answers whose own were among them. */
  remove(cameraId: CameraId | null, fromMs: number, toMs: number): EventId[];
  bytes(): number;
  removeOldest(count: number): EventId[];
  close(): void;
};

/** What the transports need of them. */
export type EventPictureDoor = {
  /** null: there is none, or not any more. */
  picture(id: EventId): Uint8Array | null;
  /** One of those that decided it, small. null: it is not kept, or not any more. */
  look(id: EventId, atMs: number): Uint8Array | null;
};

/** Who crossed lines that count. */
export type LineTallies = {
  /** The last `days` days, today among them. Throws NOT_FOUND. */
  totals(id: CameraId, lineId: LineId, days: number): LineTotals;
};
/** What the transports need of them: with the line's name. Throws NOT_FOUND. */
export type LineCsvDoor = { named(id: CameraId, lineId: LineId, days: number): LineTotals & { name: string } };
