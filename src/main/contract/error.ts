import { z } from 'zod';
import { DeviceTrouble } from '../domain/device.ts';

/** Every way a call can be refused. The wire carries code, message and data, never a stack. */
export const errors = {
  UNAUTHENTICATED: { status: 401, message: 'Sign in first.' },
  FORBIDDEN: {
    status: 403,
    message: 'Your role does not allow this.',
    data: z.object({ reason: z.string() }).optional(),
  },
  NOT_FOUND: { status: 404, message: 'There is no such thing here.' },
  CONFLICT: {
    status: 409,
    message: 'This clashes with what is there.',
    data: z.object({ what: z.string() }).optional(),
  },
  TOO_LARGE: { status: 413, message: 'That is too large. A request holds 256 KiB at most, and 8 KiB before sign-in.' },
  INVALID: {
    status: 422,
    message: 'Something in the input is not right.',
    data: z.object({ issues: z.array(z.object({ path: z.string(), message: z.string() })) }).optional(),
  },
  TOO_MANY: {
    status: 429,
    message: 'Too many tries. Wait a while.',
    data: z.object({ waitMs: z.number() }).optional(),
  },
  FAILED: { status: 500, message: 'Something went wrong on the station. Its log says more.' },
  /** A device at the other end did not do it. */
  DEVICE: {
    status: 502,
    message: 'The camera did not do this.',
    data: z.object({ trouble: DeviceTrouble }).optional(),
  },
  UNAVAILABLE: {
    status: 503,
    message: 'This is not available now.',
    data: z.object({ reason: z.string() }).optional(),
  },
} as const;

export type ErrorCode = keyof typeof errors;

/** A refusal that carries its code to the wire. Engine code throws it; the transport maps it once. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly data: unknown;
  constructor(code: ErrorCode, message?: string, options?: { cause?: unknown; data?: unknown }) {
    super(message ?? errors[code].message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.data = options?.data;
  }
}
