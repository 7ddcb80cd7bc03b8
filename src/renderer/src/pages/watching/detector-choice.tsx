/** Which detector looks at this camera's pictures: the station's, or one of its own. */
import { Select } from '@mantine/core';
import { useEffect } from 'react';
import { ModelId } from '#domain/model.ts';
import { readModels, useModels } from '../../stores/models.ts';
import { useTranslation } from '../../text/index.ts';
import { tellRefusal } from '../../ui/tell.ts';

const ofStation = '';

export function DetectorChoice({
  value,
  onChange,
}: {
  /** null: the station's. */
  value: ModelId | null;
  onChange: (value: ModelId | null) => void;
}) {
  const { t } = useTranslation();
  const { list, uses } = useModels();
  useEffect(() => {
    const abort = new AbortController();
    readModels(abort.signal).catch((error: unknown) => {
      if (!abort.signal.aborted) tellRefusal(error);
    });
    return () => {
      abort.abort();
    };
  }, []);
  const detectors = (list ?? []).filter((m) => m.manifest.task === 'detect');
  const usualId = uses.find((u) => u.task === 'detect')?.modelId ?? null;
  const usual = detectors.find((m) => m.manifest.id === usualId) ?? null;
  const chosen = value === null ? null : (detectors.find((m) => m.manifest.id === value) ?? null);
  const isAway = list !== null && value !== null && chosen?.state.is !== 'here';
  const name = chosen?.manifest.name ?? value ?? '';
  return (
    <Select
      label={t('watching.settings.detector')}
      description={
        isAway && usual !== null
          ? t('watching.settings.detectorAway', { name, other: usual.manifest.name })
          : t('watching.settings.detectorHint')
      }
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      allowDeselect={false}
      disabled={list === null}
      data={[
        {
          value: ofStation,
          label:
            usual === null
              ? t('watching.settings.detectorStation')
              : t('watching.settings.detectorStationNow', { name: usual.manifest.name }),
        },
        ...detectors
          .filter((m) => m.state.is === 'here')
          .map((m) => ({ value: m.manifest.id, label: m.manifest.name })),
        ...(isAway ? [{ value, label: t('watching.settings.detectorNotHere', { name }) }] : []),
      ]}
      value={value ?? ofStation}
      onChange={(picked) => {
        const id = ModelId.safeParse(picked);
        onChange(id.success ? id.data : null);
      }}
    />
  );
}
