/** What matters in a zone. */
import { Checkbox, NumberInput, Radio, SegmentedControl, Select, Switch } from '@mantine/core';
import { ZoneIgnores, ZoneKind, type ZoneDraft, type ZoneTriggers } from '#domain/watch-zone.ts';
import { PlateTells } from '#domain/watching.ts';
import { useTranslation } from '../../text/index.ts';
import { FilterFields } from './filter-fields.tsx';
import type { ZoneItem } from './items.ts';
import { NameField } from './name-field.tsx';

/** What a trigger begins with when it is switched on, and its bounds. */
const counted = {
  loitersS: { usual: 20, least: 1, most: 86_400 },
  crowd: { usual: 5, least: 1, most: 500 },
  leftS: { usual: 60, least: 5, most: 86_400 },
  takenS: { usual: 30, least: 5, most: 86_400 },
} as const;
type Counted = keyof typeof counted;
/** What is not said of a zone is as for its camera. */
const asCamera = 'camera';
const tellings = [asCamera, ...PlateTells.options] as const;
const countedNames = ['loitersS', 'crowd', 'leftS', 'takenS'] as const satisfies readonly Counted[];
const plainNames = ['present', 'enters', 'leaves'] as const satisfies readonly (keyof ZoneTriggers)[];

function Trigger({
  name,
  value,
  onChange,
}: {
  name: Counted;
  value: number | null;
  onChange: (value: number | null) => void;
}) {
  const { t } = useTranslation();
  const { usual, least, most } = counted[name];
  return (
    <div className="watch-trigger">
      <Checkbox
        label={t(`watching.trigger.${name}`)}
        checked={value !== null}
        onChange={(e) => {
          onChange(e.currentTarget.checked ? usual : null);
        }}
      />
      {value === null ? null : (
        <NumberInput
          aria-label={t(`watching.trigger.${name}Value`)}
          size="xs"
          w={104}
          min={least}
          max={most}
          allowDecimal={false}
          suffix={name === 'crowd' ? '' : ' s'}
          value={value}
          onChange={(v) => {
            if (typeof v === 'number' && Number.isInteger(v) && v >= least && v <= most) onChange(v);
          }}
        />
      )}
    </div>
  );
}

export function ZoneForm({ item, onChange }: { item: ZoneItem; onChange: (item: ZoneItem, field: string) => void }) {
  const { t } = useTranslation();
  const { draft } = item;
  const change = (with_: Partial<ZoneDraft>, field: string): void => {
    onChange({ ...item, draft: { ...draft, ...with_ } }, field);
  };
  const trigger = (with_: Partial<ZoneTriggers>, field: string): void => {
    change({ triggers: { ...draft.triggers, ...with_ } }, field);
  };
  return (
    <div className="stack">
      <NameField item={item} onChange={change} />
      <SegmentedControl
        aria-label={t('watching.kind')}
        fullWidth
        value={draft.kind}
        onChange={(v) => {
          change({ kind: ZoneKind.parse(v) }, 'kind');
        }}
        data={ZoneKind.options.map((k) => ({ value: k, label: t(`watching.what.${k}`) }))}
      />
      <p className="quiet watch-note">{t(`watching.whatHint.${draft.kind}`)}</p>
      {draft.kind === 'ignore' ? (
        <Radio.Group
          label={t('watching.ignores.title')}
          value={draft.ignores}
          onChange={(v) => {
            change({ ignores: ZoneIgnores.parse(v) }, 'ignores');
          }}
        >
          <div className="watch-ignores">
            {ZoneIgnores.options.map((v) => (
              <Radio
                key={v}
                value={v}
                label={t(`watching.ignores.${v}`)}
                description={t(`watching.ignores.hint.${v}`)}
              />
            ))}
          </div>
        </Radio.Group>
      ) : null}
      {draft.kind === 'detect' ? (
        <>
          <fieldset className="watch-triggers">
            <legend>{t('watching.trigger.title')}</legend>
            {plainNames.map((name) => (
              <Checkbox
                key={name}
                label={t(`watching.trigger.${name}`)}
                checked={draft.triggers[name]}
                onChange={(e) => {
                  trigger({ [name]: e.currentTarget.checked }, name);
                }}
              />
            ))}
            {countedNames.map((name) => (
              <Trigger
                key={name}
                name={name}
                value={draft.triggers[name]}
                onChange={(value) => {
                  trigger({ [name]: value }, name);
                }}
              />
            ))}
          </fieldset>
          <FilterFields item={item} onChange={change} />
          <Switch
            label={t('watching.plates')}
            description={t('watching.platesHint')}
            checked={draft.plates}
            onChange={(e) => {
              change({ plates: e.currentTarget.checked }, 'plates');
            }}
          />
          {draft.plates ? (
            <Select
              label={t('watching.plateTells')}
              allowDeselect={false}
              data={tellings.map((v) => ({ value: v, label: t(`watching.plateTold.${v}`) }))}
              value={draft.plateTells ?? asCamera}
              onChange={(v) => {
                change({ plateTells: PlateTells.safeParse(v).data ?? null }, 'plateTells');
              }}
            />
          ) : null}
          <Switch
            label={t('watching.urgent')}
            description={t('watching.urgentHint')}
            checked={draft.urgent}
            onChange={(e) => {
              change({ urgent: e.currentTarget.checked }, 'urgent');
            }}
          />
        </>
      ) : null}
    </div>
  );
}
