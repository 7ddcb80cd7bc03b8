/** What searching recorded footage needs from outside, in the engine's words. Types only. */
import type { FootageHit, FootageSearch } from '#domain/footage-search.ts';
import type { CameraId, FootageSearchId } from '#domain/id.ts';
import type { Transferable } from 'node:worker_threads';
import type { FootageCommand, FootageReport, FootageSetup } from '#workers/footage/port.ts';

/** Up to where a search is: of which of its cameras, and up to which moment. */
export type FootageCursor = { camera: number; atMs: number };
export type StoredSearch = { search: FootageSearch; cursor: FootageCursor };

/** Searches and what they found, with its pictures sealed. */
export type FootageStore = {
  /** Newest first. */
  searches(): StoredSearch[];
  /** Adds it, or takes the place of the one with its id. */
  put(stored: StoredSearch): void;
  /** With all that it found. */
  remove(id: FootageSearchId): void;
  /** In the order in which they were found. */
  hits(id: FootageSearchId): FootageHit[];
  hit(id: FootageSearchId, hit: number): FootageHit | null;
  /** `jpeg` null: its picture stays as it is. */
  putHit(id: FootageSearchId, hit: FootageHit, jpeg: Uint8Array | null): void;
  /** What was found at a camera from a moment on is forgotten: it is looked for anew. */
  removeFrom(id: FootageSearchId, cameraId: CameraId, fromMs: number): void;
  picture(id: FootageSearchId, hit: number): Uint8Array | null;
  /** Pictures of [fromMs, toMs), of one camera or of all (null), go; answers whose they were. */
  bare(cameraId: CameraId | null, fromMs: number, toMs: number): FootageSearchId[];
  close(): void;
};

/** The footage worker, supervised: it is started again when it ends. */
export type FootageWorker = {
  /** False while it is being restarted: the message is lost. */
  post(command: FootageCommand, transfer?: readonly Transferable[]): boolean;
  restarts(): number;
  stop(ask: FootageCommand | null, graceMs: number): Promise<unknown>;
};
export type StartFootageWorker = (
  setup: FootageSetup,
  on: { message(report: FootageReport): void; down(why: string, delayMs: number): void },
) => FootageWorker;

/** What the transports need. */
export type FootagePictureDoor = {
  /** null: there is none, or not any more. */
  picture(id: FootageSearchId, hit: number): Uint8Array | null;
};
