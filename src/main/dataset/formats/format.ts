import type { fileFormatIds, Json } from '../../../shared/model/index.js';
import type { Listed } from '../../ground/list.js';
import type { Column } from '../columns.js';

export type Row = { [column: string]: Json | undefined };

export interface WrittenFile {
  rows: number;
  bytes: number;
  /** Lowercase hex. */
  sha256: string;
}

/** One file being written. */
export interface RowWriter {
  /** Resolves when the writer can take more; memory stays bounded. */
  write(row: Row): Promise<void>;
  /** Ends the file and forces it to disk. */
  finish(): Promise<WrittenFile>;
  /** Gives the file up; what was written stays for the caller to remove. */
  abandon(): Promise<void>;
}

/** A kind of file that rows are written to. */
export interface FileFormat extends Listed<(typeof fileFormatIds)[number]> {
  description: string;
  /** Without the dot. */
  extension: string;
  open(path: string, columns: readonly Column[]): Promise<RowWriter>;
  /** The row as this kind of file holds it, for the preview. */
  shown(row: Row, columns: readonly Column[]): Json;
}
