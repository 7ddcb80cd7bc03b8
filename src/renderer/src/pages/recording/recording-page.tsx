/** When cameras are recorded: all of them at a glance, many changed at once, and the weeks that they share. */
import { Button, Checkbox } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import type { CameraId } from '#domain/id.ts';
import { plansOf } from '#domain/recording-plan.ts';
import { useCameras } from '../../stores/cameras.ts';
import { applyPlans, readRecordingSettings } from '../../stores/recording.ts';
import { useMay } from '../../stores/session.ts';
import { useTranslation } from '../../text/index.ts';
import { stateOf } from '../../ui/camera-words.ts';
import { Mark } from '../../ui/mark.tsx';
import { refusalText } from '../../ui/refusal.ts';
import { TableScroll } from '../../ui/table-scroll.tsx';
import { tell, tellRefusal } from '../../ui/tell.ts';
import { EmptySite } from '../../wall/empty-site.tsx';
import { fits, type Plans } from './choice.ts';
import { PlanForm } from './plan-form.tsx';
import { nowWords, planWords } from './recording-words.ts';
import { SchedulesPart } from './schedules-part.tsx';

export function RecordingPage() {
  const { t } = useTranslation();
  const list = useCameras((s) => s.list);
  const loaded = useCameras((s) => s.loaded);
  const may = useMay('administrator');
  const [picked, setPicked] = useState<ReadonlySet<CameraId>>(new Set());
  const [plans, setPlans] = useState<Plans>(plansOf('always', true));
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    const abort = new AbortController();
    readRecordingSettings(abort.signal).catch((error: unknown) => {
      if (!abort.signal.aborted) tellRefusal(error);
    });
    return () => {
      abort.abort();
    };
  }, []);
  if (loaded && list.length === 0) return <EmptySite />;
  const chosen = list.filter((c) => picked.has(c.id));
  const pick = (ids: CameraId[], on: boolean): void => {
    const next = new Set(picked);
    for (const id of ids) {
      if (on) next.add(id);
      else next.delete(id);
    }
    setPicked(next);
    const first = list.find((c) => next.has(c.id));
    if (picked.size === 0 && first)
      setPlans({ main: first.main.plan, sub: first.sub?.plan ?? plansOf('never', true).sub });
  };
  const apply = (): void => {
    setBusy(true);
    setFault(null);
    applyPlans({ cameraId: chosen.map((c) => c.id), main: plans.main, sub: plans.sub }).then(
      ({ changed }) => {
        tell(t('recording.applied', { count: changed }));
        setBusy(false);
        setPicked(new Set());
      },
      (error: unknown) => {
        setFault(refusalText(error));
        setBusy(false);
      },
    );
  };
  return (
    <div className="page wide">
      <div className="page-head">
        <h1>{t('recording.title')}</h1>
        <div className="end">
          <Link href="/cameras">{t('cameras.title')}</Link>
        </div>
      </div>
      {may ? <p className="quiet recording-lead">{t('recording.lead')}</p> : null}
      <TableScroll label={t('recording.title')}>
        <table className="table recording-table">
          <thead>
            <tr>
              {may ? (
                <th>
                  <Checkbox
                    size="xs"
                    aria-label={t('recording.pickAll')}
                    checked={chosen.length === list.length && list.length > 0}
                    indeterminate={chosen.length > 0 && chosen.length < list.length}
                    onChange={(e) => {
                      pick(
                        list.map((c) => c.id),
                        e.currentTarget.checked,
                      );
                    }}
                  />
                </th>
              ) : null}
              <th className="num">{t('cameras.column.number')}</th>
              <th>{t('cameras.column.name')}</th>
              <th>{t('recording.column.plan')}</th>
              <th>{t('recording.column.now')}</th>
            </tr>
          </thead>
          <tbody>
            {list.map((camera) => {
              const state = stateOf(camera);
              return (
                <tr key={camera.id}>
                  {may ? (
                    <td>
                      <Checkbox
                        size="xs"
                        aria-label={t('recording.pick', { name: camera.name })}
                        checked={picked.has(camera.id)}
                        onChange={(e) => {
                          pick([camera.id], e.currentTarget.checked);
                        }}
                      />
                    </td>
                  ) : null}
                  <td className="num">{camera.number}</td>
                  <td className="name">
                    {may ? <Link href={`/cameras/${camera.id}`}>{camera.name}</Link> : <strong>{camera.name}</strong>}
                  </td>
                  <td>{planWords(camera)}</td>
                  <td>
                    <span className="line">
                      <Mark tone={state.tone}>{state.word}</Mark>
                      <span className="quiet">{nowWords(camera)}</span>
                    </span>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </TableScroll>
      {may && chosen.length > 0 ? (
        <section className="section" aria-label={t('recording.change', { count: chosen.length })}>
          <h2>{t('recording.change', { count: chosen.length })}</h2>
          <div className="stack">
            <PlanForm plans={plans} hasSub={chosen.some((c) => c.sub !== null)} onChange={setPlans} />
            {fault === null ? null : (
              <p className="fault" role="alert">
                {fault}
              </p>
            )}
            <div className="line">
              <Button loading={busy} disabled={!fits(plans)} onClick={apply}>
                {t('recording.apply')}
              </Button>
            </div>
          </div>
        </section>
      ) : null}
      <SchedulesPart may={may} />
    </div>
  );
}
