/** The head of pages that search a camera's past: which camera, which span, and by what. */
import { SegmentedControl, Select } from '@mantine/core';
import { useMemo, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import type { CameraView } from '#domain/camera.ts';
import { CameraId } from '#domain/id.ts';
import { hourMs } from '#domain/time.ts';
import { stationNowMs } from '../../client/index.ts';
import { useCameras } from '../../stores/cameras.ts';
import { dateTimeOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { readSpan, type Span } from '../pictures/span.ts';
import '../storage/storage.css';

const spans = { hour: hourMs, day: 24 * hourMs, week: 168 * hourMs } as const;
const spanNames = ['hour', 'day', 'week'] as const;
const pages = ['motion', 'footage'] as const;
export type SearchPage = (typeof pages)[number];
const addressOf: Record<SearchPage, string> = { motion: '/search/motion', footage: '/search/footage' };

export type Searching = { camera: CameraView | undefined; span: Span; show: (id: CameraId, next: Span) => void };

/** What the address says: the first camera and the last day where it says nothing. */
export function useSearching(): Searching {
  const [search, setSearch] = useSearchParams();
  const cameras = useCameras((s) => s.list);
  const [nowMs] = useState(stationNowMs);
  const asked = CameraId.safeParse(search.get('camera')).data;
  const [from, to] = [search.get('from'), search.get('to')];
  const span = useMemo(() => readSpan(from, to) ?? { fromMs: nowMs - spans.day, toMs: nowMs }, [from, to, nowMs]);
  return {
    camera: cameras.find((c) => c.id === asked) ?? cameras[0],
    span,
    show(id, next) {
      setSearch(new URLSearchParams({ camera: id, from: String(next.fromMs), to: String(next.toMs) }));
    },
  };
}

export function SearchHead({
  here,
  title,
  camera,
  span,
  show,
}: Searching & { here: SearchPage; title: string; camera: CameraView }) {
  const { t } = useTranslation();
  const [search] = useSearchParams();
  const cameras = useCameras((s) => s.list);
  const [nowMs] = useState(stationNowMs);
  const name = spanNames.find((n) => spans[n] === span.toMs - span.fromMs) ?? '';
  const same = new URLSearchParams(search);
  same.delete('search');
  const query = same.size > 0 ? `?${same.toString()}` : '';
  return (
    <>
      <div className="page-head search-head">
        <h1>{title}</h1>
        <span className="count">{t('motion.span', { from: dateTimeOf(span.fromMs), to: dateTimeOf(span.toMs) })}</span>
        <div className="end">
          <Select
            aria-label={t('motion.camera')}
            data={cameras.map((c) => ({ value: c.id, label: `${String(c.number)}  ${c.name}` }))}
            value={camera.id}
            onChange={(v) => {
              const id = CameraId.safeParse(v).data;
              if (id !== undefined) show(id, span);
            }}
            allowDeselect={false}
            searchable
            w={200}
          />
          <SegmentedControl
            aria-label={t('motion.spanLabel')}
            data={spanNames.map((n) => ({ value: n, label: t(`motion.preset.${n}`) }))}
            value={name}
            onChange={(v) => {
              const chosen = spanNames.find((n) => n === v);
              if (chosen) show(camera.id, { fromMs: nowMs - spans[chosen], toMs: nowMs });
            }}
          />
        </div>
      </div>
      <nav className="tabs" aria-label={t('motion.tabs')}>
        {pages.map((page) => (
          <Link key={page} href={`${addressOf[page]}${query}`} aria-current={page === here ? 'page' : undefined}>
            {t(`motion.tab.${page}`)}
          </Link>
        ))}
      </nav>
    </>
  );
}
