/** What is asked for a bookmark, a hold, or a deletion that was marked on the timeline. */
import { MultiSelect, Select, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { CameraId } from '#domain/id.ts';
import { dayMs } from '#domain/time.ts';
import { stationNowMs } from '../client/index.ts';
import { useCameras } from '../stores/cameras.ts';
import { addBookmark, placeHold } from '../stores/marks.ts';
import { eraseFootage } from '../stores/retention.ts';
import { useSession } from '../stores/session.ts';
import { dateTimeOf, durationOf } from '../text/format.ts';
import { useTranslation } from '../text/index.ts';
import { Ask } from '../ui/ask.tsx';
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
  const [name, setName] = useState('');
  const [note, setNote] = useState('');
  return (
    <Ask
      title={t('kept.bookmark.title')}
      verb={t('kept.bookmark.add')}
      disabled={name.trim() === ''}
      work={async () => {
        await addBookmark({ cameraId, atMs: Math.round(atMs), name: name.trim(), note: note.trim() });
        tell(t('kept.bookmark.added', { name: name.trim() }));
      }}
      onClose={closeMarkDialog}
    >
      <p className="quiet">{t('kept.at', { camera, time: dateTimeOf(atMs) })}</p>
      <TextInput
        label={t('kept.bookmark.name')}
        maxLength={120}
        required
        data-autofocus
        value={name}
        onChange={(e) => {
          setName(e.currentTarget.value);
        }}
      />
      <Textarea
        label={t('kept.bookmark.note')}
        maxLength={2000}
        autosize
        minRows={2}
        value={note}
        onChange={(e) => {
          setNote(e.currentTarget.value);
        }}
      />
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

const holdDays = [30, 90, 365] as const;

function HoldDialog({ span, shown }: { span: Selection; shown: Shown }) {
  const { t } = useTranslation();
  const choice = useCameraChoice(shown);
  const user = useSession((s) => s.user?.name ?? '');
  const [reason, setReason] = useState('');
  const [owner, setOwner] = useState(user);
  const [days, setDays] = useState('90');
  return (
    <Ask
      title={t('kept.hold.title')}
      verb={t('kept.hold.place')}
      disabled={reason.trim() === '' || owner.trim() === '' || choice.ids.length === 0}
      work={async () => {
        const untilMs = days === '' ? null : Math.round(stationNowMs() + Number(days) * dayMs);
        await placeHold({
          ...whole(span),
          cameraIds: choice.ids,
          reason: reason.trim(),
          owner: owner.trim(),
          untilMs,
        });
        useTimeline.getState().clearSelection();
        tell(t('kept.hold.placed'));
      }}
      onClose={closeMarkDialog}
    >
      <Span span={span} />
      <p>{t('kept.hold.text')}</p>
      <CameraChoice choice={choice} />
      <TextInput
        label={t('kept.hold.reason')}
        maxLength={500}
        required
        data-autofocus
        value={reason}
        onChange={(e) => {
          setReason(e.currentTarget.value);
        }}
      />
      <TextInput
        label={t('kept.hold.owner')}
        description={t('kept.hold.ownerHint')}
        maxLength={80}
        required
        value={owner}
        onChange={(e) => {
          setOwner(e.currentTarget.value);
        }}
      />
      <Select
        label={t('kept.hold.until')}
        allowDeselect={false}
        data={[
          ...holdDays.map((d) => ({ value: String(d), label: t('kept.days', { count: d }) })),
          { value: '', label: t('kept.hold.forEver') },
        ]}
        value={days}
        onChange={(v) => {
          setDays(v ?? '');
        }}
      />
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
