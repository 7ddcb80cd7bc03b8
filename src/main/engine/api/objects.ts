import type { Answers } from '#contract/call.ts';
import type { CameraMetadatas } from '../rooms.ts';

export function objectsAnswers(metadata: CameraMetadatas): Answers<'objects'> {
  return { watch: ({ id }, call) => metadata.watch(id, call.signal) };
}
