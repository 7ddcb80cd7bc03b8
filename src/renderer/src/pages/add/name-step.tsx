import { Autocomplete, Select } from '@mantine/core';
import { useMemo, useState } from 'react';
import { RecordingPreset } from '#domain/recording-plan.ts';
import { useCameras } from '../../stores/cameras.ts';
import { useTranslation } from '../../text/index.ts';
import { CameraDraft } from './camera-draft.tsx';
import { changeAllDrafts, lookOf, useChosen } from './chosen.ts';
import type { DraftProblem } from './draft.ts';

/** Each camera with its picture, to be named; problems are told where they are. */
export function NameStep({
  problems,
  tried,
}: {
  problems: ReadonlyMap<string, readonly DraftProblem[]>;
  /** Adding was tried: now also what was only pointed out is told as being in the way. */
  tried: boolean;
}) {
  const { t } = useTranslation();
  const { chosen, drafts } = useChosen();
  const cameras = useCameras((s) => s.list);
  const [group, setGroup] = useState('');
  const groups = useMemo(
    () => [...new Set([...cameras.map((c) => c.group ?? ''), ...drafts.map((d) => d.group.trim())])].filter(Boolean),
    [cameras, drafts],
  );
  const wanted = drafts.filter((d) => d.wanted);
  const recordings = new Set(wanted.map((d) => d.recording));
  return (
    <>
      <p className="add-lead">{t('finding.name.lead')}</p>
      {drafts.length > 1 ? (
        <div className="add-forall" role="group" aria-label={t('finding.name.all')}>
          <Autocomplete
            label={t('finding.name.groupAll')}
            w={240}
            maxLength={80}
            data={groups}
            value={group}
            onChange={(value) => {
              setGroup(value);
              changeAllDrafts({ group: value });
            }}
          />
          <Select
            label={t('finding.name.recordAll')}
            w={300}
            allowDeselect={false}
            data={RecordingPreset.options.map((p) => ({ value: p, label: t(`recording.choice.${p}`) }))}
            value={recordings.size === 1 ? ([...recordings][0] ?? null) : null}
            onChange={(v) => {
              changeAllDrafts({ recording: RecordingPreset.parse(v) });
            }}
          />
        </div>
      ) : null}
      <ul aria-label={t('finding.name.cameras')}>
        {drafts.map((draft) => {
          const entry = chosen.get(draft.url);
          const look = lookOf(chosen, draft.url);
          return entry && look ? (
            <CameraDraft
              key={draft.key}
              draft={draft}
              entry={entry}
              look={look}
              problems={problems.get(draft.key) ?? []}
              tried={tried}
              groups={groups}
            />
          ) : null;
        })}
      </ul>
    </>
  );
}
