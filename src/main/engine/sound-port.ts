/** What the engine needs of listening from outside, in its own words. Types only. */
import type { Transferable } from 'node:worker_threads';
import type { CameraId } from '#domain/id.ts';
import type { SoundSettings } from '#domain/sound.ts';
import type { ListenCommand, ListenReport, ListenSetup } from '#workers/listen/port.ts';

export type SoundStore = {
  /** Cameras of which something was said. */
  settings(): { cameraId: CameraId; settings: SoundSettings }[];
  setSettings(cameraId: CameraId, settings: SoundSettings): void;
};

/** The listen worker, supervised: it is started again when it ends. */
export type ListenWorker = {
  /** False while it is being restarted: the message is lost. */
  post(command: ListenCommand, transfer?: readonly Transferable[]): boolean;
  restarts(): number;
  stop(ask: ListenCommand | null, graceMs: number): Promise<unknown>;
};
export type StartListenWorker = (
  setup: ListenSetup,
  on: {
    message(report: ListenReport): void;
    /** A new thread runs and knows nothing yet. */
    up(): void;
    down(why: string, delayMs: number): void;
  },
) => ListenWorker;
