/** What is asked for a bookmark, a hold, or a deletion that was marked on the timeline. */
import { MultiSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { CameraId } from '#domain/id.ts';
import { stationNowMs } from '../client/index.ts';
import { useCameras } from '../stores/cameras.ts';
import { addBookmark, placeHold } from '../stores/marks.ts';
import { eraseFootage } from '../stores/retention.ts';
import { useSession } from '../stores/session.ts';
import { dateTimeOf, durationOf } from '../text/format.ts';
import { useTranslation } from '../text/index.ts';
import { Ask } from '../ui/ask.tsx';
import { BookmarkFields, bookmarkFrom, HoldFields, holdFrom } from '../ui/mark-fields.tsx';
import { tell } from '../ui/tell.ts';
import type { Shown } from './focus.ts';
import { closeMarkDialog, useMarkDialog } from './mark-dialog.ts';
import { useTimeline, type Selection } from './store.ts';

export function MarkDialogs({ shown }: { shown: Shown }) {
  const open = useMarkDialog((s) => s.open);
  if (open === null) return null;
  switch (open.kind) {
    case 'bookmark':
      return shown.focus === null ? null : <BookmarkDialog cameraId={shown.focus} atMs={open.atMs} />;
    case 'hold':
      return <HoldDialog span={open} shown={shown} />;
    case 'erase':
      return <EraseDialog span={open} shown={shown} />;
  }
}

function BookmarkDialog({ cameraId, atMs }: { cameraId: CameraId; atMs: number }) {
  const { t } = useTranslation();
  const camera = useCameras((s) => s.byId.get(cameraId)?.name ?? '');
  const [values, setValues] = useState({ name: '', note: '' });
  const said = bookmarkFrom(values);
  return (
    <Ask
      title={t('kept.bookmark.title')}
      verb={t('kept.bookmark.add')}
      disabled={said === null}
      work={async () => {
        if (said === null) return;
        await addBookmark({ cameraId, atMs: Math.round(atMs), ...said });
        tell(t('kept.bookmark.added', { name: said.name }));
      }}
      onClose={closeMarkDialog}
    >
      <p className="quiet">{t('kept.at', { camera, time: dateTimeOf(atMs) })}</p>
      <BookmarkFields values={values} onChange={setValues} />
    </Ask>
  );
}

/** The focused camera to begin with; others are chosen. */
function useCameraChoice(shown: Shown) {
  const cameras = useCameras((s) => s.list);
  const [chosen, setChosen] = useState<string[]>(shown.focus === null ? [] : [shown.focus]);
  return {
    ids: chosen.flatMap((id) => CameraId.safeParse(id).data ?? []),
    chosen,
    setChosen,
    data: cameras.map((c) => ({ value: c.id, label: `${String(c.number)} ${c.name}` })),
  };
}
function CameraChoice({ choice }: { choice: ReturnType<typeof useCameraChoice> }) {
  const { t } = useTranslation();
  return (
    <MultiSelect
      label={t('kept.cameras')}
      data={choice.data}
      value={choice.chosen}
      onChange={choice.setChosen}
      searchable
      clearable
    />
  );
}
function Span({ span }: { span: Selection }) {
  const { t } = useTranslation();
  return (
    <p className="quiet">
      {t('kept.span', {
        from: dateTimeOf(span.fromMs),
        to: dateTimeOf(span.toMs),
        duration: durationOf(span.toMs - span.fromMs),
      })}
    </p>
  );
}
const whole = ({ fromMs, toMs }: Selection): Selection => ({ fromMs: Math.floor(fromMs), toMs: Math.ceil(toMs) });

function HoldDialog({ span, shown }: { span: Selection; shown: Shown }) {
  const { t } = useTranslation();
  const choice = useCameraChoice(shown);
  const owner = useSession((s) => s.user?.name ?? '');
  const [values, setValues] = useState({ reason: '', owner, until: '90' });
  const said = holdFrom(values);
  return (
    <Ask
      title={t('kept.hold.title')}
      verb={t('kept.hold.place')}
      disabled={said === null || choice.ids.length === 0}
      work={async () => {
        if (said === null) return;
        // The span stays marked, as after a bookmark: there may be more to do with it, and the keyboard's place is kept.
        await placeHold({ ...whole(span), cameraIds: choice.ids, ...said });
        tell(t('kept.hold.placed'));
      }}
      onClose={closeMarkDialog}
    >
      <Span span={span} />
      <p>{t('kept.hold.text')}</p>
      <CameraChoice choice={choice} />
      <HoldFields values={values} onChange={setValues} />
    </Ask>
  );
}

function EraseDialog({ span, shown }: { span: Selection; shown: Shown }) {
  const { t } = useTranslation();
  const choice = useCameraChoice(shown);
  const [reason, setReason] = useState('');
  return (
    <Ask
      title={t('kept.erase.title')}
      verb={t('kept.erase.verb')}
      danger
      disabled={reason.trim() === '' || choice.ids.length === 0}
      work={async () => {
        const { fromMs, toMs } = whole(span);
        await eraseFootage({
          cameraId: choice.ids,
          fromMs,
          toMs: Math.min(toMs, Math.floor(stationNowMs()) - 1),
          reason: reason.trim(),
        });
        useTimeline.getState().clearSelection();
        tell(t('kept.erase.begun'));
      }}
      onClose={closeMarkDialog}
    >
      <Span span={span} />
      <p>{t('kept.erase.text')}</p>
      <CameraChoice choice={choice} />
      <TextInput
        label={t('kept.erase.reason')}
        description={t('kept.erase.reasonHint')}
        maxLength={500}
        required
        data-autofocus
        value={reason}
        onChange={(e) => {
          setReason(e.currentTarget.value);
        }}
      />
    </Ask>
  );
}
