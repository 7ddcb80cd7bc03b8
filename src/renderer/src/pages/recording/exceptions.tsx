/** Days on which a week does not hold. */
import { Button, Checkbox, Select, TextInput } from '@mantine/core';
import { Trash2 } from 'lucide-react';
import { RecordingException, RecordingMode, type RecordingWeek } from '#domain/recording-plan.ts';
import { useTranslation } from '../../text/index.ts';

export function Exceptions({
  week,
  today,
  onChange,
}: {
  week: RecordingWeek;
  /** As calendars write it. */
  today: string;
  onChange: (week: RecordingWeek) => void;
}) {
  const { t } = useTranslation();
  const change = (at: number, to: Partial<RecordingException>): void => {
    onChange({ ...week, exceptions: week.exceptions.map((e, i) => (i === at ? { ...e, ...to } : e)) });
  };
  return (
    <fieldset className="exceptions">
      <legend>{t('recording.exception.title')}</legend>
      <p className="quiet">{t('recording.exception.lead')}</p>
      <ul>
        {week.exceptions.map((e, i) => (
          // Their order is what tells them apart.
          <li key={String(i)}>
            <TextInput
              size="xs"
              label={t('recording.exception.name')}
              value={e.name}
              maxLength={80}
              onChange={(event) => {
                change(i, { name: event.currentTarget.value });
              }}
            />
            <TextInput
              size="xs"
              type="date"
              label={t('recording.exception.from')}
              value={e.fromDay}
              onChange={(event) => {
                const fromDay = event.currentTarget.value;
                if (fromDay !== '') change(i, { fromDay, ...(e.toDay < fromDay && !e.yearly && { toDay: fromDay }) });
              }}
            />
            <TextInput
              size="xs"
              type="date"
              label={t('recording.exception.to')}
              value={e.toDay}
              error={RecordingException.safeParse(e).success ? null : t('recording.exception.wrong')}
              onChange={(event) => {
                if (event.currentTarget.value !== '') change(i, { toDay: event.currentTarget.value });
              }}
            />
            <Checkbox
              size="xs"
              label={t('recording.exception.yearly')}
              checked={e.yearly}
              onChange={(event) => {
                change(i, { yearly: event.currentTarget.checked });
              }}
            />
            <Select
              size="xs"
              label={t('recording.exception.mode')}
              allowDeselect={false}
              data={RecordingMode.options.map((m) => ({ value: m, label: t(`recording.mode.${m}`) }))}
              value={e.mode}
              onChange={(v) => {
                change(i, { mode: RecordingMode.parse(v) });
              }}
            />
            <button
              type="button"
              className="tool"
              aria-label={t('recording.exception.remove', { name: e.name === '' ? e.fromDay : e.name })}
              onClick={() => {
                onChange({ ...week, exceptions: week.exceptions.filter((_, at) => at !== i) });
              }}
            >
              <Trash2 size={15} aria-hidden="true" />
            </button>
          </li>
        ))}
      </ul>
      <Button
        size="xs"
        variant="default"
        disabled={week.exceptions.length >= 200}
        onClick={() => {
          const fresh: RecordingException = {
            name: '',
            fromDay: today,
            toDay: today,
            yearly: false,
            mode: 'continuous',
          };
          onChange({ ...week, exceptions: [...week.exceptions, fresh] });
        }}
      >
        {t('recording.exception.add')}
      </Button>
    </fieldset>
  );
}
