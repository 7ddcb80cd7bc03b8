/** How trouble with a device is told: one error code, a closed list of troubles, a sentence without secrets. */
import { AppError } from '#contract/error.ts';
import type { DeviceTrouble } from '#domain/device.ts';

export function deviceError(trouble: DeviceTrouble, sentence: string, cause?: unknown): AppError {
  return new AppError('DEVICE', sentence, { data: { trouble }, cause });
}

/** The trouble an error tells of; null for an error of another kind. */
export function troubleOf(error: unknown): DeviceTrouble | null {
  if (!(error instanceof AppError) || error.code !== 'DEVICE') return null;
  const { data } = error;
  return typeof data === 'object' && data !== null && 'trouble' in data ? (data.trouble as DeviceTrouble) : null;
}

/** Troubles of one operation: the device itself may be well and other operations may work. */
const passing: ReadonlySet<DeviceTrouble> = new Set([
  'timeout',
  'not-onvif',
  'invalid-answer',
  'too-large',
  'unsupported',
  'refused',
  'foreign-host',
  'busy',
]);

/** Whether an error concerns one operation only. */
export function isPassing(error: unknown): boolean {
  const trouble = troubleOf(error);
  return trouble !== null && passing.has(trouble);
}

/** Gives `otherwise` where the device has no such operation or does it badly; what concerns the whole device rejects. */
export async function optional<T, U>(work: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await work;
  } catch (error) {
    if (isPassing(error)) return otherwise;
    throw error;
  }
}

/** Text that a device sent, fit for a sentence: one line, printable, short. */
export function quoted(text: string, limit = 160): string {
  const plain = text
    .slice(0, 4 * limit)
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .trim();
  return plain.length > limit ? `${plain.slice(0, limit)}…` : plain;
}
