/** Every change in a part of one camera's picture over hours and days: draw the part, see when something moved there. */
import { SegmentedControl, Slider } from '@mantine/core';
import { Play } from 'lucide-react';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import type { CameraView } from '#domain/camera.ts';
import type { CameraId } from '#domain/id.ts';
import type { Point } from '#domain/place.ts';
import { thumbnailUrl } from '../../player/thumbnail.ts';
import { useCameras } from '../../stores/cameras.ts';
import { searchMotion, type MotionFound } from '../../stores/motion-search.ts';
import { durationOf, numberOf, percentOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { momentPath } from '../../ui/go-to.tsx';
import { refusalText } from '../../ui/refusal.ts';
import { Time } from '../../ui/time.tsx';
import { EmptySite } from '../../wall/empty-site.tsx';
import type { Span } from '../pictures/span.ts';
import { AreaPicture, useArea } from './area.tsx';
import { areaFrom, areaText, barOf, ordered, type Hit, type Order } from './found.ts';
import { SearchHead, useSearching } from './search-head.tsx';
import './motion.css';

/** Parts of the area that must have moved: somebody far away is less than a hundredth of the whole picture. */
const parts = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
const partWords = (part: number): string => percentOf(part, part < 0.01 ? 1 : 0);
const shown = 300;
/** A picture of a hit may be so far from its moment. */
const nearMs = 10_000;

type Answer = { of: string; found: MotionFound | null; fault: string | null; tookMs: number };

/** Asks anew, after a moment, with every other question; what is asked in vain is left. */
function useFound(id: CameraId, span: Span, area: readonly Point[] | null, minPart: number): Answer | null {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const of = `${id} ${String(span.fromMs)} ${String(span.toMs)} ${area ? areaText(area) : ''} ${String(minPart)}`;
  const latest = useRef({ span, area });
  useEffect(() => {
    latest.current = { span, area };
  });
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      const startedMs = performance.now();
      const { span: asked, area: drawn } = latest.current;
      searchMotion({ id, ...asked, minPart, ...(drawn ? { area: [...drawn] } : {}) }, abort.signal).then(
        (found) => {
          setAnswer({ of, found, fault: null, tookMs: performance.now() - startedMs });
        },
        (error: unknown) => {
          if (!abort.signal.aborted) setAnswer({ of, found: null, fault: refusalText(error), tookMs: 0 });
        },
      );
    }, 200);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [id, minPart, of]);
  return answer?.of === of ? answer : null;
}

const percent = (part: number): string => `${(part * 100).toFixed(3)}%`;

function Strip({ span, found, at }: { span: Span; found: MotionFound; at: Hit | null }) {
  const bar = (fromMs: number, toMs: number, least: number): { left: string; width: string } => {
    const { left, width } = barOf(span, fromMs, toMs, least);
    return { left: percent(left), width: percent(width) };
  };
  return (
    <div className="motion-strip" aria-hidden="true">
      {found.watched.map(([fromMs, toMs]) => (
        <i key={fromMs} className="motion-watched" style={bar(fromMs, toMs, 0.001)} />
      ))}
      {found.hits.map((hit) => (
        <b
          key={hit.fromMs}
          data-here={hit === at}
          style={{ ...bar(hit.fromMs, hit.toMs, 0.002), height: percent(0.3 + 0.7 * Math.sqrt(hit.part)) }}
        />
      ))}
    </div>
  );
}

/** What was recorded at a hit, over the live picture; where nothing was, that stays. */
function Still({ url }: { url: string }) {
  const [gone, setGone] = useState(false);
  const [loaded, setLoaded] = useState(false);
  if (gone) return null;
  return (
    <img
      className="motion-still"
      src={url}
      alt=""
      style={{ visibility: loaded ? 'visible' : 'hidden' }}
      onLoad={() => {
        setLoaded(true);
      }}
      onError={() => {
        setGone(true);
      }}
    />
  );
}

