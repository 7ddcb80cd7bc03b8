/** What a search found: a picture, what and how surely, when; a click leads to the moment on the wall. */
import { Bookmark, BookmarkCheck } from 'lucide-react';
import { useState, type KeyboardEvent } from 'react';
import type { FootageHit } from '#domain/footage-search.ts';
import type { FootageSearchId } from '#domain/id.ts';
import { useCameras } from '../../stores/cameras.ts';
import { footagePictureUrl, keepFootageHit } from '../../stores/footage-search.ts';
import { useMay } from '../../stores/session.ts';
import { dateTimeOf, durationOf, percentOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { classWord } from '../../ui/class-words.ts';
import { viewBoxOf, viewOf } from '../../ui/event-look.ts';
import { tell, tellRefusal } from '../../ui/tell.ts';
import { Time } from '../../ui/time.tsx';

/** Arrow keys go through the list, the first and last by Home and End. */
function onListKey(e: KeyboardEvent<HTMLUListElement>): void {
  const all = [...e.currentTarget.querySelectorAll<HTMLElement>('.footage-hit-go')];
  const at = all.findIndex((b) => b === document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[e.key];
  if (at < 0 || to === undefined) return;
  e.preventDefault();
  all[Math.min(all.length - 1, Math.max(0, to))]?.focus();
}

function Thumb({ url, hit }: { url: string; hit: FootageHit }) {
  const [gone, setGone] = useState(false);
  if (!hit.hasPicture || gone) return <span className="footage-thumb" />;
  return (
    <img
      className="footage-thumb"
      src={url}
      alt=""
      loading="lazy"
      decoding="async"
      style={{ objectViewBox: viewBoxOf(viewOf(hit.box)) }}
      onError={() => {
        setGone(true);
      }}
    />
  );
}

export function HitList({
  id,
  hits,
  several,
  chosen,
  onChoose,
  onGo,
}: {
  id: FootageSearchId;
  hits: readonly FootageHit[];
  /** Of several cameras: each says which. */
  several: boolean;
  chosen: number | null;
  onChoose: (hit: FootageHit) => void;
  onGo: (hit: FootageHit) => void;
}) {
  const { t } = useTranslation();
  const may = useMay('operator');
  const byId = useCameras((s) => s.byId);
  const keep = (hit: FootageHit): void => {
    keepFootageHit(id, hit.id, t('footage.bookmarkName', { what: classWord(hit.class) })).then(() => {
      tell(t('footage.bookmarked'));
    }, tellRefusal);
  };
  return (
    <ul className="footage-hits" aria-label={t('footage.hits')} onKeyDown={onListKey}>
      {hits.map((hit) => (
        <li key={hit.id} data-here={hit.id === chosen}>
          <button
            type="button"
            className="footage-hit-go"
            title={t('motion.show')}
            onPointerEnter={() => {
              onChoose(hit);
            }}
            onFocus={() => {
              onChoose(hit);
            }}
            onClick={() => {
              onGo(hit);
            }}
          >
            <Thumb key={hit.bestMs} url={footagePictureUrl(id, hit)} hit={hit} />
            <span className="footage-hit-text">
              <strong>
                {classWord(hit.class)} <span className="quiet">{percentOf(hit.score)}</span>
              </strong>
              <Time ms={hit.fromMs} />
              <span className="quiet">
                {[
                  several ? (byId.get(hit.cameraId)?.name ?? t('footage.cameraGone')) : null,
                  durationOf(Math.max(1_000, hit.toMs - hit.fromMs)),
                ]
                  .filter((w) => w !== null)
                  .join(' · ')}
              </span>
            </span>
          </button>
          {hit.bookmarkId !== null ? (
            <span className="tool footage-kept" role="img" aria-label={t('footage.kept')} title={t('footage.kept')}>
              <BookmarkCheck size={16} aria-hidden="true" />
            </span>
          ) : may ? (
            <button
              type="button"
              className="tool"
              aria-label={t('footage.keep', { what: classWord(hit.class), time: dateTimeOf(hit.fromMs) })}
              title={t('kept.tool.bookmark')}
              onClick={() => {
                keep(hit);
              }}
            >
              <Bookmark size={16} aria-hidden="true" />
            </button>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
