/** What is said of a bookmark and of a hold: the same where they are made and where they are changed. */
import { Select, Textarea, TextInput } from '@mantine/core';
import { dayMs } from '#domain/time.ts';
import { stationNowMs } from '../client/index.ts';
import { useTranslation } from '../text/index.ts';

export type BookmarkValues = { name: string; note: string };

export const bookmarkFrom = ({ name, note }: BookmarkValues): BookmarkValues | null =>
  name.trim() === '' ? null : { name: name.trim(), note: note.trim() };

export function BookmarkFields(props: { values: BookmarkValues; onChange: (values: BookmarkValues) => void }) {
  const { t } = useTranslation();
  const { values, onChange } = props;
  return (
    <>
      <TextInput
        label={t('kept.bookmark.name')}
        maxLength={120}
        required
        data-autofocus
        value={values.name}
        onChange={(e) => {
          onChange({ ...values, name: e.currentTarget.value });
        }}
      />
      <Textarea
        label={t('kept.bookmark.note')}
        maxLength={2000}
        autosize
        minRows={2}
        value={values.note}
        onChange={(e) => {
          onChange({ ...values, note: e.currentTarget.value });
        }}
      />
    </>
  );
}

const days = [30, 90, 365] as const;
/** `until`: days from now, 'ever', or 'as-is'. */
export type HoldValues = { reason: string; owner: string; until: string };

/** `asIsMs`: what 'as-is' stands for. null: something is missing. */
export function holdFrom(
  { reason, owner, until }: HoldValues,
  asIsMs: number | null = null,
): { reason: string; owner: string; untilMs: number | null } | null {
  if (reason.trim() === '' || owner.trim() === '') return null;
  const untilMs =
    until === 'as-is' ? asIsMs : until === 'ever' ? null : Math.round(stationNowMs() + Number(until) * dayMs);
  return { reason: reason.trim(), owner: owner.trim(), untilMs };
}

/** `asIs`: of a hold that is changed, its end in words. */
export function HoldFields(props: { values: HoldValues; asIs?: string; onChange: (values: HoldValues) => void }) {
  const { t } = useTranslation();
  const { values, asIs, onChange } = props;
  const ever = t('kept.hold.forEver');
  return (
    <>
      <TextInput
        label={t('kept.hold.reason')}
        maxLength={500}
        required
        data-autofocus
        value={values.reason}
        onChange={(e) => {
          onChange({ ...values, reason: e.currentTarget.value });
        }}
      />
      <TextInput
        label={t('kept.hold.owner')}
        description={t('kept.hold.ownerHint')}
        maxLength={80}
        required
        value={values.owner}
        onChange={(e) => {
          onChange({ ...values, owner: e.currentTarget.value });
        }}
      />
      <Select
        label={t('kept.hold.until')}
        description={asIs === undefined ? null : t('kept.hold.editMore')}
        allowDeselect={false}
        data={[
          ...(asIs === undefined ? [] : [{ value: 'as-is', label: asIs }]),
          ...days.map((d) => ({ value: String(d), label: t('kept.days', { count: d }) })),
          ...(asIs === ever ? [] : [{ value: 'ever', label: ever }]),
        ]}
        value={values.until}
        onChange={(until) => {
          if (until !== null) onChange({ ...values, until });
        }}
      />
    </>
  );
}
