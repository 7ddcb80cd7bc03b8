import { Switch } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { readCameraHealth, useCameraHealth } from '../../stores/camera-health.ts';
import { useCameras } from '../../stores/cameras.ts';
import { useTranslation } from '../../text/index.ts';
import { useNow } from '../../ui/use-now.ts';
import { EmptySite } from '../../wall/empty-site.tsx';
import { HealthPanel } from './health-panel.tsx';
import { HealthTable, sorted, type Sort } from './health-table.tsx';
import { inTrouble, rowOf } from './health-words.ts';

const everyMs = 4_000;

function useFresh(): void {
  useEffect(() => {
    const abort = new AbortController();
    const read = (): void => {
      readCameraHealth(abort.signal).catch(() => undefined); // the line's own banner says when the station is away
    };
    read();
    const timer = setInterval(read, everyMs);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, []);
}

/** How all cameras do, and one of them in full. */
export function CameraHealthPage() {
  const { t } = useTranslation();
  useFresh();
  useNow(1_000); // ages in words
  const cameras = useCameras((s) => s.list);
  const loaded = useCameras((s) => s.loaded);
  const byId = useCameraHealth((s) => s.byId);
  const [sort, setSort] = useState<Sort>({ by: 'state', down: false });
  const [search, setSearch] = useSearchParams();
  const chosen = search.get('camera');
  const only = search.get('only') === 'trouble';
  const set = (key: string, value: string | null): void => {
    setSearch((was) => {
      const next = new URLSearchParams(was);
      if (value === null) next.delete(key);
      else next.set(key, value);
      return next;
    });
  };
  if (loaded && cameras.length === 0) return <EmptySite />;
  const all = cameras.map((camera) => rowOf(camera, byId.get(camera.id) ?? null));
  const wrong = all.filter(inTrouble);
  const rows = sorted(only ? wrong : all, sort);
  const open = all.find((r) => r.camera.id === chosen) ?? null;
  return (
    <div className="page wide">
      <div className="page-head">
        <h1>{t('health.title')}</h1>
        <span className="count" role="status">
          {wrong.length === 0 ? t('health.allWell') : t('health.troubled', { count: wrong.length })}
        </span>
        <div className="end">
          <Link href="/settings/health">{t('health.station')}</Link>
          <Switch
            label={t('health.only')}
            checked={only}
            onChange={(e) => {
              set('only', e.currentTarget.checked ? 'trouble' : null);
            }}
          />
        </div>
      </div>
      {rows.length === 0 ? (
        <p className="blank">{t('health.noneTroubled')}</p>
      ) : (
        <HealthTable
          rows={rows}
          sort={sort}
          chosen={chosen}
          onSort={setSort}
          onChoose={(id) => {
            set('camera', id === chosen ? null : id);
          }}
        />
      )}
      {open === null ? null : <HealthPanel key={open.camera.id} row={open} />}
    </div>
  );
}
