/** What is said of a disk, when it is added and later. */
import { NumberInput, Select, TextInput } from '@mantine/core';
import { mostReserveBytes } from '#domain/decide/space-need.ts';
import { SyncPolicy, type VolumeSettings } from '#domain/volume.ts';
import { bytesOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';

/** As typed: '' is nothing said. */
export type DiskValues = { name: string; weight: number | string; reserveGb: number | string; sync: SyncPolicy };

const gb = 1e9;
export const valuesOf = (of: Omit<VolumeSettings, 'paused'>): DiskValues => ({
  name: of.name,
  weight: of.weight,
  reserveGb: of.reserveBytes === null ? '' : Math.round((of.reserveBytes / gb) * 10) / 10,
  sync: of.sync,
});
export const usual: DiskValues = { name: '', weight: 1, reserveGb: '', sync: 'durable' };

/** Bytes; null: as much as is good for the disk. */
const reserveOf = ({ reserveGb }: DiskValues): number | null =>
  reserveGb === '' ? null : Math.round(Number(reserveGb) * gb);
/** More is to be kept free than can be: half of the disk. `totalBytes` null: how large it is is not known. */
const isTooMuch = (values: DiskValues, totalBytes: number | null): boolean =>
  totalBytes !== null && (reserveOf(values) ?? 0) > mostReserveBytes(totalBytes);

/** null: it cannot be so. `totalBytes` of the disk. */
export function settingsFrom(values: DiskValues, totalBytes: number | null): Omit<VolumeSettings, 'paused'> | null {
  const { name, weight, sync } = values;
  const share = Number(weight);
  const reserve = reserveOf(values);
  if (weight === '' || !Number.isInteger(share) || share < 0 || share > 100) return null;
  if (reserve !== null && !(reserve >= 0 && reserve <= 2 ** 50)) return null;
  if (isTooMuch(values, totalBytes)) return null;
  return { name: name.trim(), weight: share, reserveBytes: reserve, sync };
}

export function DiskFields({
  values,
  totalBytes,
  onChange,
}: {
  values: DiskValues;
  totalBytes: number | null;
  onChange: (values: DiskValues) => void;
}) {
  const { t } = useTranslation();
  const order = ['label', 'input', 'description', 'error'] satisfies ('label' | 'input' | 'description' | 'error')[];
  return (
    <>
      <TextInput
        label={t('storage.disk.field.name')}
        maxLength={80}
        value={values.name}
        onChange={(e) => {
          onChange({ ...values, name: e.currentTarget.value });
        }}
      />
      <NumberInput
        label={t('storage.disk.field.weight')}
        description={t('storage.disk.field.weightHint')}
        inputWrapperOrder={order}
        min={0}
        max={100}
        allowDecimal={false}
        allowNegative={false}
        value={values.weight}
        onChange={(weight) => {
          onChange({ ...values, weight });
        }}
      />
      <NumberInput
        label={t('storage.disk.field.reserve')}
        description={t('storage.disk.field.reserveHint')}
        inputWrapperOrder={order}
        placeholder={t('storage.disk.field.reserveEmpty')}
        min={0}
        allowNegative={false}
        decimalScale={1}
        error={
          isTooMuch(values, totalBytes)
            ? t('storage.disk.field.reserveMost', { size: bytesOf(mostReserveBytes(totalBytes ?? 0)) })
            : null
        }
        value={values.reserveGb}
        onChange={(reserveGb) => {
          onChange({ ...values, reserveGb });
        }}
      />
      <Select
        label={t('storage.disk.field.sync')}
        description={t(`storage.disk.syncHint.${values.sync}`)}
        inputWrapperOrder={order}
        allowDeselect={false}
        data={SyncPolicy.options.map((value) => ({ value, label: t(`storage.disk.sync.${value}`) }))}
        value={values.sync}
        onChange={(value) => {
          const sync = SyncPolicy.safeParse(value);
          if (sync.success) onChange({ ...values, sync: sync.data });
        }}
      />
    </>
  );
}
