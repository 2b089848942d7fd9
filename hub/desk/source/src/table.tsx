// A table at a desk; on a phone each row is a card whose values name their column. Read out as a table on both.
import type { ReactNode } from "react";

export interface Column<Row> {
  title: string;
  shown: (row: Row) => ReactNode;
}

interface TableProps<Row> {
  label: string;
  kind?: string;
  columns: Column<Row>[]; // the first names the row
  rows: Row[];
  keyOf: (row: Row, at: number) => string;
}

export function Table<Row>({ label, kind = "", columns, rows, keyOf }: TableProps<Row>) {
  return (
    <div className={`sheet ${kind}`.trim()}>
      <table role="table" aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ title }) => (
              <th key={title} scope="col" role="columnheader">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row, at) => (
            <tr key={keyOf(row, at)} role="row">
              {columns.map(({ title, shown }, place) =>
                place === 0 ? (
                  <th key={title} scope="row" role="rowheader">
                    {shown(row)}
                  </th>
                ) : (
                  <td key={title} role="cell" data-column={title}>
                    <div>{shown(row)}</div>
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
