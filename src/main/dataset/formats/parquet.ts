import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { type Column, type ColumnType, cell } from '../columns.js';
import type { FileFormat, Row } from './format.js';
import { createHashedFile } from './hashed-file.js';

/** A row group ends at whichever comes first; it is what one write holds in memory and encodes at once. */
const groupRows = 10_000;
const groupChars = 2 * 1024 * 1024;

type Cell = ReturnType<typeof cell>;

/**
 * Apache Parquet with Snappy pages, readable by any reader: strings as UTF8, times as TIMESTAMP in microseconds UTC,
 * nested values as JSON text in UTF8 columns. The schema depends on the layout alone, never on the data.
 */
export const parquet = {
  id: 'parquet',
  title: 'Parquet',
  description: 'Typed columns, a fraction of the size.',
  extension: 'parquet',
  async open(path, columns) {
    const file = await createHashedFile(path);
    const bytes = new ByteWriter();
    const writer = new ParquetWriter({ writer: bytes, schema: schemaOf(columns), createdBy: 'sluice' });
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
          statistics: column.type !== 'json',
          offsetIndex: false,
        })),
        rowGroupSize: count,
      });
      cells = columns.map(() => []);
      chars = 0;
      await drain();
    };
    return {
      async write(row) {
        for (const [index, column] of columns.entries()) {
          const value = cell(column, row[column.name]);
          if (value === null && !column.nullable) throw new TypeError(`column ${column.name} has no value`);
          cells[index]?.push(value);
          chars += typeof value === 'string' ? value.length : 8;
        }
        rows += 1;
        if (chars >= groupChars || (cells[0]?.length ?? 0) >= groupRows) await endGroup();
      },
      async finish() {
        await endGroup();
        writer.finish();
        await drain();
        return { rows, ...(await file.finish()) };
      },
      abandon: () => file.abandon(),
    };
  },
  shown: (row: Row, columns: readonly Column[]) =>
    Object.fromEntries(
      columns.map((column) => {
        const value = cell(column, row[column.name]);
        return [column.name, typeof value === 'bigint' ? (row[column.name] as string) : value];
      }),
    ),
} satisfies FileFormat;

/** Parquet's physical and logical type of each kind of column. */
const elements = {
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  json: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  timestamp: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MICROS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
  },
  double: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
} as const satisfies Record<ColumnType, Partial<SchemaElement>>;

function schemaOf(columns: readonly Column[]): SchemaElement[] {
  return [
    { name: 'schema', num_children: columns.length },
    ...columns.map(
      (column): SchemaElement => ({
        name: column.name,
        repetition_type: column.nullable ? 'OPTIONAL' : 'REQUIRED',
        ...elements[column.type],
      }),
    ),
  ];
}
