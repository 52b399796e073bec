import type { compressions, FileFormatId, Json } from '../../../shared/model/index.js';
import type { Listed } from '../../ground/list.js';
import type { Column } from '../columns.js';

export type Row = { [column: string]: Json | undefined };
export type Compression = (typeof compressions)[number];

export interface WrittenFile {
  rows: number;
  bytes: number;
  /** Lowercase hex. */
  sha256: string;
}

/** One file being written. */
export interface RowWriter {
  /** To be awaited: the writer can take more then; null where it can at once. Memory stays bounded. */
  write(row: Row): Promise<void> | null;
  /** About how many bytes the file has by now. */
  bytes(): number;
  /** Ends the file and forces it to disk. */
  finish(): Promise<WrittenFile>;
  /** Gives the file up; what was written stays for the caller to remove. */
  abandon(): Promise<void>;
}

/** In front of the name of a file that is written anew while the old one stands. */
export const draftPrefix = /^\.erasing-/;

/** A kind of file that rows are written to. */
export interface FileFormat extends Listed<FileFormatId> {
  description: string;
  /** Without the dot. */
  extension: string;
  /** The folder of its files in that of the dataset; absent: there itself. */
  folder?: string;
  /** Megabytes of a shard where none are asked for; absent: a split is one file. */
  shardMb?: number;
  /** How a file can be packed: what its name ends in then, '' where only its inside is packed. Absent: nobody reads it. */
  packed: { [how in Compression]?: string };
  open(path: string, columns: readonly Column[], compress?: Compression): Promise<RowWriter>;
  /** The rows of such a file, as the writer takes them; its name says how it is packed. */
  rows(path: string, columns: readonly Column[]): AsyncIterable<Row>;
  /** The row as this kind of file holds it, for the preview. */
  shown(row: Row, columns: readonly Column[]): Json;
  /** What lies beside a file and is not as its row says; null where all is. Absent: nothing lies there. */
  problem?(path: string, row: Row): Promise<string | null>;
  /** What lies beside a file and belongs to its rows, by the path from its folder. Absent: nothing lies there. */
  beside?(path: string): AsyncIterable<string>;
  /** Removes what lies beside a file and belongs to none of its rows. */
  settle?(path: string): Promise<void>;
}
