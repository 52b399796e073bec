import { rm } from 'node:fs/promises';
import type { Column } from './columns.js';
import type { FileFormat, Row, RowWriter, WrittenFile } from './formats/format.js';
import { jsonl } from './formats/jsonl.js';

/** A file beside the data whose rows name the files of data (`file`) that they are about. */
export interface SideFile {
  write(row: Row & { file: string }): Promise<void> | null;
  /** `named`: names of files of data by what they were called while they were written. */
  finish(named: ReadonlyMap<string, string>): Promise<WrittenFile>;
  abandon(): Promise<void>;
}

/** Where files of data get their names at the end only (`late`), the rows wait in a draft. */
export async function openSideFile(
  path: string,
  format: FileFormat,
  columns: readonly Column[],
  late: boolean,
): Promise<SideFile> {
  if (!late) {
    const writer = await format.open(path, columns);
    return { write: writer.write, finish: () => writer.finish(), abandon: writer.abandon };
  }
  const draft = `${path}.draft`;
  let writer: RowWriter = await jsonl.open(draft, columns, undefined);
  return {
    write: (row) => writer.write(row),
    async finish(named) {
      await writer.finish();
      writer = await format.open(path, columns);
      for await (const row of jsonl.rows(draft))
        await writer.write({ ...row, file: named.get(row.file as string) ?? (row.file as string) });
      const written = await writer.finish();
      await rm(draft);
      return written;
    },
    abandon: () => writer.abandon(),
  };
}
