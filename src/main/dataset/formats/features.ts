import type { Column } from '../columns.js';
import { flatColumns } from './flat.js';
import type { FileFormat } from './format.js';

/** A feature as `datasets` writes it in a file's metadata and in a card. */
export type Feature = { [key: string]: string | Feature } | { [field: string]: Feature };

/**
 * The features of a dataset for `datasets` 4.7 and later: open JSON is its type `Json`, so that rows that mix types load as they
 * were written. Files of text hold JSON as values, typed files as text.
 */
export function featuresOf(columns: readonly Column[], format: FileFormat['id']): { [column: string]: Feature } | null {
  if (format === 'tfrecord') return null;
  const flat = format === 'csv' ? flatColumns(columns) : columns;
  return Object.fromEntries(flat.map((column) => [column.name, featureOf(column, format)]));
}

function featureOf(column: Column, format: FileFormat['id']): Feature {
  switch (column.type) {
    case 'list':
      return format === 'csv' ? value('string') : { _type: 'List', feature: featureOf(column.of as Column, format) };
    case 'struct':
      return Object.fromEntries((column.fields as Column[]).map((field) => [field.name, featureOf(field, format)]));
    case 'json':
      return format === 'csv' ? value('string') : { _type: 'Json' };
    case 'text':
      return format === 'jsonl' ? { _type: 'Json' } : value('string');
    case 'timestamp':
      return value('timestamp[us, tz=UTC]');
    case 'double':
      return value('float64');
    case 'int':
      return value('int64');
    case 'boolean':
      return value('bool');
    case 'string':
      return value('string');
    default:
      return column.type satisfies never;
  }
}

function value(dtype: string): Feature {
  return { _type: 'Value', dtype };
}
