import { Checkbox } from '@mantine/core';
import { ChevronDown, ChevronUp } from 'lucide-react';
import { memo, useMemo, useState } from 'react';
import type { FoundView } from '#domain/finding.ts';
import { locale, useTranslation } from '../../text/index.ts';
import { Mark } from '../../ui/mark.tsx';
import { TableScroll } from '../../ui/table-scroll.tsx';
import { addressOf, arrangeFound, foundColumns, type FoundColumn, type FoundOrder, modelOf } from './arrange-found.ts';
import { choose, useChosen } from './chosen.ts';
import { nameOfFound } from './words.ts';

const headings = {
  name: 'finding.list.name',
  model: 'finding.list.model',
  address: 'finding.list.address',
  known: 'finding.list.here',
} as const satisfies Record<FoundColumn, string>;

const Row = memo(function Row({ device, on }: { device: FoundView; on: boolean }) {
  const { t } = useTranslation();
  const name = nameOfFound(device);
  const names = device.known.map((k) => k.name).join(', ');
  const toggle = (): void => {
    choose([device], !on);
  };
  return (
    // The row is a larger target for the pointer; keyboards and readers have the box in it.
    <tr data-chosen={on} onClick={toggle}>
      <td className="pick">
        <Checkbox
          size="xs"
          checked={on}
          aria-label={t('finding.list.choose', { name, address: addressOf(device) })}
          onClick={(e) => {
            e.stopPropagation();
          }}
          onChange={toggle}
        />
      </td>
      <td>
        <strong>{name}</strong>
        {device.location === null ? null : <span className="quiet"> · {device.location}</span>}
      </td>
      <td>{modelOf(device)}</td>
      <td className="tight">{addressOf(device)}</td>
      <td>{names === '' ? null : <Mark tone="ok">{t('finding.list.hereAs', { names })}</Mark>}</td>
    </tr>
  );
});

/** Found devices to choose from, sorted by any column. `caption` names the table for readers. */
export function FoundTable({
  devices,
  caption,
  query = '',
  hideKnown = false,
}: {
  devices: readonly FoundView[];
  caption: string;
  query?: string;
  hideKnown?: boolean;
}) {
  const { t } = useTranslation();
  const [order, setOrder] = useState<FoundOrder>({ column: 'address', down: false });
  const chosen = useChosen((s) => s.chosen);
  const language = locale();
  const rows = useMemo(
    () => arrangeFound(devices, { query, hideKnown, order }, language),
    [devices, query, hideKnown, order, language],
  );
  const fresh = rows.filter((d) => d.known.length === 0);
  const all = fresh.length > 0 && fresh.every((d) => chosen.has(d.url));
  const some = !all && rows.some((d) => chosen.has(d.url));
  return (
    <TableScroll label={caption}>
      <table className="table add-found">
        <caption className="away">{caption}</caption>
        <thead>
          <tr>
            <th className="pick">
              <Checkbox
                size="xs"
                checked={all}
                indeterminate={some}
                disabled={fresh.length === 0}
                aria-label={t('finding.list.all')}
                onChange={() => {
                  choose(all ? rows : fresh, !all);
                }}
              />
            </th>
            {foundColumns.map((column) => {
              const mine = order.column === column;
              const Arrow = order.down ? ChevronDown : ChevronUp;
              return (
                <th key={column} aria-sort={mine ? (order.down ? 'descending' : 'ascending') : 'none'}>
                  <button
                    type="button"
                    className="add-sort"
                    onClick={() => {
                      setOrder({ column, down: mine && !order.down });
                    }}
                  >
                    {t(headings[column])}
                    {mine ? <Arrow size={13} aria-hidden="true" /> : null}
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {rows.map((d) => (
            <Row key={d.url} device={d} on={chosen.has(d.url)} />
          ))}
        </tbody>
      </table>
      {rows.length === 0 ? <p className="quiet add-none">{t('finding.list.noMatch')}</p> : null}
    </TableScroll>
  );
}
