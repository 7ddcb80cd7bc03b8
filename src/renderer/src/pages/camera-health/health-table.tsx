import type { ReactNode } from 'react';
import { stationNowMs } from '../../client/index.ts';
import { bitRateOf, durationOf, numberOf, percentOf, sinceOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { mainOf } from '../../ui/camera-words.ts';
import { Mark } from '../../ui/mark.tsx';
import { SortHead, sortRows, type SortBy } from '../../ui/sort-head.tsx';
import { TableScroll } from '../../ui/table-scroll.tsx';
import { toneOf, whyOf, type Row } from './health-words.ts';

export const columns = [
  'number',
  'name',
  'state',
  'why',
  'fps',
  'rate',
  'keys',
  'loss',
  'jitter',
  'reconnects',
  'clock',
  'lastEvent',
] as const;
export type Column = (typeof columns)[number];
export type Sort = SortBy<Column>;

const gravity: Record<Row['state'], number> = {
  lost: 0,
  refused: 1,
  unsupported: 2,
  degraded: 3,
  connecting: 4,
  maintenance: 5,
  live: 6,
  disabled: 7,
};
const lossOf = ({ health }: Row): number | null => health?.usual.find((u) => u.kind === 'main')?.loss ?? null;
const offsetOf = ({ camera }: Row): number | null =>
  mainOf(camera)?.clockOffsetMs ?? camera.device?.clockOffsetMs ?? null;

/** What a column is sorted by; null: unknown, always last. */
function keyOf(row: Row, by: Column): number | string | null {
  const main = mainOf(row.camera);
  switch (by) {
    case 'number':
      return row.camera.number;
    case 'name':
      return row.camera.name.toLocaleLowerCase();
    case 'state':
      return gravity[row.state];
    case 'why':
      return whyOf(row) || null;
    case 'fps':
      return main?.fps ?? null;
    case 'rate':
      return main?.bitsPerSecond ?? null;
    case 'keys':
      return main?.keyIntervalMs ?? null;
    case 'loss':
      return lossOf(row);
    case 'jitter':
      return main?.jitterMs ?? null;
    case 'reconnects':
      return main?.reconnects ?? null;
    case 'clock': {
      const off = offsetOf(row);
      return off === null ? null : Math.abs(off);
    }
    case 'lastEvent':
      return row.health?.lastEvent?.atMs ?? null;
  }
}
/** Rows in the order asked for; equal ones by number. Pure. */
export const sorted = (rows: readonly Row[], sort: Sort): Row[] =>
  sortRows(
    rows.toSorted((a, b) => a.camera.number - b.camera.number),
    sort,
    keyOf,
  );

const numeric: ReadonlySet<Column> = new Set([
  'number',
  'fps',
  'rate',
  'keys',
  'loss',
  'jitter',
  'reconnects',
  'clock',
]);

export function HealthTable(props: {
  rows: readonly Row[];
  sort: Sort;
  chosen: string | null;
  onSort: (sort: Sort) => void;
  onChoose: (id: string) => void;
}) {
  const { t } = useTranslation();
  const { rows, sort, chosen } = props;
  const now = stationNowMs();
  const cell = (row: Row, column: Column): ReactNode => {
    const { camera, health } = row;
    const main = mainOf(camera);
    const flows = main !== null && main.bitsPerSecond > 0;
    switch (column) {
      case 'number':
        return camera.number;
      case 'name':
        return (
          <button
            type="button"
            className="link"
            aria-expanded={chosen === camera.id}
            aria-controls="camera-health-panel"
            onClick={() => {
              props.onChoose(camera.id);
            }}
          >
            {camera.name}
          </button>
        );
      case 'state': {
        const since = health?.sinceMs ?? null;
        return (
          <>
            <Mark tone={toneOf(row.state)}>{t(`health.state.${row.state}`)}</Mark>
            {since === null ? null : <span className="quiet"> {t('health.since', { time: sinceOf(since, now) })}</span>}
          </>
        );
      }
      case 'why':
        return whyOf(row);
      case 'fps':
        return flows ? numberOf(main.fps, 1) : '';
      case 'rate':
        return flows ? bitRateOf(main.bitsPerSecond) : '';
      case 'keys':
        return main?.keyIntervalMs == null ? '' : `${numberOf(main.keyIntervalMs / 1000, 1)} s`;
      case 'loss': {
        const loss = lossOf(row);
        return loss === null ? '' : percentOf(loss);
      }
      case 'jitter':
        return main?.jitterMs == null ? '' : `${numberOf(main.jitterMs, 1)} ms`;
      case 'reconnects':
        return main === null ? '' : numberOf(main.reconnects);
      case 'clock': {
        const off = offsetOf(row);
        return off === null ? '' : `${off < 0 ? '−' : '+'}${numberOf(Math.abs(off) / 1000, 1)} s`;
      }
      case 'lastEvent':
        return health?.lastEvent == null
          ? ''
          : `${t(`events.kind.${health.lastEvent.kind}`)}, ${t('health.ago', { age: durationOf(Math.max(0, now - health.lastEvent.atMs)) })}`;
    }
  };
  return (
    <TableScroll label={t('health.title')}>
      <table className="table">
        <SortHead
          columns={columns}
          numeric={numeric}
          sort={sort}
          label={(column) => t(`health.column.${column}`)}
          onSort={props.onSort}
        />
        <tbody>
          {rows.map((row) => (
            <tr key={row.camera.id} data-camera={row.camera.id} data-state={row.state}>
              {columns.map((column) => (
                <td key={column} className={column === 'name' ? 'name' : numeric.has(column) ? 'num' : undefined}>
                  {cell(row, column)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </TableScroll>
  );
}
