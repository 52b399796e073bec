import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, type SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { type Json, toIso } from '../../../shared/model/index.js';
import { type Cell, type Column, type ColumnType, cell } from '../columns.js';
import type { FileFormat, Row, RowWriter } from './format.js';
import { createHashedFile } from './hashed-file.js';

/** A row group ends at whichever comes first; it is what one write holds in memory and encodes at once. */
const groupRows = 10_000;
const groupChars = 2 * 1024 * 1024;
/** Rows that are held as objects at once when a file is read. */
const readRows = 1000;

const codecs = { none: 'SNAPPY', gzip: 'GZIP', zstd: 'ZSTD' } as const;
const compressors = {
  GZIP: (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes)),
  ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdCompressSync(bytes)),
};
const decompressors = {
  GZIP: (bytes: Uint8Array) => new Uint8Array(gunzipSync(bytes)),
  ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdDecompressSync(bytes)),
};

/**
 * Apache Parquet with Snappy (or Zstandard, gzip) pages, readable by any reader: strings as UTF8, times as TIMESTAMP in
 * microseconds UTC, lists and structs nested, open JSON as JSON text in UTF8 columns. The schema depends on the layout alone,
 * never on the data, so it is the same in every shard.
 */
export const parquet = {
  id: 'parquet',
  title: 'Parquet',
  description: 'Typed columns, a fraction of the size.',
  extension: 'parquet',
  packed: { gzip: '', zstd: '' },
  open: (path, columns, compress) => openParquet(path, columns, { compress }),
  async *rows(path, columns) {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const parsers = { timestampFromMicroseconds: (micros: bigint) => toIso(Number(micros)) };
    const total = Number(metadata.num_rows);
    for (let rowStart = 0; rowStart < total; rowStart += readRows) {
      const rowEnd = Math.min(total, rowStart + readRows);
      const read = { file, metadata, rowStart, rowEnd, parsers, compressors: decompressors };
      for (const row of await parquetReadObjects(read)) {
        yield Object.fromEntries(columns.map((column) => [column.name, jsonOf(column, row[column.name])]));
      }
    }
  },
  shown: (row: Row, columns: readonly Column[]) =>
    Object.fromEntries(columns.map((column) => [column.name, plain(cell(column, row[column.name]))])),
} satisfies FileFormat;

export async function openParquet(
  path: string,
  columns: readonly Column[],
  { compress, features }: { compress?: keyof typeof codecs | undefined; features?: string },
): Promise<RowWriter> {
  const file = await createHashedFile(path);
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [{ name: 'schema', num_children: columns.length }, ...columns.flatMap((column) => elementsOf(column))],
    codec: codecs[compress ?? 'none'],
    compressors,
    createdBy: 'sluice',
    ...(features === undefined ? {} : { kvMetadata: [{ key: 'huggingface', value: features }] }),
  });
  let cells: Cell[][] = columns.map(() => []);
  let chars = 0;
  let rows = 0;

  const drain = async () => {
    const chunk = bytes.getBytes();
    await file.write(chunk);
    bytes.index = 0;
  };
  const endGroup = async () => {
    const count = cells[0]?.length ?? 0;
    if (count === 0) return;
    writer.write({
      columnData: columns.map((column, index) => ({
        name: column.name,
        data: cells[index] as Cell[],
        // Bounds of JSON text help no reader; page offsets only grow the footer.
        statistics: column.type !== 'json' && column.type !== 'text',
        offsetIndex: false,
      })),
      rowGroupSize: count,
    });
    cells = columns.map(() => []);
    chars = 0;
    await drain();
  };
  return {
    write(row) {
      for (let index = 0; index < columns.length; index++) {
        const column = columns[index] as Column;
        const value = cell(column, row[column.name]);
        if (value === null && !column.nullable) throw new TypeError(`column ${column.name} has no value`);
        (cells[index] as Cell[]).push(value);
        chars += sizeOf(value);
      }
      rows += 1;
      return chars >= groupChars || (cells[0]?.length ?? 0) >= groupRows ? endGroup() : null;
    },
    bytes: () => file.bytes() + chars,
    async finish() {
      await endGroup();
      writer.finish();
      await drain();
      return { rows, ...(await file.finish()) };
    },
    abandon: () => file.abandon(),
  };
}

function sizeOf(value: Cell): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let size = 8;
  for (const each of Array.isArray(value) ? value : Object.values(value)) size += sizeOf(each);
  return size;
}

/** A value as it is read, as the writer takes it: times with all their digits, JSON as values. */
function jsonOf(column: Column, value: unknown): Json {
  if (value === null || value === undefined) return null;
  switch (column.type) {
    case 'json':
      return JSON.parse(value as string) as Json;
    case 'int':
      return Number(value);
    case 'list':
      return (value as unknown[]).map((each) => jsonOf(column.of as Column, each));
    case 'struct':
      return Object.fromEntries(
        (column.fields as Column[]).flatMap((field) => {
          const inner = jsonOf(field, (value as { [name: string]: unknown })[field.name]);
          return inner === null ? [] : [[field.name, inner]];
        }),
      );
    default:
      return value as Json;
  }
}

/** For the eye: a time as it is read. */
function plain(value: Cell): Json {
  if (typeof value === 'bigint') return toIso(Number(value));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
}

/** Parquet's physical and logical type of each kind of column that does not nest. */
const elements = {
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  json: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  timestamp: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MICROS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
  },
  int: { type: 'INT64' },
  double: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
} as const satisfies Record<Exclude<ColumnType, 'list' | 'struct'>, Partial<SchemaElement>>;

function elementsOf(column: Column): SchemaElement[] {
  const { name, type, nullable } = column;
  const repetition_type = nullable ? ('OPTIONAL' as const) : ('REQUIRED' as const);
  if (type === 'list') {
    return [
      { name, repetition_type, num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      ...elementsOf({ ...(column.of as Column), name: 'element' }),
    ];
  }
  if (type === 'struct') {
    const fields = column.fields as Column[];
    return [{ name, repetition_type, num_children: fields.length }, ...fields.flatMap((field) => elementsOf(field))];
  }
  return [{ name, repetition_type, ...elements[type] }];
}
