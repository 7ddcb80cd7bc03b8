/** Words out of a speech model's numbers: greedy connectionist temporal classification (Graves et al., 2006), and its vocabulary. */
import { z } from 'zod';

export type Vocabulary = {
  /** What each class adds to the text; '' for marks that are no text. */
  tokens: readonly string[];
  /** The class that stands for nothing. */
  blank: number;
};

/** Class numbers by token, as `vocab.json` has them. */
const ByToken = z.record(z.string().max(100), z.number().int().min(0).max(100_000));
const blanks = ['<pad>', '[PAD]', '<blank>', '<blk>', '[blank]'];
const marks = /^(<[^>]*>|\[[A-Z]+\])$/;

/** From `vocab.json`, or one token a line; a sentence where it cannot be used. */
export function readVocabulary(text: string): Vocabulary | string {
  const tokens = text.trimStart().startsWith('{') ? tokensOf(text) : text.replace(/\r?\n$/, '').split(/\r?\n/);
  if (tokens === null) return 'The file of its vocabulary is no JSON object of tokens and their numbers.';
  if (tokens.length < 2) return 'The file of its vocabulary is empty.';
  const blank = tokens.findIndex((t) => blanks.includes(t));
  if (blank < 0) return `The file of its vocabulary has no blank (${blanks.join(', ')}).`;
  return { tokens: tokens.map((t) => (marks.test(t) ? '' : t.replaceAll(/[|▁]/g, ' '))), blank };
}

function tokensOf(text: string): string[] | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = ByToken.safeParse(json);
  if (!parsed.success) return null;
  // Numbers that no token has are left out of the file, but not of the model.
  const tokens: (string | undefined)[] = [];
  for (const [token, at] of Object.entries(parsed.data)) tokens[at] = token;
  return Array.from(tokens, (t) => t ?? '');
}

/** `logits` [steps, classes]: per step the greatest, repeats joined, blanks left out. */
export function readTokens(
  logits: Float32Array,
  steps: number,
  classes: number,
  { tokens, blank }: Vocabulary,
): { text: string; sure: number } {
  let text = '';
  let last = blank;
  let sum = 0;
  let taken = 0;
  for (let step = 0; step < steps; step += 1) {
    const row = logits.subarray(step * classes, (step + 1) * classes);
    let best = 0;
    for (let c = 1; c < classes; c += 1) if ((row[c] ?? 0) > (row[best] ?? 0)) best = c;
    if (best !== blank && best !== last) {
      text += tokens[best] ?? '';
      // Its share of all (softmax), the greatest taken out so that nothing overflows.
      let all = 0;
      for (const v of row) all += Math.exp(v - (row[best] ?? 0));
      sum += 1 / all;
      taken += 1;
    }
    last = best;
  }
  return { text: text.replaceAll(/\s+/g, ' ').trim(), sure: taken === 0 ? 0 : sum / taken };
}
