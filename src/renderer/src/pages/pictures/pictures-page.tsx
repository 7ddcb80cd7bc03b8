/** Searching by eye: a span of one camera as pictures, each leading into its part, until the moment is found. */
import { Button, SegmentedControl, Select } from '@mantine/core';
import { ChevronLeft, ChevronRight, ChevronUp } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import { CameraId } from '#domain/id.ts';
import { stationNowMs } from '../../client/index.ts';
import { useCameras } from '../../stores/cameras.ts';
import { gridOf, type Cells } from '../../stores/thumbnails.ts';
import { dateTimeOf, durationOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { momentPath } from '../../ui/go-to.tsx';
import { refusalText } from '../../ui/refusal.ts';
import { EmptySite } from '../../wall/empty-site.tsx';
import { Grid } from './grid.tsx';
import { cellCount, neighbour, presets, readSpan, type Preset, type Span } from './span.ts';
import './pictures.css';

type Answer = { of: string; cells: Cells; fault: string | null };
const isPreset = (v: string): v is Preset => v in presets;

function useCells(camera: CameraId | null, { fromMs, toMs }: Span): Answer | null {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const of = `${camera ?? ''} ${String(fromMs)} ${String(toMs)}`;
  useEffect(() => {
    if (camera === null) return;
    const abort = new AbortController();
    gridOf({ id: camera, fromMs, toMs, count: cellCount }, abort.signal).then(
      (cells) => {
        setAnswer({ of, cells, fault: null });
      },
      (error: unknown) => {
        if (!abort.signal.aborted) setAnswer({ of, cells: [], fault: refusalText(error) });
      },
    );
    return () => {
      abort.abort();
    };
  }, [camera, fromMs, toMs, of]);
  return answer?.of === of ? answer : null;
}

export function PicturesPage() {
  const { t } = useTranslation();
  const [, go] = useLocation();
  const [search, setSearch] = useSearchParams();
  const cameras = useCameras((s) => s.list);
  const loaded = useCameras((s) => s.loaded);
  const [nowMs] = useState(stationNowMs);
  const asked = CameraId.safeParse(search.get('camera')).data;
  const camera = cameras.find((c) => c.id === asked)?.id ?? cameras[0]?.id ?? null;
  const span = readSpan(search.get('from'), search.get('to')) ?? { fromMs: nowMs - presets.day, toMs: nowMs };
  const answer = useCells(camera, span);
  /** Each part has an address of its own: the browser's "back" leads out again. */
  const show = (next: Span & { camera?: CameraId }): void => {
    const to = { camera: next.camera ?? camera ?? '', from: String(next.fromMs), to: String(next.toMs) };
    setSearch(new URLSearchParams({ ...to, out: String(Number(search.get('out') ?? 0) + 1) }));
  };
  const out = (): void => {
    if (Number(search.get('out') ?? 0) > 0) history.back();
  };
  const play = (atMs: number): void => {
    go(momentPath(atMs, camera));
  };
  if (loaded && cameras.length === 0) return <EmptySite />;
  const length = span.toMs - span.fromMs;
  const preset = Object.entries(presets).find(([, ms]) => ms === length)?.[0] ?? '';
  const empty = answer !== null && answer.fault === null && answer.cells.every((c) => c.atMs === null);
  return (
    <div className="page wide">
      <div className="page-head">
        <h1>{t('pictures.title')}</h1>
        <div className="end">
          <Select
            aria-label={t('pictures.camera')}
            data={cameras.map((c) => ({ value: c.id, label: `${String(c.number)}  ${c.name}` }))}
            value={camera}
            onChange={(id) => {
              const next = CameraId.safeParse(id).data;
              if (next !== undefined) show({ ...span, camera: next });
            }}
            allowDeselect={false}
            searchable
            w={200}
          />
          <SegmentedControl
            aria-label={t('pictures.span')}
            data={Object.keys(presets).map((p) => ({ value: p, label: isPreset(p) ? t(`pictures.preset.${p}`) : p }))}
            value={preset}
            onChange={(p) => {
              if (isPreset(p)) show({ fromMs: nowMs - presets[p], toMs: nowMs });
            }}
          />
        </div>
      </div>
      <div className="pictures-way">
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<ChevronUp size={15} aria-hidden="true" />}
          onClick={out}
          disabled={Number(search.get('out') ?? 0) === 0}
        >
          {t('pictures.out')}
        </Button>
        <button
          type="button"
          className="tool"
          aria-label={t('pictures.earlier')}
          title={t('pictures.earlier')}
          onClick={() => {
            show(neighbour(span, -1, nowMs));
          }}
        >
          <ChevronLeft size={16} aria-hidden="true" />
        </button>
        <span className="pictures-span" role="status">
          {t('pictures.of', { from: dateTimeOf(span.fromMs), to: dateTimeOf(span.toMs), duration: durationOf(length) })}
        </span>
        <button
          type="button"
          className="tool"
          aria-label={t('pictures.later')}
          title={t('pictures.later')}
          onClick={() => {
            show(neighbour(span, 1, nowMs));
          }}
        >
          <ChevronRight size={16} aria-hidden="true" />
        </button>
        <span className="quiet pictures-help">{t('pictures.help')}</span>
      </div>
      {answer?.fault != null && <p className="fault">{answer.fault}</p>}
      {empty && <p className="blank">{t('pictures.none')}</p>}
      {camera !== null && answer !== null && !empty && answer.fault === null && (
        <Grid key={answer.of} camera={camera} cells={answer.cells} onOpen={show} onPlay={play} onOut={out} />
      )}
    </div>
  );
}
