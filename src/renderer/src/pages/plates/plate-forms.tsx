/** Forms of a list and of a plate on it. */
import { SegmentedControl, Switch, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { PlateListView } from '#contract/plates.ts';
import { PlateEntryDraft, PlateListDraft, PlateListKind, PlateText, type PlateEntry } from '#domain/plate-list.ts';
import { addPlate, addPlateList, changePlate, changePlateList } from '../../stores/plates.ts';
import { useTranslation } from '../../text/index.ts';
import { Ask } from '../../ui/ask.tsx';
import { tell } from '../../ui/tell.ts';
import { dayMs, dayText } from './words.ts';

export function ListForm({
  list,
  onDone,
  onClose,
}: {
  /** null: a new one. */
  list: PlateListView | null;
  onDone: (list: PlateListView) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const [values, setValues] = useState<PlateListDraft>({
    name: list?.name ?? '',
    kind: list?.kind ?? 'allow',
    tolerant: list?.tolerant ?? true,
  });
  const said = PlateListDraft.safeParse(values);
  return (
    <Ask
      title={t(list === null ? 'plates.list.add' : 'plates.list.edit')}
      verb={t('app.verb.save')}
      disabled={!said.success}
      work={async () => {
        if (!said.success) return;
        onDone(await (list === null ? addPlateList(said.data) : changePlateList(list.id, said.data)));
        tell(t('plates.saved'));
      }}
      onClose={onClose}
    >
      <TextInput
        label={t('plates.list.name')}
        data-autofocus
        maxLength={80}
        value={values.name}
        onChange={(e) => {
          setValues({ ...values, name: e.currentTarget.value });
        }}
      />
      <SegmentedControl
        aria-label={t('plates.list.kind')}
        fullWidth
        value={values.kind}
        onChange={(v) => {
          setValues({ ...values, kind: PlateListKind.parse(v) });
        }}
        data={PlateListKind.options.map((k) => ({ value: k, label: t(`plates.kind.${k}`) }))}
      />
      <p className="quiet">{t(`plates.kindHint.${values.kind}`)}</p>
      <Switch
        label={t('plates.list.tolerant')}
        description={t('plates.list.tolerantHint')}
        checked={values.tolerant}
        onChange={(e) => {
          setValues({ ...values, tolerant: e.currentTarget.checked });
        }}
      />
    </Ask>
  );
}

export function EntryForm({
  list,
  entry,
  onDone,
  onClose,
}: {
  list: PlateListView;
  /** null: a new one. */
  entry: PlateEntry | null;
  onDone: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const [values, setValues] = useState({
    text: entry?.text ?? '',
    label: entry?.label ?? '',
    note: entry?.note ?? '',
    from: dayText(entry?.fromMs ?? null),
    to: dayText(entry?.toMs ?? null, entry?.toMs == null ? 0 : 1),
  });
  const text = PlateText.safeParse(values.text);
  const bounds = { fromMs: dayMs(values.from), toMs: dayMs(values.to, 1) };
  const said = PlateEntryDraft.safeParse({ text: values.text, label: values.label, note: values.note, ...bounds });
  const backwards = bounds.fromMs !== null && bounds.toMs !== null && bounds.toMs <= bounds.fromMs;
  const set = (key: keyof typeof values) => (e: { currentTarget: { value: string } }) => {
    setValues({ ...values, [key]: e.currentTarget.value });
  };
  return (
    <Ask
      title={t(entry === null ? 'plates.entry.add' : 'plates.entry.edit')}
      verb={t('app.verb.save')}
      disabled={!said.success}
      work={async () => {
        if (!said.success) return;
        await (entry === null ? addPlate(list.id, said.data) : changePlate(entry.id, said.data));
        tell(t('plates.saved'));
        onDone();
      }}
      onClose={onClose}
    >
      <TextInput
        label={t('plates.entry.plate')}
        description={t('plates.entry.plateHint')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        data-autofocus
        maxLength={40}
        spellCheck={false}
        autoComplete="off"
        error={values.text.trim() !== '' && !text.success ? t('plates.entry.badPlate') : null}
        value={values.text}
        onChange={set('text')}
      />
      <TextInput label={t('plates.entry.label')} maxLength={120} value={values.label} onChange={set('label')} />
      <Textarea label={t('plates.entry.note')} maxLength={500} autosize value={values.note} onChange={set('note')} />
      <div className="pair">
        <TextInput type="date" label={t('plates.entry.from')} value={values.from} onChange={set('from')} />
        <TextInput
          type="date"
          label={t('plates.entry.to')}
          error={backwards ? t('plates.entry.backwards') : null}
          value={values.to}
          onChange={set('to')}
        />
      </div>
      <p className="quiet">{t('plates.entry.daysHint')}</p>
    </Ask>
  );
}
