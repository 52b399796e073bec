import { exampleBytes, exampleOf, type Feature, record, recordsOf } from '../../ground/tfrecord.js';
import { unpacked } from '../../ground/unpacked.js';
import type { Cell } from '../columns.js';
import { type FlatColumn, flatCell, flatColumns, unflat } from './flat.js';
import type { FileFormat } from './format.js';
import { createHashedFile } from './hashed-file.js';

/** Bytes gathered before they are written. */
const batchBytes = 256 * 1024;

/**
 * TFRecord files of `tf.train.Example`: a feature for each field, structs as `struct.field`; texts, lists and JSON in a bytes
 * list, times (microseconds), integers and booleans in an int64 list, other numbers in a float list, which has 32 bits. A feature that
 * has no value is absent.
 */
export const tfrecord = {
  id: 'tfrecord',
  title: 'TFRecord',
  description: 'tf.train.Example records for TensorFlow and JAX; what nests is JSON text.',
  extension: 'tfrecord',
  packed: { gzip: '.gz' },
  async open(path, columns, compress) {
    const flat = flatColumns(columns);
    const file = await createHashedFile(path, compress);
    let held: Buffer[] = [];
    let size = 0;
    let rows = 0;
    const flush = async () => {
      const bytes = Buffer.concat(held);
      held = [];
      size = 0;
      await file.write(bytes);
    };
    return {
      async write(row) {
        const features = flat.flatMap((column): [string, Feature][] => {
          const value = flatCell(column, row);
          return value === null ? [] : [[column.name, featureOf(column, value)]];
        });
        const bytes = record(exampleBytes(features));
        held.push(bytes);
        size += bytes.length;
        rows += 1;
        if (size >= batchBytes) await flush();
      },
      bytes: () => file.bytes() + (compress === undefined ? size : 0),
      async finish() {
        await flush();
        return { rows, ...(await file.finish()) };
      },
      abandon: () => file.abandon(),
    };
  },
  async *rows(path, columns) {
    const flat = flatColumns(columns);
    for await (const data of recordsOf(unpacked(path))) {
      const features = exampleOf(data);
      yield unflat(
        flat,
        flat.map((column) => cellOf(column, features.get(column.name))),
      );
    }
  },
  shown: (row, columns) =>
    Object.fromEntries(
      flatColumns(columns).map((column) => {
        const value = flatCell(column, row);
        return [column.name, typeof value === 'bigint' ? Number(value) : value];
      }),
    ),
} satisfies FileFormat;

function featureOf(column: FlatColumn, value: Exclude<Cell, object | null>): Feature {
  switch (column.type) {
    case 'timestamp':
    case 'int':
      return { ints: [value as bigint] };
    case 'boolean':
      return { ints: [value === true ? 1n : 0n] };
    case 'double':
      return { floats: [value as number] };
    default:
      return { bytes: [value as string] };
  }
}

function cellOf(column: FlatColumn, feature: Feature | undefined): Exclude<Cell, object> {
  if (feature === undefined) return null;
  if ('bytes' in feature) return feature.bytes[0] ?? null;
  if ('floats' in feature) return feature.floats[0] ?? null;
  const value = feature.ints[0] ?? null;
  return column.type === 'boolean' ? value === 1n : value;
}
