/** Why a list was not added, line by line in words. */
import { z } from 'zod';
import { DeviceTrouble } from '#domain/device.ts';
import { ListLine } from '#domain/finding.ts';
import { t } from '../../text/index.ts';
import { isRefusal, refusalText } from '../../ui/refusal.ts';
import { columnWord } from './list-file.ts';

const ofLines = z.object({
  data: z.object({
    issues: z.array(z.object({ path: z.string().regex(/^line \d+/), message: z.string() })).min(1),
  }),
});

const Why = z.enum([...ListLine.shape.issues.element.shape.message.options, 'no-stream']);

function lineWords(column: string, code: string): string {
  const trouble = DeviceTrouble.safeParse(code);
  if (trouble.success) return t(`device.trouble.${trouble.data}`);
  const why = Why.safeParse(code);
  if (!why.success) return t('refusal.why.form');
  const what = t(`finding.csv.why.${why.data}`);
  return column === '' ? what : t('finding.csv.issue', { column: columnWord(column), what });
}

/** The station names lines as `line 3 address` and device troubles by their code. */
export function listRefusal(error: unknown): string[] {
  const parsed = isRefusal(error, 'INVALID') ? ofLines.safeParse(error) : null;
  if (parsed?.success !== true) return [refusalText(error)];
  return parsed.data.data.issues.map(({ path, message }) => {
    const [, line = '', column = ''] = path.split(' ');
    return t('finding.csv.ofLine', { line, what: lineWords(column, message) });
  });
}
