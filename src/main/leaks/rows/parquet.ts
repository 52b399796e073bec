import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { SluiceError } from '../../../shared/errors.js';
import type { Json } from '../../../shared/model/index.js';
import type { FileRow, RowPlace } from './row.js';

const compressors = {
  GZIP: (bytes: Uint8Array) => new Uint8Array(gunzipSync(bytes)),
  ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdDecompressSync(bytes)),
};

/** So many rows of a row group are read at once, and so many of these are given out at once. */
const batchRows = 1000;
const givenRows = 100;

/** Apache Parquet, one row group after the other. Throws `export_unreadable` for what is none, or packed otherwise. */
export async function* parquetRows(path: string, after: RowPlace | null = null): AsyncGenerator<FileRow[]> {
  const file = await asyncBufferFromFile(path);
  const metadata = await readable(path, parquetMetadataAsync(file));
  let first = 0;
  for (const group of metadata.row_groups) {
    const end = first + Number(group.num_rows);
    for (let rowStart = Math.max(first, after?.row ?? 0); rowStart < end; rowStart += batchRows) {
      const rowEnd = Math.min(end, rowStart + batchRows);
      const rows = await readable(path, parquetReadObjects({ file, metadata, rowStart, rowEnd, compressors }));
      for (let at = 0; at < rows.length; at += givenRows)
        yield rows
          .slice(at, at + givenRows)
          .map((row, index) => ({ row: rowStart + at + index + 1, value: toJson(row), offset: null }));
    }
    first = end;
  }
}

async function readable<T>(path: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    throw new SluiceError('export_unreadable', `${path} cannot be read as Parquet.`, undefined, { cause: error });
  }
}

function toJson(value: unknown): Json {
  if (value === undefined || value === null) return null;
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === 'object') {
    const object: { [name: string]: Json } = {};
    for (const [name, inner] of Object.entries(value))
      if (name === '__proto__') Object.defineProperty(object, name, { value: toJson(inner), enumerable: true });
      else object[name] = toJson(inner);
    return object;
  }
  return value as Json;
}
