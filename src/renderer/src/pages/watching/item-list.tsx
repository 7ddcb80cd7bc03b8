/** The zones and lines of the camera, to choose one by name. */
import { TriangleAlert } from 'lucide-react';
import { shutsStanding } from '#domain/watch-zone.ts';
import type { LineCount } from '#domain/watching.ts';
import { numberOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { faultWords } from './editing-words.ts';
import { faultOf, whatOf, type Item, type Items, type What } from './items.ts';

/** As it is drawn on the picture, so that colour is never needed to tell kinds apart. */
export function Swatch({ what }: { what: What }) {
  return (
    <svg
      className="zone-swatch zone-shape"
      data-what={what}
      width="20"
      height="14"
      viewBox="0 0 20 14"
      aria-hidden="true"
    >
      {what === 'line' ? (
        <path className="zone-outline" d="M3 11 17 3" />
      ) : (
        <>
          <rect className="zone-fill" x="1.500" y="1.500" width="17" height="11" />
          {what === 'ignore' ? <path className="zone-swatch-hatch" d="M3 12 12 2M8 12l9-10M14 12l4-4.500" /> : null}
          <rect className="zone-outline" x="1.500" y="1.500" width="17" height="11" />
        </>
      )}
    </svg>
  );
}

/** What of it is told, in a few words. */
function useSummary(): (item: Item) => string {
  const { t } = useTranslation();
  return (item) => {
    if (item.is === 'line') {
      const { tells, wrongWay, countsIn, speed } = item.draft;
      return [
        tells === 'none' ? '' : t('watching.summary.crossed'),
        countsIn === null ? '' : t('watching.summary.counts'),
        wrongWay === null ? '' : t('watching.summary.wrongWay'),
        speed === null ? '' : t('watching.summary.speed'),
      ]
        .filter(Boolean)
        .join(', ');
    }
    if (shutsStanding(item.draft)) return t('watching.summary.standing');
    if (item.draft.kind !== 'detect') return t(`watching.summary.${item.draft.kind}`);
    const { triggers } = item.draft;
    const told = [
      triggers.present ? t('watching.summary.present') : '',
      triggers.enters ? t('watching.summary.enters') : '',
      triggers.leaves ? t('watching.summary.leaves') : '',
      triggers.loitersS === null ? '' : t('watching.summary.loiters', { seconds: triggers.loitersS }),
      triggers.crowd === null ? '' : t('watching.summary.crowd', { count: triggers.crowd }),
      triggers.leftS === null ? '' : t('watching.summary.left'),
      triggers.takenS === null ? '' : t('watching.summary.taken'),
    ].filter(Boolean);
    return told.length === 0 ? t('watching.summary.nothing') : told.join(', ');
  };
}

export function ItemList({
  items,
  counts,
  chosen,
  onChoose,
}: {
  items: Items;
  /** What went over a line so far; null: nothing is known of it. */
  counts: (key: string) => LineCount | null;
  chosen: string | null;
  onChoose: (key: string) => void;
}) {
  const { t } = useTranslation();
  const summary = useSummary();
  if (items.length === 0) return <p className="quiet watch-none">{t('watching.noItems')}</p>;
  return (
    <ul className="watch-items" aria-label={t('watching.items')}>
      {items.map((item) => {
        const fault = faultOf(item);
        const what = whatOf(item);
        const count = item.is === 'line' && item.draft.countsIn !== null ? counts(item.key) : null;
        return (
          <li key={item.key}>
            <button
              type="button"
              aria-pressed={item.key === chosen}
              onClick={() => {
                onChoose(item.key);
              }}
            >
              <Swatch what={what} />
              <span className="watch-item-text">
                <strong>{item.draft.name.trim() === '' ? t(`watching.what.${what}`) : item.draft.name}</strong>
                {fault === null ? (
                  <span className="quiet">{summary(item)}</span>
                ) : (
                  <span className="watch-item-fault">
                    <TriangleAlert size={12} aria-hidden="true" /> {faultWords(fault)}
                  </span>
                )}
                {count === null ? null : (
                  <span>
                    {t('watching.line.counted', { in: numberOf(count.in), out: numberOf(count.out) })}{' '}
                    <span className="quiet">{t('watching.line.countedSince')}</span>
                  </span>
                )}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
