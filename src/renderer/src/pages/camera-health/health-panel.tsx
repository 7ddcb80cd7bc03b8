import { Button, Switch } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { StreamStatus } from '#domain/stream.ts';
import { stationNowMs } from '../../client/index.ts';
import { endMaintenance, watchPicture } from '../../stores/camera-health.ts';
import { useMay } from '../../stores/session.ts';
import { bitRateOf, clockOf, dateTimeOf, durationOf, numberOf, percentOf, sinceOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { codecName } from '../../ui/camera-words.ts';
import { Mark } from '../../ui/mark.tsx';
import { objectWord } from '../../ui/object-words.ts';
import { tellRefusal } from '../../ui/tell.ts';
import { eventsOf, toneOf, whyOf, type Row } from './health-words.ts';
import { MaintenanceDialog } from './maintenance-dialog.tsx';

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return children === '' || children === null ? null : (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Stream({ status, row }: { status: StreamStatus; row: Row }) {
  const { t } = useTranslation();
  const usual = row.health?.usual.find((u) => u.kind === status.kind);
  const flows = status.bitsPerSecond > 0;
  const against = (now: string, was: string | null): string =>
    was === null ? now : t('health.usually', { now, usual: was });
  return (
    <section className="section">
      <h2>{t(`health.stream.${status.kind}`)}</h2>
      <dl className="facts">
        <Fact name={t('health.column.state')}>
          {`${t(`app.state.${status.state}`)}, ${t('health.since', { time: sinceOf(status.sinceMs, stationNowMs()) })}`}
        </Fact>
        <Fact name={t('health.column.why')}>{status.trouble === null ? '' : t(`trouble.long.${status.trouble}`)}</Fact>
        <Fact name={t('health.picture')}>
          {status.video === null
            ? ''
            : `${codecName(status.video.codec)} ${String(status.video.width)} × ${String(status.video.height)}`}
        </Fact>
        <Fact name={t('health.column.fps')}>
          {flows ? against(numberOf(status.fps, 1), usual?.fps == null ? null : numberOf(usual.fps, 1)) : ''}
        </Fact>
        <Fact name={t('health.column.rate')}>
          {flows
            ? against(
                bitRateOf(status.bitsPerSecond),
                usual?.bitsPerSecond == null ? null : bitRateOf(usual.bitsPerSecond),
              )
            : ''}
        </Fact>
        <Fact name={t('health.column.keys')}>
          {status.keyIntervalMs === null ? '' : `${numberOf(status.keyIntervalMs / 1000, 1)} s`}
        </Fact>
        <Fact name={t('health.column.loss')}>
          {usual?.loss == null
            ? numberOf(status.packetsLost)
            : t('health.lossNow', { share: percentOf(usual.loss), count: status.packetsLost })}
        </Fact>
        <Fact name={t('health.column.jitter')}>
          {status.jitterMs === null ? t('health.noJitter') : `${numberOf(status.jitterMs, 1)} ms`}
        </Fact>
        <Fact name={t('health.column.reconnects')}>{numberOf(status.reconnects)}</Fact>
        <Fact name={t('health.column.clock')}>
          {status.clockOffsetMs === null ? '' : `${numberOf(status.clockOffsetMs / 1000, 1)} s`}
        </Fact>
      </dl>
    </section>
  );
}

function Metadata({ row }: { row: Row }) {
  const { t } = useTranslation();
  const now = row.health?.metadata ?? null;
  if (now === null) return null;
  const how = now.state === 'reading' ? t(`health.metadata.reading.${now.stream}`) : t(`health.metadata.${now.state}`);
  const left = now.leftOut === 0 ? '' : ` · ${t('health.metadata.leftOut', { count: now.leftOut })}`;
  return (
    <>
      <Fact name={t('health.metadata.title')}>{how + left}</Fact>
      <Fact name={t('health.metadata.seen')}>
        {now.seen.map((s) => `${objectWord(s.class)} ${sinceOf(s.lastMs, stationNowMs())}`).join(' · ')}
      </Fact>
    </>
  );
}

function Device({ row }: { row: Row }) {
  const { t } = useTranslation();
  const { device } = row.camera;
  const beside = (
    <>
      <Fact name={t('health.eventLine')}>{eventsOf(row)}</Fact>
      <Metadata row={row} />
    </>
  );
  if (device === null)
    return (
      <>
        <p className="quiet">{t('health.noDevice')}</p>
        <dl className="facts">{beside}</dl>
      </>
    );
  const wait = device.nextTryMs === null ? null : Math.max(0, device.nextTryMs - stationNowMs());
  return (
    <dl className="facts">
      <Fact name={t('health.column.state')}>
        {`${t(`health.device.${device.state}`)}, ${t('health.since', { time: sinceOf(device.sinceMs, stationNowMs()) })}`}
      </Fact>
      <Fact name={t('health.column.why')}>{device.trouble === null ? '' : t(`device.trouble.${device.trouble}`)}</Fact>
      <Fact name={t('health.breaker.name')}>
        {t(`health.breaker.${device.breaker}`)}
        {wait === null ? '' : `, ${t('health.nextTry', { age: durationOf(wait) })}`}
      </Fact>
      {beside}
      <Fact name={t('health.column.clock')}>
        {device.clockOffsetMs === null ? '' : `${numberOf(device.clockOffsetMs / 1000, 1)} s`}
      </Fact>
    </dl>
  );
}

/** Everything that is known of one camera's health. */
export function HealthPanel({ row }: { row: Row }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const operator = useMay('operator');
  const administrator = useMay('administrator');
  const { camera, health, state } = row;
  const picture = health?.picture ?? null;
  return (
    <section
      id="camera-health-panel"
      className="stack health-panel"
      aria-label={t('health.panel', { name: camera.name })}
    >
      <div className="page-head">
        <h2>{`${String(camera.number)} ${camera.name}`}</h2>
        <Mark tone={toneOf(state)}>{t(`health.state.${state}`)}</Mark>
        <span className="count">{whyOf(row)}</span>
        <div className="end">
          <Link href={`/?camera=${camera.id}`}>{t('cameras.show')}</Link>
          {camera.maintenance === null ? (
            <Button
              variant="default"
              disabled={!operator || !camera.enabled}
              onClick={() => {
                setAsking(true);
              }}
            >
              {t('health.maintenance.open')}
            </Button>
          ) : (
            <Button
              variant="default"
              disabled={!operator}
              onClick={() => {
                endMaintenance(camera.id).catch(tellRefusal);
              }}
            >
              {t('health.maintenance.end')}
            </Button>
          )}
        </div>
      </div>
      {health === null || health.alarms.length === 0 ? null : (
        <section className="section">
          <h2>{t('health.goingOn')}</h2>
          <ul className="plain">
            {health.alarms.map((a) => (
              <li key={`${a.kind} ${String(a.fromMs)}`}>{`${t(`events.kind.${a.kind}`)}, ${dateTimeOf(a.fromMs)}`}</li>
            ))}
          </ul>
        </section>
      )}
      <section className="section">
        <h2>{t('health.pictureWatch')}</h2>
        <div className="stack">
          <Switch
            label={t('health.pictureOn')}
            checked={picture?.on ?? false}
            disabled={!administrator || picture === null}
            onChange={(e) => {
              watchPicture(camera.id, e.currentTarget.checked).catch(tellRefusal);
            }}
          />
          {picture === null ? null : (
            <p className="quiet">
              {t(`health.watching.${picture.state}`)}
              {picture.lastMs === null ? '' : ` · ${t('health.lastLook', { time: clockOf(picture.lastMs) })}`}
              {picture.everyMs === null ? '' : ` · ${t('health.every', { age: durationOf(picture.everyMs) })}`}
            </p>
          )}
        </div>
      </section>
      {camera.streams.map((status) => (
        <Stream key={status.kind} status={status} row={row} />
      ))}
      <section className="section">
        <h2>{t('health.deviceTitle')}</h2>
        <Device row={row} />
      </section>
      {asking ? (
        <MaintenanceDialog
          camera={camera}
          onClose={() => {
            setAsking(false);
          }}
        />
      ) : null}
    </section>
  );
}
