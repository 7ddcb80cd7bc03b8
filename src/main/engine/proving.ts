/** What is recorded and indexed stays sound: passes through all of it, backups of the index, taking in what the index lacks. */
import type { Outputs } from '#contract/call.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { createBackups, type Backups } from './backups.ts';
import type { Chain } from './chain.ts';
import type { EventRoom } from './events.ts';
import { createIntegrity, type IntegrityRoom } from './integrity.ts';
import type { BackupFiles } from './backup-port.ts';
import type { CameraRecord, ReadStore, StreamRecord, WriteStore } from './index-port.ts';
import type { Verifier } from './verifier-port.ts';
import type { StationClock } from './station-clock.ts';
import type { Integrity } from './rooms.ts';
import type { VolumeRoom } from './volumes.ts';
import { createTakingIn, type TakingIn } from './taking-in.ts';

export type Proving = {
  integrity: Integrity & Pick<IntegrityRoom, 'found'>;
  backups: Backups;
  takingIn: TakingIn;
  start(): Promise<void>;
  stop(): void;
};

export function createProving(deps: {
  store: WriteStore & ReadStore;
  volumes: VolumeRoom;
  chain: Pick<Chain, 'hashed'>;
  verifier: Verifier;
  backupFiles: BackupFiles;
  events: Pick<EventRoom, 'note'>;
  camera: (stream: StreamRecord) => CameraRecord | null;
  clock: Clock;
  log: Log;
  clocks: () => Pick<StationClock, 'seamOf'>;
}): Proving {
  const takingIn = createTakingIn(deps);
  const backups = createBackups({ ...deps, files: deps.backupFiles });
  const room = createIntegrity(deps);
  const state = (): Outputs['integrity']['state'] => ({ ...room.state(), backups: backups.state() });
  return {
    integrity: { ...room, state, backUp: () => backups.make() },
    backups,
    takingIn,
    async start() {
      takingIn.start();
      room.start();
      await backups.start();
    },
    stop() {
      takingIn.stop();
      room.stop();
      backups.stop();
    },
  };
}
