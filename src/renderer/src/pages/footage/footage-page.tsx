/** Recorded footage searched for people, vehicles and animals: ask, watch what is found come in, go to the moment. */
import { useEffect, useState } from 'react';
import { useSearchParams } from 'wouter';
import type { CameraView } from '#domain/camera.ts';
import type { Point } from '#domain/place.ts';
import { useCameras } from '../../stores/cameras.ts';
import { followFootageSearches, forgetFootageSearches, useFootageSearches } from '../../stores/footage-search.ts';
import { useTranslation } from '../../text/index.ts';
import { refusalText } from '../../ui/refusal.ts';
import { EmptySite } from '../../wall/empty-site.tsx';
import { AreaPicture, useArea } from '../motion/area.tsx';
import { areaFrom } from '../motion/found.ts';
import { SearchHead, useSearching } from '../motion/search-head.tsx';
import type { Span } from '../pictures/span.ts';
import { RecentSearches } from './recent-searches.tsx';
import { Results } from './results.tsx';
import { SearchForm } from './search-form.tsx';
import '../watching/watching.css';
import '../../ui/event-picture.css';
import './footage.css';

function useSearches(): string | null {
  const [fault, setFault] = useState<string | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    followFootageSearches(abort.signal).catch((error: unknown) => {
      if (!abort.signal.aborted) setFault(refusalText(error));
    });
    return () => {
      abort.abort();
      forgetFootageSearches();
    };
  }, []);
  return fault;
}

function Asking({
  camera,
  span,
  start,
  onStarted,
}: {
  camera: CameraView;
  span: Span;
  start: Point[] | null;
  onStarted: (id: string) => void;
}) {
  const { t } = useTranslation();
  const area = useArea(start);
  return (
    <div className="watch-page footage-page">
      <AreaPicture
        camera={camera}
        area={area}
        still={null}
        says={t(area.s.items.now.length > 0 ? 'footage.ofArea' : 'footage.ofWhole')}
      />
      <div className="watch-side">
        {area.fault === null ? null : <p className="fault">{area.fault}</p>}
        <SearchForm
          camera={camera}
          span={span}
          area={area.points}
          onStarted={({ id }) => {
            onStarted(id);
          }}
        />
        <RecentSearches />
      </div>
    </div>
  );
}

export function FootagePage() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const searching = useSearching();
  const loaded = useCameras((s) => s.loaded);
  const searches = useFootageSearches();
  const fault = useSearches();
  const { camera, span } = searching;
  const asked = params.get('search');
  const search = searches.list.find((s) => s.id === asked);
  const show = (id: string | null): void => {
    setParams((was) => {
      const next = new URLSearchParams(was);
      if (id === null) next.delete('search');
      else next.set('search', id);
      return next;
    });
  };
  if (!camera) return loaded ? <EmptySite /> : null;
  return (
    <div className="page watch-whole">
      <SearchHead {...searching} camera={camera} here="footage" title={t('footage.title')} />
      {fault === null ? null : (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      {search ? (
        <Results
          key={search.id}
          search={search}
          onBack={() => {
            show(null);
          }}
        />
      ) : (
        <>
          {asked !== null && searches.loaded ? <p className="quiet">{t('footage.gone')}</p> : null}
          <Asking
            key={`${camera.id} ${String(span.fromMs)} ${String(span.toMs)}`}
            camera={camera}
            span={span}
            start={areaFrom(params.get('area'))}
            onStarted={show}
          />
        </>
      )}
    </div>
  );
}
