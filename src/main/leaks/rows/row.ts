import type { Json } from '../../../shared/model/index.js';

/** One row as a reader of the file would get it. */
export interface FileRow {
  /** From 1. */
  row: number;
  value: Json;
  /** Where the row's line begins in the file, in bytes; null where rows are no lines. */
  offset: number | null;
}

/** Reads a file row by row; what is held at once does not grow with the file. */
export type RowReader = (path: string) => AsyncGenerator<FileRow>;
