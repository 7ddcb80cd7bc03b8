import { Button, Select, Switch } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { CameraView } from '#domain/camera.ts';
import type { DeviceFacts } from '#domain/device.ts';
import { cameraFacts, trustCertificate } from '../../stores/cameras.ts';
import { clockOf, dateTimeOf, durationOf, sinceOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { Mark } from '../../ui/mark.tsx';
import { refusalText } from '../../ui/refusal.ts';
import { useNow } from '../../ui/use-now.ts';
import { Print } from '../../ui/print.tsx';
import './add.css';
import { BusyLine } from './busy-line.tsx';
import { useWork } from './use-work.ts';
import { abilityWords, profileWords } from './words.ts';

/** What of the link a person may change here. */
export type LinkValues = { mainProfile: string | null; subProfile: string | null; setClock: boolean };

type Linked = CameraView & { link: NonNullable<CameraView['link']> };

function State({ camera }: { camera: Linked }) {
  const { t } = useTranslation();
  const now = useNow();
  const { device } = camera;
  if (device === null || device.state === 'idle') return <Mark tone="off">{t('finding.device.idle')}</Mark>;
  if (device.state === 'off') return <Mark tone="off">{t('finding.device.off')}</Mark>;
  if (device.state === 'up') return <Mark tone="ok">{t('finding.device.up')}</Mark>;
  const { trouble, nextTryMs } = device;
  return (
    <>
      <Mark tone="bad">
        {t('finding.device.since', {
          what: trouble === null ? t('finding.device.trouble') : t(`finding.password.short.${trouble}`),
          time: sinceOf(device.sinceMs, now),
        })}
      </Mark>
      {trouble === null ? null : <p>{t(`device.trouble.${trouble}`)}</p>}
      {nextTryMs === null ? null : <p className="quiet">{t('finding.device.nextTry', { time: clockOf(nextTryMs) })}</p>}
    </>
  );
}

/** The pinned certificate; both, with the way to accept it, where the device shows another one. */
function Certificate({ camera }: { camera: Linked }) {
  const { t } = useTranslation();
  const trusting = useWork<null>();
  const changed = camera.device?.certificate ?? null;
  const pinned = changed?.pinned ?? camera.link.certificate;
  if (pinned === null) return <span className="quiet">{t('finding.device.plain')}</span>;
  return (
    <div className="stack">
      <div>
        {changed === null ? null : t('finding.device.pinned')} <Print pin={pinned} />
      </div>
      {changed === null ? null : (
        <>
          <div>
            {t('finding.device.seen')} <Print pin={changed.seen} />
          </div>
          <p>{t('device.trouble.certificate-changed')}</p>
          <div className="line">
            <Button
              variant="default"
              loading={trusting.startedMs !== null}
              onClick={() => {
                trusting.start(async () => {
                  await trustCertificate(camera.id, changed.seen);
                  return null;
                });
              }}
            >
              {t('finding.device.trust')}
            </Button>
          </div>
          {trusting.fault === null ? null : (
            <p className="fault" role="alert">
              {trusting.fault}
            </p>
          )}
        </>
      )}
    </div>
  );
}

/** The ONVIF device a camera hangs on: how it is, what it is, and which of its streams are taken. */
export function DeviceSection({
  camera,
  values,
  onChange,
}: {
  camera: Linked;
  values: LinkValues;
  onChange: (change: Partial<LinkValues>) => void;
}) {
  const { t } = useTranslation();
  const [facts, setFacts] = useState<DeviceFacts | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [reading, setReading] = useState(true);
  const running = useRef<AbortController | null>(null);
  const read = (fresh: boolean): AbortController => {
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    const end = (done: () => void): void => {
      if (mine.signal.aborted) return;
      done();
      setReading(false);
    };
    cameraFacts(camera.id, fresh, mine.signal).then(
      (answer) => {
        end(() => {
          setFacts(answer);
          setFault(null);
        });
      },
      (error: unknown) => {
        end(() => {
          setFault(refusalText(error));
        });
      },
    );
    return mine;
  };
  const first = useRef(read);
  useEffect(() => {
    const mine = first.current(false);
    return () => {
      mine.abort();
      running.current?.abort();
    };
  }, []);
  const { link, device } = camera;
  const source = facts?.profiles.find((p) => p.token === link.mainProfile)?.source ?? null;
  const profiles = (facts?.profiles ?? []).filter((p) => p.video !== null && p.source === source);
  const data = profiles.map((p) => ({ value: p.token, label: profileWords(p) }));
  const withPresent = (token: string | null) =>
    token === null || data.some((d) => d.value === token) ? data : [{ value: token, label: token }, ...data];
  const { maker, model, firmware, serial, macs } = facts?.identity ?? link.identity;
  const rows: [string, string | null][] = [
    [t('finding.device.model'), [maker, model].filter((s) => s !== null).join(' ')],
    [t('finding.device.firmware'), firmware],
    [t('finding.device.serial'), serial],
    [t('finding.device.macs'), macs.join(', ')],
    [t('finding.list.address'), link.url],
    [
      t('finding.device.clock'),
      device?.clockOffsetMs == null
        ? null
        : Math.abs(device.clockOffsetMs) < 1000
          ? t('finding.device.clockRight')
          : t('finding.device.clockOff', { off: durationOf(Math.abs(device.clockOffsetMs)) }),
    ],
    [t('finding.device.can'), facts ? abilityWords(facts, null).join(', ') : null],
    [t('finding.device.asked'), facts ? dateTimeOf(facts.askedMs) : null],
  ];
  return (
    <section className="section">
      <h2>{t('finding.device.title')}</h2>
      <div className="stack">
        <div>
          <State camera={camera} />
        </div>
        <dl className="facts">
          {rows.map(([label, value]) =>
            value === null || value === '' ? null : (
              <div key={label} className="add-fact">
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ),
          )}
          <div className="add-fact">
            <dt>{t('finding.password.certificate')}</dt>
            <dd>
              <Certificate camera={camera} />
            </dd>
          </div>
        </dl>
        <div className="line">
          {reading ? (
            <BusyLine
              onCancel={() => {
                running.current?.abort();
                setReading(false);
              }}
            >
              {t('finding.device.reading')}
            </BusyLine>
          ) : (
            <Button
              variant="default"
              size="compact-sm"
              onClick={() => {
                setReading(true);
                setFault(null);
                read(true);
              }}
            >
              {t('finding.device.readAgain')}
            </Button>
          )}
        </div>
        {fault === null ? null : (
          <p className="fault" role="alert">
            {fault}
          </p>
        )}
        <Select
          label={t('finding.name.main')}
          maw={560}
          allowDeselect={false}
          disabled={facts === null}
          data={withPresent(values.mainProfile)}
          value={values.mainProfile}
          onChange={(mainProfile) => {
            if (mainProfile !== null) onChange({ mainProfile });
          }}
        />
        <Select
          label={t('finding.name.sub')}
          maw={560}
          allowDeselect={false}
          disabled={facts === null}
          data={[{ value: '', label: t('finding.name.noSub') }, ...withPresent(values.subProfile)]}
          value={values.subProfile ?? ''}
          onChange={(v) => {
            onChange({ subProfile: v === null || v === '' ? null : v });
          }}
        />
        <Switch
          label={t('finding.device.setClock')}
          checked={values.setClock}
          onChange={(e) => {
            onChange({ setClock: e.currentTarget.checked });
          }}
        />
      </div>
    </section>
  );
}
