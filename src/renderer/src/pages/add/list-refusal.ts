/** Why a list was not added, line by line in words. */
import { z } from 'zod';
import { DeviceTrouble } from '#domain/device.ts';
import { t } from '../../text/index.ts';
import { isRefusal, refusalText } from '../../ui/refusal.ts';

const ofLines = z.object({
  data: z.object({
    issues: z.array(z.object({ path: z.string().regex(/^line \d+/), message: z.string() })).min(1),
  }),
});

/** The station names lines as `line 3 address` and device troubles by their code. */
export function listRefusal(error: unknown): string[] {
  const parsed = isRefusal(error, 'INVALID') ? ofLines.safeParse(error) : null;
  if (parsed?.success !== true) return [refusalText(error)];
  return parsed.data.data.issues.map(({ path, message }) => {
    const trouble = DeviceTrouble.safeParse(message);
    const what = trouble.success ? t(`device.trouble.${trouble.data}`) : message;
    return t('finding.csv.ofLine', { line: path.split(' ')[1] ?? '', what });
  });
}