function Searched({ camera, span, start }: { camera: CameraView; span: Span; start: Point[] | null }) {
  const { t } = useTranslation();
  const [, go] = useLocation();
  const drawn = useArea(start);
  const area = drawn.points;
  const [minPart, setMinPart] = useState(0);
  const [order, setOrder] = useState<Order>('time');
  const [at, setAt] = useState<Hit | null>(null);
  const level = useId();
  const answer = useFound(camera.id, span, area, parts[minPart] ?? 0.002);
  const found = answer?.found ?? null;
  const hits = useMemo(() => ordered(found?.hits ?? [], order).slice(0, shown), [found, order]);
  const watchedMs = found?.watched.reduce((sum, [a, b]) => sum + b - a, 0) ?? 0;
  return (
    <div className="watch-page motion-page">
      <AreaPicture
        camera={camera}
        area={drawn}
        still={at === null ? null : <Still key={at.bestMs} url={thumbnailUrl(camera.id, at.bestMs, nearMs)} />}
        says={t(drawn.s.items.now.length > 0 ? 'motion.ofArea' : 'motion.ofWhole')}
      />
      <div className="watch-side">
        <div className="watch-level">
          <span className="watch-level-name" id={level}>
            {t('motion.least')}
          </span>
          <Slider
            min={0}
            max={parts.length - 1}
            step={1}
            label={null}
            value={minPart}
            onChange={setMinPart}
            thumbProps={{ 'aria-labelledby': level, 'aria-valuetext': partWords(parts[minPart] ?? 0) }}
          />
          <output>{partWords(parts[minPart] ?? 0)}</output>
          <small className="quiet">{t('motion.leastHint')}</small>
        </div>
        {drawn.fault === null ? null : <p className="fault">{drawn.fault}</p>}
        {answer?.fault ? (
          <p className="fault" role="alert">
            {answer.fault}
          </p>
        ) : null}
        <div className="line motion-head">
          <span role="status">
            {found === null
              ? answer?.fault
                ? ''
                : t('motion.searching')
              : `${t(found.more ? 'motion.foundMore' : 'motion.found', { count: found.hits.length })} · ${t('motion.took', { seconds: numberOf(answer === null ? 0 : answer.tookMs / 1000, 2) })}`}
          </span>
          <SegmentedControl
            size="xs"
            aria-label={t('motion.order.label')}
            value={order}
            onChange={(v) => {
              setOrder(v === 'most' ? 'most' : 'time');
            }}
            data={[
              { value: 'time', label: t('motion.order.time') },
              { value: 'most', label: t('motion.order.most') },
            ]}
          />
        </div>
        {found === null ? null : (
          <>
            <Strip span={span} found={found} at={at} />
            {watchedMs === 0 ? <p className="quiet">{t('motion.unwatched')}</p> : null}
            {found.hits.length > shown ? <p className="quiet">{t('motion.shown', { count: shown })}</p> : null}
            <ul className="motion-hits" aria-label={t('motion.hits')}>
              {hits.map((hit) => (
                <li key={hit.fromMs}>
                  <button
                    type="button"
                    title={t('motion.show')}
                    onPointerEnter={() => {
                      setAt(hit);
                    }}
                    onFocus={() => {
                      setAt(hit);
                    }}
                    onPointerLeave={() => {
                      setAt(null);
                    }}
                    onBlur={() => {
                      setAt(null);
                    }}
                    onClick={() => {
                      go(momentPath(hit.fromMs, camera.id));
                    }}
                  >
                    <Time ms={hit.fromMs} />
                    <span className="quiet">{durationOf(Math.max(1000, hit.toMs - hit.fromMs))}</span>
                    <span className="motion-part">
                      <i style={{ width: percent(hit.part) }} />
                    </span>
                    <span className="quiet motion-percent">{percentOf(hit.part)}</span>
                    <Play size={13} aria-hidden="true" />
                  </button>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </div>
  );
}

export function MotionPage() {
  const { t } = useTranslation();
  const [search] = useSearchParams();
  const searching = useSearching();
  const loaded = useCameras((s) => s.loaded);
  const { camera, span } = searching;
  if (!camera) return loaded ? <EmptySite /> : null;
  return (
    <div className="page watch-whole">
      <SearchHead {...searching} camera={camera} here="motion" title={t('motion.title')} />
      <Searched
        key={`${camera.id} ${String(span.fromMs)} ${String(span.toMs)}`}
        camera={camera}
        span={span}
        start={areaFrom(search.get('area'))}
      />
    </div>
  );
}
