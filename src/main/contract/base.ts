/** What every procedure starts from: who may call it. One without a role is denied. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import type { Role } from '../domain/user.ts';
import { errors } from './error.ts';

export type ProcedureMeta = { role?: 'public' | Role };
const base = oc.$meta<ProcedureMeta>({}).errors(errors);
export const open = base.meta({ role: 'public' });
export const viewer = base.meta({ role: 'viewer' });
export const operator = base.meta({ role: 'operator' });
export const administrator = base.meta({ role: 'administrator' });

export const none = z.object({});
/** A number in a query string. */
export const num = <T extends z.ZodType>(schema: T) =>
  z.preprocess((v) => (typeof v === 'string' && v.trim() !== '' ? Number(v) : v), schema);
/** A list in a query string: `?camera=a&camera=b`, or one value. */
export const many = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (v) => (v === undefined || v === '' ? [] : Array.isArray(v) ? (v as unknown[]) : [v]),
    z.array(item).max(256),
  );
/** A yes or no in a query string. */
export const yesNo = z.preprocess(
  (v) => (v === 'true' || v === '1' ? true : v === 'false' || v === '0' ? false : v),
  z.boolean(),
);
