/** One search: how far it is, what it found so far, and the picture of what is pointed at. */
import { Button } from '@mantine/core';
import { ArrowLeft, Play } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { isOver, type FootageHit, type FootageSearch } from '#domain/footage-search.ts';
import type { FootageSearchId } from '#domain/id.ts';
import {
  cancelFootageSearch,
  followFootageHits,
  footagePictureUrl,
  removeFootageSearch,
  takeHitPush,
} from '../../stores/footage-search.ts';
import { useMay } from '../../stores/session.ts';
import { dateTimeOf, durationOf, numberOf, percentOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { classWord } from '../../ui/class-words.ts';
import { momentPath } from '../../ui/go-to.tsx';
import { refusalText } from '../../ui/refusal.ts';
import { tellRefusal } from '../../ui/tell.ts';
import { groupWords, stateWords } from './footage-words.ts';
import { HitList } from './hit-list.tsx';
import { useCamerasOf } from './recent-searches.tsx';
import { SearchProgress } from './search-progress.tsx';

function useHits(id: FootageSearchId): { hits: readonly FootageHit[] | null; fault: string | null } {
  const [hits, setHits] = useState<readonly FootageHit[] | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    followFootageHits(id, abort.signal, (push) => {
      setHits((was) => takeHitPush(was ?? [], push));
    }).catch((error: unknown) => {
      if (!abort.signal.aborted) setFault(refusalText(error));
    });
    return () => {
      abort.abort();
    };
  }, [id]);
  return { hits, fault };
}

const percent = (part: number): string => `${String(part * 100)}%`;

/** The picture of one, whole, with its box. */
function Picture({ search, hit, onGo }: { search: FootageSearch; hit: FootageHit; onGo: () => void }) {
  const { t } = useTranslation();
  const [gone, setGone] = useState(false);
  return (
    <figure className="footage-figure">
      {hit.hasPicture && !gone ? (
        <div className="event-picture">
          <img
            src={footagePictureUrl(search.id, hit)}
            alt={t('footage.pictureOf', { what: classWord(hit.class), time: dateTimeOf(hit.bestMs) })}
            onError={() => {
              setGone(true);
            }}
          />
          <i
            aria-hidden="true"
            style={{
              ...{ left: percent(hit.box.x), top: percent(hit.box.y) },
              ...{ width: percent(hit.box.width), height: percent(hit.box.height) },
            }}
          />
        </div>
      ) : (
        <p className="footage-none quiet">{t('footage.noPicture')}</p>
      )}
      <figcaption>
        <span>
          {classWord(hit.class)} · {percentOf(hit.score)} · {dateTimeOf(hit.bestMs)}
        </span>
        <Button size="xs" variant="default" leftSection={<Play size={14} aria-hidden="true" />} onClick={onGo}>
          {t('footage.show')}
        </Button>
      </figcaption>
    </figure>
  );
}

function LeftOut({ search }: { search: FootageSearch }) {
  const { t } = useTranslation();
  const told = search.leftOut.filter((l) => l.ms >= 1_000);
  if (told.length === 0) return null;
  return (
    <ul className="footage-left-out">
      {told.map(({ why, ms }) => (
        <li key={why}>{t(`footage.leftOut.${why}`, { duration: durationOf(ms) })}</li>
      ))}
    </ul>
  );
}

export function Results({ search, onBack }: { search: FootageSearch; onBack: () => void }) {
  const { t } = useTranslation();
  const [, go] = useLocation();
  const may = useMay('operator');
  const camerasOf = useCamerasOf();
  const { hits, fault } = useHits(search.id);
  const [pointed, setPointed] = useState<number | null>(null);
  const newest = hits?.toReversed() ?? [];
  const shown = newest.find((h) => h.id === pointed) ?? newest[0] ?? null;
  const over = isOver(search.state);
  const goTo = (hit: FootageHit): void => {
    go(momentPath(hit.bestMs, hit.cameraId));
  };
  return (
    <div className="watch-page footage-page">
      <div className="watch-picture footage-shown">
        {shown === null ? (
          <p className="footage-none quiet">{t(over ? 'footage.foundNothing' : 'footage.nothingYet')}</p>
        ) : (
          <Picture
            key={`${String(shown.id)} ${String(shown.bestMs)}`}
            search={search}
            hit={shown}
            onGo={() => {
              goTo(shown);
            }}
          />
        )}
      </div>
      <div className="watch-side">
        <div className="footage-head">
          <div className="line footage-verbs">
            <Button
              size="xs"
              variant="default"
              leftSection={<ArrowLeft size={15} aria-hidden="true" />}
              onClick={onBack}
            >
              {t('footage.another')}
            </Button>
            {!may ? null : over ? (
              <Button
                size="xs"
                variant="default"
                onClick={() => {
                  removeFootageSearch(search.id).then(onBack, tellRefusal);
                }}
              >
                {t('footage.remove')}
              </Button>
            ) : (
              <Button
                size="xs"
                variant="default"
                onClick={() => {
                  cancelFootageSearch(search.id).catch(tellRefusal);
                }}
              >
                {t('footage.cancel')}
              </Button>
            )}
          </div>
          <h2>
            {groupWords(search.ask.classes)} · {camerasOf(search)}
          </h2>
          <p className="quiet">
            {[
              t('motion.span', { from: dateTimeOf(search.ask.fromMs), to: dateTimeOf(search.ask.toMs) }),
              t('footage.atLeast', { score: percentOf(search.ask.minScore) }),
              search.ask.cameras.some((c) => c.area !== null) ? t('footage.inArea') : null,
              search.ask.onlyMotion ? t('footage.withMotion') : null,
            ]
              .filter((w) => w !== null)
              .join(' · ')}
          </p>
          <SearchProgress search={search} />
          <p className="footage-state" role="status" data-is={search.state}>
            {stateWords(search)}
          </p>
          <p className="quiet">
            {t('footage.looked', { count: search.looked, number: numberOf(search.looked) })}
            {search.resumed ? ` ${t('footage.resumed')}` : ''}
          </p>
          <LeftOut search={search} />
        </div>
        {fault === null ? null : (
          <p className="fault" role="alert">
            {fault}
          </p>
        )}
        {hits === null ? null : (
          <p role="status" className="footage-count">
            {t('footage.found', { count: hits.length })}
          </p>
        )}
        <HitList
          id={search.id}
          hits={newest}
          several={search.ask.cameras.length > 1}
          chosen={shown?.id ?? null}
          onChoose={(hit) => {
            setPointed(hit.id);
          }}
          onGo={goTo}
        />
      </div>
    </div>
  );
}
