import { type Json, toIso } from '../../../shared/model/index.js';
import { type Cell, type Column, cell } from '../columns.js';
import type { Row } from './format.js';

/** A column of a file that cannot nest: where its value stands in the row. */
export interface FlatColumn extends Column {
  path: string[];
}

/** Structs become a column for each of their fields, named `struct.field`; lists and JSON stay one column of JSON text. */
export function flatColumns(columns: readonly Column[], above: string[] = [], nullable = false): FlatColumn[] {
  return columns.flatMap((column) => {
    const path = [...above, column.name];
    const maybe = nullable || column.nullable;
    if (column.type === 'struct') return flatColumns(column.fields as Column[], path, maybe);
    return [{ ...column, name: path.join('.'), nullable: maybe, path }];
  });
}

/** The cell of a flat column; lists are JSON text. */
export function flatCell(column: FlatColumn, row: Row): Exclude<Cell, object> {
  let value: Json | undefined = row as Json;
  for (const name of column.path) {
    if (typeof value !== 'object' || value === null) return null;
    value = (value as { [name: string]: Json | undefined })[name];
  }
  if (column.type === 'list') return cell({ ...column, type: 'json' }, value) as string | null;
  return cell(column, value) as Exclude<Cell, object>;
}

/** The row of what stands in its flat columns; null and absent are one. */
export function unflat(columns: readonly FlatColumn[], cells: readonly Exclude<Cell, object>[]): Row {
  const row: Row = {};
  for (const [index, column] of columns.entries()) {
    const value = jsonOf(column, cells[index] ?? null);
    if (value === null) continue;
    let at: { [name: string]: Json | undefined } = row;
    for (const name of column.path.slice(0, -1)) {
      at[name] ??= {};
      at = at[name] as { [name: string]: Json | undefined };
    }
    at[column.path.at(-1) as string] = value;
  }
  return row;
}

function jsonOf(column: FlatColumn, value: Exclude<Cell, object>): Json {
  if (value === null) return null;
  if (column.type === 'json' || column.type === 'list') return JSON.parse(value as string) as Json;
  if (column.type === 'timestamp') return toIso(Number(value));
  if (column.type === 'int') return Number(value);
  return value as Json;
}
