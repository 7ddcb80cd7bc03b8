/** What matters at a line. Its sides are those of who walks from A to B. */
import { Button, NumberInput, Select, Switch } from '@mantine/core';
import { ArrowLeftRight } from 'lucide-react';
import type { LineId } from '#domain/id.ts';
import { LineDirection, LineDraft, type LineDraft as Draft } from '#domain/watch-zone.ts';
import { useTranslation } from '../../text/index.ts';
import { FilterFields } from './filter-fields.tsx';
import type { LineItem } from './items.ts';
import { NameField } from './name-field.tsx';

const Tells = LineDraft.shape.tells.unwrap();
/** A stretch as it is measured in most yards; a person measures the real one. */
const usualMetres = 10;

export function LineForm({
  item,
  others,
  onChange,
  onTurn,
}: {
  item: LineItem;
  /** Lines of the same camera that the station knows: speed can be measured to them. */
  others: readonly { id: LineId; name: string }[];
  onChange: (item: LineItem, field: string) => void;
  onTurn: () => void;
}) {
  const { t } = useTranslation();
  const { draft } = item;
  const { speed } = draft;
  const change = (with_: Partial<Draft>, field: string): void => {
    onChange({ ...item, draft: { ...draft, ...with_ } }, field);
  };
  const ways = LineDirection.options.map((w) => ({ value: w, label: t(`watching.line.${w}`) }));
  return (
    <div className="stack">
      <NameField item={item} onChange={change} />
      <div className="pair">
        <Select
          label={t('watching.line.tells')}
          allowDeselect={false}
          data={Tells.options.map((v) => ({ value: v, label: t(`watching.line.${v}`) }))}
          value={draft.tells}
          onChange={(v) => {
            change({ tells: Tells.parse(v) }, 'tells');
          }}
        />
        <Button
          className="pair-low"
          variant="default"
          leftSection={<ArrowLeftRight size={15} aria-hidden="true" />}
          onClick={onTurn}
        >
          {t('watching.line.turn')}
        </Button>
      </div>
      <p className="quiet watch-note">{t('watching.line.sides')}</p>
      <div className="pair">
        <Select
          label={t('watching.line.countsIn')}
          placeholder={t('watching.line.notCounted')}
          clearable
          data={ways}
          value={draft.countsIn}
          onChange={(v) => {
            change({ countsIn: v === null ? null : LineDirection.parse(v) }, 'countsIn');
          }}
        />
        <Select
          label={t('watching.line.wrongWay')}
          placeholder={t('watching.line.noWrongWay')}
          clearable
          data={ways}
          value={draft.wrongWay}
          onChange={(v) => {
            change({ wrongWay: v === null ? null : LineDirection.parse(v) }, 'wrongWay');
          }}
        />
      </div>
      <Switch
        label={t('watching.speed.title')}
        description={t(others.length === 0 ? 'watching.speed.needsLine' : 'watching.speed.hint')}
        checked={speed !== null}
        disabled={others.length === 0 && speed === null}
        onChange={(e) => {
          const to = others[0];
          if (!e.currentTarget.checked) change({ speed: null }, 'speed');
          else if (to) change({ speed: { toLineId: to.id, metres: usualMetres, limitKmh: null } }, 'speed');
        }}
      />
      {speed === null ? null : (
        <div className="watch-three">
          <Select
            label={t('watching.speed.to')}
            allowDeselect={false}
            data={others.map((o) => ({ value: o.id, label: o.name }))}
            value={speed.toLineId}
            onChange={(v) => {
              const to = others.find((o) => o.id === v);
              if (to) change({ speed: { ...speed, toLineId: to.id } }, 'speedTo');
            }}
          />
          <NumberInput
            label={t('watching.speed.metres')}
            min={0.5}
            max={1000}
            decimalScale={1}
            suffix=" m"
            value={speed.metres}
            onChange={(v) => {
              if (typeof v === 'number' && v >= 0.5 && v <= 1000) change({ speed: { ...speed, metres: v } }, 'metres');
            }}
          />
          <NumberInput
            label={t('watching.speed.limit')}
            placeholder={t('watching.speed.noLimit')}
            min={1}
            max={400}
            suffix=" km/h"
            value={speed.limitKmh ?? ''}
            onChange={(v) => {
              if (v === '') change({ speed: { ...speed, limitKmh: null } }, 'limit');
              else if (typeof v === 'number' && v >= 1 && v <= 400)
                change({ speed: { ...speed, limitKmh: v } }, 'limit');
            }}
          />
        </div>
      )}
      <FilterFields item={item} onChange={change} />
    </div>
  );
}
