import { mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Column } from '../columns.js';
import type { Compression, FileFormat, Row, RowWriter, WrittenFile } from './format.js';

export interface ShardFile extends WrittenFile {
  /** Path in the dataset's folder. */
  name: string;
  /** What it was called while it was written. */
  draft: string;
}

/** Where a row came to stand. */
export interface RowPlace {
  /** The file by what it is called while it is written. */
  file: string;
  /** Counts the files of the split from 0. */
  shard: number;
  /** Counts the rows of the file from 0. */
  row: number;
}

/** The files of one split being written. */
export interface SplitWriter {
  write(row: Row): Promise<RowPlace>;
  /** Ends the files; those of shards have their names only then, since these say how many there are. */
  finish(): Promise<ShardFile[]>;
  abandon(): Promise<void>;
}

export interface ShardOptions {
  compress?: Compression | undefined;
  /** Megabytes (10^6) after which a new file is begun; absent: as the format does. */
  shardMb?: number | undefined;
}

/** Writes a split as one file, or as shards `<split>-00000-of-00003` that are about as large as asked for. */
export async function openSplit(
  folder: string,
  split: string,
  format: FileFormat,
  columns: readonly Column[],
  { compress, shardMb = format.shardMb }: ShardOptions,
): Promise<SplitWriter> {
  const ending = `.${format.extension}${compress === undefined ? '' : (format.packed[compress] ?? '')}`;
  const prefix = format.folder === undefined ? '' : `${format.folder}/`;
  const limit = shardMb === undefined ? Number.POSITIVE_INFINITY : shardMb * 1_000_000;
  const number = (value: number) => String(value).padStart(5, '0');
  const draftOf = (shard: number) =>
    shardMb === undefined ? `${prefix}${split}${ending}` : `${prefix}${split}-${number(shard)}${ending}`;
  const done: WrittenFile[] = [];
  let current: RowWriter;
  let rows = 0;

  const open = async (shard: number) => {
    const path = join(folder, draftOf(shard));
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    rows = 0;
    return format.open(path, columns, compress);
  };
  current = await open(0);
  return {
    async write(row) {
      if (rows > 0 && current.bytes() >= limit) {
        done.push(await current.finish());
        current = await open(done.length);
      }
      const at = { file: draftOf(done.length), shard: done.length, row: rows };
      await current.write(row);
      rows += 1;
      return at;
    },
    async finish() {
      done.push(await current.finish());
      if (shardMb === undefined) return done.map((file) => ({ name: draftOf(0), draft: draftOf(0), ...file }));
      const files: ShardFile[] = [];
      for (const [shard, file] of done.entries()) {
        const name = `${prefix}${split}-${number(shard)}-of-${number(done.length)}${ending}`;
        await rename(join(folder, draftOf(shard)), join(folder, name));
        files.push({ name, draft: draftOf(shard), ...file });
      }
      return files;
    },
    abandon: () => current.abandon(),
  };
}
