/** What the camera sends along beside its pictures. */
import { Switch } from '@mantine/core';
import { useState } from 'react';
import type { CameraView } from '#domain/camera.ts';
import type { Metadata } from '#domain/metadata.ts';
import { readMetadata, setMetadata, type MetadataNow } from '../../stores/device.ts';
import { useAsked } from '../../steer/use-asked.ts';
import { useTranslation } from '../../text/index.ts';
import { tellRefusal } from '../../ui/tell.ts';
import { AskedPart } from './asked-part.tsx';

const parts = ['events', 'analytics', 'ptzPosition', 'ptzStatus'] as const satisfies readonly (keyof Metadata)[];

function Switches({ now, onSet }: { now: MetadataNow; onSet: (change: Partial<Metadata>) => Promise<void> }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState<keyof Metadata | null>(null);
  if (now === null) return <p className="quiet">{t('deviceSettings.unsupported')}</p>;
  return (
    <>
      <p className="quiet">{t('deviceSettings.metadata.hint')}</p>
      {parts
        .filter((part) => now.options[part])
        .map((part) => (
          <Switch
            key={part}
            label={t(`deviceSettings.metadata.${part}`)}
            checked={now.metadata[part]}
            disabled={busy !== null}
            onChange={(e) => {
              setBusy(part);
              void onSet({ [part]: e.currentTarget.checked }).finally(() => {
                setBusy(null);
              });
            }}
          />
        ))}
    </>
  );
}

export function MetadataPart({ camera }: { camera: CameraView }) {
  const { t } = useTranslation();
  const asked = useAsked(camera.id, (signal) => readMetadata(camera.id, signal).then((now) => ({ now })));
  return (
    <AskedPart title={t('deviceSettings.metadata.title')} asked={asked}>
      {({ now }) => (
        <Switches
          now={now}
          onSet={(change) =>
            setMetadata(camera.id, change).then((metadata) => {
              if (now !== null) asked.put({ now: { ...now, metadata } });
            }, tellRefusal)
          }
        />
      )}
    </AskedPart>
  );
}
