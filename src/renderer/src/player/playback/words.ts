/** What a tile without a picture says. */
import type { Gap } from '#domain/gap.ts';
import { dateTimeOf } from '../../text/format.ts';
import { t } from '../../text/index.ts';
import type { TileState } from './port.ts';

export const causeWords = (cause: Gap['cause']): string => t(`timeline.cause.${cause}`);

export function wordsFor(state: Exclude<TileState, { kind: 'showing' | 'loading' }>, gap: Gap | null): string {
  switch (state.kind) {
    case 'gap': {
      const why = gap ? causeWords(gap.cause) : t('timeline.tile.noVideo');
      const next = state.nextMs === null ? '' : `\n${t('timeline.tile.next', { time: dateTimeOf(state.nextMs) })}`;
      return `${why}${next}`;
    }
    case 'edge':
      return t('timeline.tile.edge');
    case 'unsupported':
      return t('timeline.tile.unsupported', { codec: codecName(state.codec) });
    case 'failed':
      return state.reason === null ? t('timeline.tile.failed') : t(`timeline.tile.refused.${state.reason}`);
  }
}

function codecName(codec: string): string {
  if (/^(hvc1|hev1)/.test(codec)) return 'H.265';
  return /^avc/.test(codec) ? 'H.264' : codec;
}
