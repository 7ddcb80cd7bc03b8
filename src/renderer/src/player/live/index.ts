export { chooseStream } from './aim.ts';
export { createLivePlayer, type LivePlayer, type LiveView, type Reading } from './player.ts';
export type { Aim, Beat } from './protocol.ts';
