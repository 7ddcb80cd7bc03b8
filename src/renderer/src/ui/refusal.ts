/** What a failed call means to the person, in words with what to do. */
import { CallError } from '../client/index.ts';
import { z } from 'zod';
import { DeviceTrouble } from '#domain/device.ts';
import type { ErrorCode } from '#contract/error.ts';
import { t } from '../text/index.ts';
import { durationOf } from '../text/format.ts';

const Issues = z.object({ issues: z.array(z.object({ path: z.string(), message: z.string() })) });
const OfDevice = z.object({ trouble: DeviceTrouble });
/** Why a folder cannot become a volume, or a volume not go. */
const OfVolume = z.object({ what: z.enum(['known', 'inside', 'foreign', 'same-disk', 'changed']) });
/** A position that the camera no longer has. */
const OfPreset = z.object({ what: z.literal('preset') });
const Wait = z.object({ waitMs: z.number() });

const codes: readonly string[] = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'CONFLICT',
  'TOO_LARGE',
  'INVALID',
  'TOO_MANY',
  'FAILED',
  'DEVICE',
  'UNAVAILABLE',
] satisfies ErrorCode[];
const isCode = (code: string): code is ErrorCode => codes.includes(code);

const bare = (message: string): string => message.replace(/[.\s]+$/, '');

export function refusalText(error: unknown): string {
  if (!(error instanceof CallError)) return t('app.error.LINE');
  const code = String(error.code);
  if (!isCode(code)) return t('app.error.FAILED');
  const message = bare(error.message);
  switch (code) {
    case 'INVALID': {
      const issues = Issues.safeParse(error.data);
      const what = issues.success
        ? issues.data.issues.map((i) => (i.path === '' ? i.message : `${i.path}: ${i.message}`)).join('; ')
        : '';
      return t('app.error.INVALID', { what: bare(what === '' ? message : what) });
    }
    case 'TOO_MANY': {
      const wait = Wait.safeParse(error.data);
      return t('app.error.TOO_MANY', { wait: durationOf(wait.success ? Math.max(1000, wait.data.waitMs) : 60_000) });
    }
    case 'CONFLICT': {
      const known = OfVolume.safeParse(error.data);
      if (known.success) return t(`storage.conflict.${known.data.what}`);
      if (OfPreset.safeParse(error.data).success) return t('steer.preset.gone');
      return message === '' ? t('app.error.CONFLICT_PLAIN') : t('app.error.CONFLICT', { what: message });
    }
    case 'DEVICE': {
      const known = OfDevice.safeParse(error.data);
      return t(`device.trouble.${known.success ? known.data.trouble : 'invalid-answer'}`);
    }
    case 'UNAVAILABLE':
      return t('app.error.UNAVAILABLE', { what: message });
    case 'UNAUTHENTICATED':
    case 'FORBIDDEN':
    case 'NOT_FOUND':
    case 'TOO_LARGE':
    case 'FAILED':
      return t(`app.error.${code}`);
  }
}

export const isRefusal = (error: unknown, code: ErrorCode): boolean =>
  error instanceof CallError && error.code === code;
