/** Adding, changing and taking out an archive. */
import { Checkbox, NumberInput, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ArchiveView } from '#domain/archive.ts';
import { addArchive, changeArchive, removeArchive } from '../../stores/archives.ts';
import { bytesOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { Ask } from '../../ui/ask.tsx';
import { PasswordInput } from '../../ui/password-input.tsx';
import { tell } from '../../ui/tell.ts';
import { archiveFrom, archiveValuesOf, emptyArchive, type ArchiveValues } from './archive-values.ts';

const order = ['label', 'input', 'description', 'error'] satisfies ('label' | 'input' | 'description' | 'error')[];

/** `archive` null: a new one. */
export function ArchiveDialog({ archive, onClose }: { archive: ArchiveView | null; onClose: () => void }) {
  const { t } = useTranslation();
  const [values, setValues] = useState(() => (archive === null ? emptyArchive : archiveValuesOf(archive)));
  const read = archiveFrom(values);
  const lacksSecret = values.kind === 's3' && archive === null && values.secret === '';
  // Nothing is said of what is not filled in yet.
  const wrong = 'field' in read && read.filled ? read.field : null;
  return (
    <Ask
      title={archive === null ? t('archive.add') : t('archive.change', { name: archive.name })}
      verb={t(archive === null ? 'archive.tryAndAdd' : 'archive.save')}
      disabled={lacksSecret || 'field' in read}
      work={async () => {
        if (!('settings' in read)) return;
        const secret = values.secret === '' ? null : values.secret;
        if (archive === null) await addArchive({ ...read.settings, secret });
        else await changeArchive({ archive: archive.archive, ...read.settings, secret });
        tell(t(archive === null ? 'archive.added' : 'archive.saved'));
      }}
      onClose={onClose}
    >
      {archive === null ? (
        <SegmentedControl
          aria-label={t('archive.kind')}
          data={[
            { value: 'folder', label: t('archive.folder') },
            { value: 's3', label: t('archive.s3') },
          ]}
          value={values.kind}
          onChange={(kind) => {
            setValues({ ...values, kind: kind === 's3' ? 's3' : 'folder' });
          }}
        />
      ) : null}
      {wrong === null ? null : <p className="fault">{t('archive.wrong', { field: t(`archive.field.${wrong}`) })}</p>}
      <Place values={values} isNew={archive === null} field={wrong ?? ''} onChange={setValues} />
      <Pace values={values} onChange={setValues} />
    </Ask>
  );
}

type Part = { values: ArchiveValues; onChange: (values: ArchiveValues) => void };

function Place({ values, isNew, field, onChange }: Part & { isNew: boolean; field: string }) {
  const { t } = useTranslation();
  const text = (name: 'name' | 'path' | 'endpoint' | 'region' | 'bucket' | 'prefix' | 'accessKey', hint?: string) => (
    <TextInput
      label={t(`archive.field.${name}`)}
      description={hint}
      inputWrapperOrder={order}
      error={field === name}
      spellCheck={false}
      autoComplete="off"
      value={values[name]}
      onChange={(e) => {
        onChange({ ...values, [name]: e.currentTarget.value });
      }}
    />
  );
  const check = (name: 'pathStyle' | 'plainHttp') => (
    <Checkbox
      label={t(`archive.field.${name}`)}
      checked={values[name]}
      onChange={(e) => {
        onChange({ ...values, [name]: e.currentTarget.checked });
      }}
    />
  );
  return (
    <>
      {text('name')}
      {values.kind === 'folder' ? (
        text('path', t('archive.pathHint'))
      ) : (
        <>
          {text('endpoint', t('archive.endpointHint'))}
          {text('region')}
          {text('bucket')}
          {text('prefix', t('archive.prefixHint'))}
          {text('accessKey')}
          <PasswordInput
            label={t('archive.field.secret')}
            description={isNew ? t('archive.secretHint') : t('archive.secretKept')}
            autoComplete="off"
            value={values.secret}
            onChange={(e) => {
              onChange({ ...values, secret: e.currentTarget.value });
            }}
          />
          {check('pathStyle')}
          {/^http:/i.test(values.endpoint) ? check('plainHttp') : null}
        </>
      )}
    </>
  );
}

function Pace({ values, onChange }: Part) {
  const { t } = useTranslation();
  const rate = (name: 'within' | 'outside') => (
    <NumberInput
      label={t(values.hours ? `archive.field.${name}` : 'archive.field.rate')}
      description={t('archive.rateHint')}
      inputWrapperOrder={order}
      placeholder={t('archive.noLimit')}
      min={0}
      max={100_000}
      allowNegative={false}
      value={values[name]}
      onChange={(value) => {
        onChange({ ...values, [name]: value });
      }}
    />
  );
  const time = (name: 'from' | 'to') => (
    <TextInput
      type="time"
      label={t(`archive.field.${name}`)}
      value={values[name]}
      onChange={(e) => {
        onChange({ ...values, [name]: e.currentTarget.value });
      }}
    />
  );
  return (
    <>
      <Select
        label={t('archive.field.hours')}
        allowDeselect={false}
        data={[
          { value: 'no', label: t('archive.allDay') },
          { value: 'yes', label: t('archive.someHours') },
        ]}
        value={values.hours ? 'yes' : 'no'}
        onChange={(value) => {
          onChange({ ...values, hours: value === 'yes' });
        }}
      />
      {values.hours ? (
        <div className="line">
          {time('from')}
          {time('to')}
        </div>
      ) : null}
      {rate('within')}
      {values.hours ? rate('outside') : null}
    </>
  );
}

export function RemoveArchive({ archive, onClose }: { archive: ArchiveView; onClose: () => void }) {
  const { t } = useTranslation();
  const [lose, setLose] = useState(false);
  const only = archive.only.segments;
  return (
    <Ask
      title={t('archive.remove', { name: archive.name })}
      verb={t('archive.takeOut')}
      danger
      disabled={only > 0 && !lose}
      work={async () => {
        await removeArchive(archive.archive, lose);
        tell(t('archive.takenOut'));
      }}
      onClose={onClose}
    >
      <p>{t('archive.removeText')}</p>
      {only > 0 ? (
        <Checkbox
          label={t('archive.lose', { count: only, size: bytesOf(archive.only.bytes) })}
          checked={lose}
          onChange={(e) => {
            setLose(e.currentTarget.checked);
          }}
        />
      ) : null}
    </Ask>
  );
}
