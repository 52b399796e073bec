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
  /** What comes stands in another file, unless nothing stands in this one. */
  next(): Promise<void>;
  /** Ends the files; those of shards have their names only then, since these say how many there are. */
  finish(): Promise<ShardFile[]>;
  abandon(): Promise<void>;
}

export interface ShardOptions {
  compress?: Compression | undefined;
  /** Megabytes (10^6) after which a new file is begun; absent: as the format does. */
  shardMb?: number | undefined;
  /** Files are begun by `next` alone, whatever their size. */
  onlyNext?: boolean;
}

/** Writes a split as one file, or as shards `<split>-00000-of-00003` that are about as large as asked for. */
export async function openSplit(
  folder: string,
  split: string,
  format: FileFormat,
  columns: readonly Column[],
  { compress, shardMb = format.shardMb, onlyNext = false }: ShardOptions,
): Promise<SplitWriter> {
  const ending = `.${format.extension}${compress === undefined ? '' : (format.packed[compress] ?? '')}`;
  const prefix = format.folder === undefined ? '' : `${format.folder}/`;
  const several = shardMb !== undefined || onlyNext;
  const limit = shardMb === undefined || onlyNext ? Number.POSITIVE_INFINITY : shardMb * 1_000_000;
  const number = (value: number) => String(value).padStart(5, '0');
  const draftOf = (shard: number) =>
    several ? `${prefix}${split}-${number(shard)}${ending}` : `${prefix}${split}${ending}`;
  const done: WrittenFile[] = [];
  let current: RowWriter;
  let rows = 0;

  const open = async (shard: number) => {
    const path = join(folder, draftOf(shard));
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    rows = 0;
    return format.open(path, columns, compress);
  };
  const next = async () => {
    if (rows === 0) return;
    done.push(await current.finish());
    current = await open(done.length);
  };
  current = await open(0);
  return {
    next,
    async write(row) {
      if (current.bytes() >= limit) await next();
      const at = { file: draftOf(done.length), shard: done.length, row: rows };
      const full = current.write(row);
      if (full !== null) await full;
      rows += 1;
      return at;
    },
    async finish() {
      done.push(await current.finish());
      if (!several) return done.map((file) => ({ name: draftOf(0), draft: draftOf(0), ...file }));
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
