/** The engine: everything a station does, without a window, a wire or a vendor. */
export type { CameraPush, Cameras, Engine, Events, HealthReport, NewEvent, Playback, Timeline } from './rooms.ts';
