import type { Json } from '../../../shared/model/index.js';
import { parseJson } from '../../ground/json.js';

/** One row as a reader of the file would get it. */
export interface FileRow {
  /** From 1. */
  row: number;
  value: Json;
  /** Where the row's line begins in the file, in bytes; null where rows are no lines. */
  offset: number | null;
}

/** A row that was read, as far as it tells where the next one is. */
export type RowPlace = Pick<FileRow, 'row' | 'offset'>;

/** Reads a file some rows at a time, all or what stands behind `after`; what is held at once does not grow with the file. */
export type RowReader = (path: string, after?: RowPlace | null) => AsyncGenerator<FileRow[]>;

/** The value of JSON in a row: no digit lost, and as deep as it is, since what walks it does not recurse. */
export function rowJson(text: string): Json | undefined {
  return parseJson(text, { maxDepth: Number.POSITIVE_INFINITY, longNumbers: 'text' });
}
