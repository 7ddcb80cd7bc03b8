import type { Answers } from '#contract/call.ts';
import type { Storage } from '../rooms.ts';

export function storageAnswers(storage: Storage): Answers<'storage'> {
  return { forecast: () => storage.forecast() };
}
