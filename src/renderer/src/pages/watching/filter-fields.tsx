/** Which objects count in a zone or at a line, and when. */
import { MultiSelect, NumberInput, Select } from '@mantine/core';
import { ObjectClass } from '#domain/object-class.ts';
import { ScheduleId } from '#domain/recording-plan.ts';
import type { LineDraft, ZoneDraft } from '#domain/watch-zone.ts';
import { useRecordingSettings } from '../../stores/recording.ts';
import { percentSign } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { choosableClasses, classWord } from '../../ui/class-words.ts';
import { faultWords } from './editing-words.ts';
import { faultOf, type Item } from './items.ts';

type Filter = Pick<ZoneDraft & LineDraft, 'classes' | 'minScore' | 'minHeight' | 'maxHeight' | 'scheduleId'>;

const percent = (v: number | string): number | null => (typeof v === 'number' && v >= 0 && v <= 100 ? v / 100 : null);
const shown = (part: number): number => Math.round(part * 1000) / 10;

export function FilterFields({
  item,
  onChange,
}: {
  item: Item;
  onChange: (change: Partial<Filter>, field: string) => void;
}) {
  const { t } = useTranslation();
  const filter: Filter = item.draft;
  const fault = faultOf(item);
  const schedules = useRecordingSettings((s) => s.settings?.schedules ?? null);
  const gone =
    filter.scheduleId !== null && schedules !== null && !schedules.some((s) => s.id === filter.scheduleId)
      ? [{ value: filter.scheduleId as string, label: t('watching.filter.scheduleGone') }]
      : [];
  return (
    <>
      <MultiSelect
        label={t('watching.filter.classes')}
        placeholder={filter.classes.length === 0 ? t('watching.filter.usual') : ''}
        data={choosableClasses.map((c) => ({ value: c, label: classWord(c) }))}
        value={filter.classes}
        onChange={(values) => {
          onChange({ classes: ObjectClass.options.filter((c) => values.includes(c)) }, 'classes');
        }}
        clearable
        searchable
        hidePickedOptions
      />
      <div className="watch-three">
        <NumberInput
          label={t('watching.filter.minHeight')}
          min={0}
          max={100}
          decimalScale={1}
          suffix={percentSign()}
          value={shown(filter.minHeight)}
          onChange={(v) => {
            const part = percent(v);
            if (part !== null) onChange({ minHeight: part }, 'minHeight');
          }}
        />
        <NumberInput
          label={t('watching.filter.maxHeight')}
          min={0}
          max={100}
          decimalScale={1}
          suffix={percentSign()}
          value={shown(filter.maxHeight)}
          onChange={(v) => {
            const part = percent(v);
            if (part !== null) onChange({ maxHeight: part }, 'maxHeight');
          }}
        />
        <NumberInput
          label={t('watching.filter.minScore')}
          placeholder={t('watching.filter.ofModel')}
          min={0}
          max={100}
          allowDecimal={false}
          suffix={percentSign()}
          value={filter.minScore === null ? '' : Math.round(filter.minScore * 100)}
          onChange={(v) => {
            if (v === '') onChange({ minScore: null }, 'minScore');
            const part = percent(v);
            if (part !== null) onChange({ minScore: part }, 'minScore');
          }}
        />
      </div>
      <p className="quiet watch-note">{t('watching.filter.heightHint')}</p>
      <Select
        label={t('watching.filter.schedule')}
        placeholder={t('watching.filter.always')}
        data={[...(schedules ?? []).map((s) => ({ value: s.id, label: s.name })), ...gone]}
        value={filter.scheduleId}
        onChange={(v) => {
          onChange({ scheduleId: v === null ? null : ScheduleId.parse(v) }, 'scheduleId');
        }}
        clearable
      />
      {fault === 'heights' ? (
        <p className="fault" role="alert">
          {faultWords(fault)}
        </p>
      ) : null}
    </>
  );
}
