import type { Json } from '../../../shared/model/index.js';
import type { Column } from '../columns.js';
import type { Row } from './format.js';

/**
 * Looks at what the columns of type `text` (a text, or any other JSON) of a dataset really hold. Where all are texts they are texts in
 * its description too: readers that are told of open JSON take a text that happens to be JSON for the value that it spells.
 */
export function createNarrowing(columns: readonly Column[]) {
  const mixed = new Set<Column>();
  const open = new Set<Column>();
  const holdsText = (column: Column): boolean => {
    const inside = [...(column.fields ?? []), ...(column.of ? [column.of] : [])].map(holdsText).some(Boolean);
    const holds = column.type === 'text' || inside;
    if (holds) open.add(column);
    return holds;
  };
  const looked = columns.filter(holdsText);

  function look(column: Column, value: Json | undefined): void {
    if (value === null || value === undefined || !open.has(column)) return;
    if (column.type === 'text') {
      if (typeof value !== 'string') mixed.add(column);
    } else if (Array.isArray(value)) {
      for (const each of value) look(column.of as Column, each);
    } else if (typeof value === 'object') {
      for (const field of column.fields ?? []) look(field, value[field.name]);
    }
  }
  const narrowed = (column: Column): Column => {
    if (column.type === 'text') return mixed.has(column) ? column : { ...column, type: 'string' };
    return {
      ...column,
      ...(column.of === undefined ? {} : { of: narrowed(column.of) }),
      ...(column.fields === undefined ? {} : { fields: column.fields.map(narrowed) }),
    };
  };
  return {
    row(row: Row): void {
      for (const column of looked) look(column, row[column.name]);
    },
    columns: (): Column[] => columns.map(narrowed),
  };
}
