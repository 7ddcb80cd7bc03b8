/** The name of a zone or a line. */
import { TextInput } from '@mantine/core';
import { useTranslation } from '../../text/index.ts';
import { faultWords } from './editing-words.ts';
import { faultOf, type Item } from './items.ts';

export function NameField({
  item,
  onChange,
}: {
  item: Item;
  onChange: (change: { name: string }, field: string) => void;
}) {
  const { t } = useTranslation();
  const fault = faultOf(item);
  return (
    <TextInput
      label={t('watching.name')}
      maxLength={80}
      value={item.draft.name}
      error={fault === 'name' ? faultWords(fault) : null}
      onChange={(e) => {
        onChange({ name: e.currentTarget.value }, 'name');
      }}
    />
  );
}
