import { z } from 'zod';
import { DeviceTrouble } from '../domain/device.ts';
import { IssuesData, type Issue } from './issue.ts';
import { BanData, ClashData, LackData, ManyData } from './reason.ts';

/** Every way a call can be refused. The wire carries code, message and data, never a stack. */
export const errors = {
  UNAUTHENTICATED: { status: 401, message: 'Sign in first.' },
  FORBIDDEN: {
    status: 403,
    message: 'Your role does not allow this.',
    data: BanData.optional(),
  },
  NOT_FOUND: { status: 404, message: 'There is no such thing here.' },
  CONFLICT: {
    status: 409,
    message: 'This clashes with what is there.',
    data: ClashData.optional(),
  },
  TOO_LARGE: { status: 413, message: 'That is too large. A request holds 256 KiB at most, and 8 KiB before sign-in.' },
  INVALID: {
    status: 422,
    message: 'Something in the input is not right.',
    data: IssuesData.optional(),
  },
  TOO_MANY: {
    status: 429,
    message: 'Too many tries. Wait a while.',
    data: ManyData.optional(),
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
    data: LackData.optional(),
  },
} as const;

export type ErrorCode = keyof typeof errors;

/** What comes along with a refusal of a code. */
export type DataOf<C extends ErrorCode> = C extends keyof typeof errors
  ? (typeof errors)[C] extends { data: infer D extends z.ZodType }
    ? NonNullable<z.infer<D>>
    : undefined
  : never;
/** These say nothing to a person without it. */
type NeedsData = 'INVALID' | 'CONFLICT' | 'UNAVAILABLE' | 'DEVICE';
type Told = {
  [C in ErrorCode]: C extends NeedsData
    ? [code: C, message: string | undefined, options: { cause?: unknown; data: DataOf<C> }]
    : [code: C, message?: string | undefined, options?: { cause?: unknown; data?: DataOf<C> }];
}[ErrorCode];

/** A refusal that carries its code to the wire. Engine code throws it; the transport maps it once. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly data: unknown;
  constructor(...[code, message, options]: Told) {
    super(message ?? errors[code].message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.data = options?.data;
  }
}

/** A refusal of one field of the input. `message`: for programs and logs; a screen makes its own of the rest. */
export const invalid = (
  path: string,
  why: Issue['why'],
  message: string,
  more: Pick<Issue, 'least' | 'most' | 'step' | 'code'> & { cause?: unknown } = {},
): AppError => {
  const { cause, ...limits } = more;
  return new AppError('INVALID', message, { cause, data: { issues: [{ path, why, message, ...limits }] } });
};
