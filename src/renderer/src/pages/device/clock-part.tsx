/** How far the device's clock is off, and setting it. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { CameraView } from '#domain/camera.ts';
import { readFacts, setDeviceClock } from '../../stores/device.ts';
import { useAsked } from '../../steer/use-asked.ts';
import { durationOf, numberOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { refusalText } from '../../ui/refusal.ts';
import { tell } from '../../ui/tell.ts';
import { AskedPart } from './asked-part.tsx';

/** Nearer is as right as asking over a network can tell. */
const rightMs = 1000;
const offWords = (ms: number): string => {
  const far = Math.abs(ms);
  return far < 60_000 ? `${numberOf(far / 1000, 1)} s` : durationOf(far);
};

export function ClockPart({ camera }: { camera: CameraView }) {
  const { t } = useTranslation();
  const asked = useAsked(camera.id, (signal) => readFacts(camera.id, signal));
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  return (
    <AskedPart title={t('deviceSettings.clock.title')} asked={asked}>
      {(facts) => {
        const { offsetMs, source } = facts.clock;
        return (
          <>
            <p>
              {offsetMs === null
                ? t('deviceSettings.clock.unknown')
                : Math.abs(offsetMs) < rightMs
                  ? t('deviceSettings.clock.right')
                  : t('deviceSettings.clock.off', { off: offWords(offsetMs) })}
            </p>
            {source === 'ntp' ? <p className="quiet">{t('deviceSettings.clock.ntp')}</p> : null}
            {fault === null ? null : (
              <p className="fault" role="alert">
                {fault}
              </p>
            )}
            <div>
              <Button
                variant="default"
                loading={busy}
                onClick={() => {
                  setBusy(true);
                  setFault(null);
                  setDeviceClock(camera.id)
                    .then(
                      (left) => {
                        asked.put({ ...facts, clock: { ...facts.clock, offsetMs: left } });
                        tell(
                          left === null || Math.abs(left) < rightMs
                            ? t('deviceSettings.clock.doneRight')
                            : t('deviceSettings.clock.done', { off: offWords(left) }),
                        );
                      },
                      (error: unknown) => {
                        setFault(refusalText(error));
                      },
                    )
                    .finally(() => {
                      setBusy(false);
                    });
                }}
              >
                {t('deviceSettings.clock.set')}
              </Button>
            </div>
          </>
        );
      }}
    </AskedPart>
  );
}
