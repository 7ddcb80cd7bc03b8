/** A recording that the station has and does not give, with its reason (contract/error.ts, UNAVAILABLE and FORBIDDEN). */
import { z } from 'zod';

export const refusals = [
  'locked',
  'key-destroyed',
  'corrupt',
  'unreadable',
  'missing',
  'volume-away',
  'volume-silent',
  'archive-away',
  'private',
] as const;
export type Refusal = (typeof refusals)[number];
const Answer = z.object({ data: z.object({ reason: z.enum(refusals) }) });

export class RefusedRecording extends Error {
  readonly reason: Refusal | null;
  constructor(status: number, reason: Refusal | null) {
    super(`the station answers ${String(status)} for a recording`);
    this.name = 'RefusedRecording';
    this.reason = reason;
  }
}

/** What an answer that is no recording says. */
export async function refusedRecording(answer: Response): Promise<RefusedRecording> {
  let reason: Refusal | null = null;
  try {
    const read = Answer.safeParse(await answer.json());
    if (read.success) ({ reason } = read.data.data);
  } catch {
    // No JSON: the status alone is told.
  }
  return new RefusedRecording(answer.status, reason);
}
