import type { Answers } from '#contract/call.ts';
import type { Encryption } from '../encryption-room.ts';
import { callerOf } from './caller.ts';

export function encryptionAnswers(encryption: Encryption): Answers<'encryption'> {
  return {
    list: async () => encryption.list(),
    turnOn: async ({ volume }, call) => encryption.turnOn(volume, callerOf(call).name),
    turnOff: async ({ volume }, call) => encryption.turnOff(volume, callerOf(call).name),
    rotate: async ({ volume }, call) => encryption.rotate(volume, callerOf(call).name),
    destroyKey: async ({ volume, keyId, confirm }, call) =>
      encryption.destroyKey(volume, keyId, confirm, callerOf(call).name),
    setPassphrase: async ({ volume, passphrase }, call) =>
      encryption.setPassphrase(volume, passphrase, callerOf(call).name),
    removePassphrase: async ({ volume }, call) => encryption.setPassphrase(volume, null, callerOf(call).name),
    makeRecoveryKey: async ({ volume }) => ({ recoveryKey: encryption.makeRecoveryKey(volume) }),
    confirmRecoveryKey: async ({ volume, ending }, call) =>
      encryption.confirmRecoveryKey(volume, ending, callerOf(call).name),
    unlock: async ({ volume, by }, call) => encryption.unlock(volume, by, callerOf(call).name),
  };
}
