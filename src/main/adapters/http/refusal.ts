import { errors, type ErrorCode } from '#contract/error.ts';

/** The body of every refusal over HTTP, whether it comes from a procedure or from a plain route. */
export type Refusal = { defined: true; code: ErrorCode; status: number; message: string; data?: unknown };

export function refusal(code: ErrorCode, message?: string, data?: unknown): Refusal {
  const { status, message: usual } = errors[code];
  return { defined: true, code, status, message: message ?? usual, ...(data === undefined ? {} : { data }) };
}

export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errors, code);
