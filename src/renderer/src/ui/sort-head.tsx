/** Head of a table whose columns can be sorted by, with mouse and keyboard. */
import type { ReactNode } from 'react';

export type SortBy<C extends string> = { by: C; down: boolean };

export function SortHead<C extends string>(props: {
  columns: readonly C[];
  numeric: ReadonlySet<C>;
  sort: SortBy<C>;
  label: (column: C) => string;
  onSort: (sort: SortBy<C>) => void;
  children?: ReactNode;
}) {
  const { columns, numeric, sort } = props;
  return (
    <thead>
      <tr>
        {columns.map((column) => (
          <th
            key={column}
            className={numeric.has(column) ? 'num' : undefined}
            aria-sort={sort.by === column ? (sort.down ? 'descending' : 'ascending') : 'none'}
          >
            <button
              type="button"
              className="sort"
              onClick={() => {
                props.onSort({ by: column, down: sort.by === column && !sort.down });
              }}
            >
              {props.label(column)}
              <span aria-hidden="true">{sort.by === column ? (sort.down ? ' ▾' : ' ▴') : ''}</span>
            </button>
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** In the order asked for; what has no key is last, equal ones stay as they were. Pure. */
export function sortRows<R, C extends string>(
  rows: readonly R[],
  { by, down }: SortBy<C>,
  keyOf: (row: R, by: C) => number | string | null,
): R[] {
  return [...rows].sort((a, b) => {
    const [x, y] = [keyOf(a, by), keyOf(b, by)];
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
    const order = typeof x === 'string' || typeof y === 'string' ? String(x).localeCompare(String(y)) : x - y;
    return down ? -order : order;
  });
}
