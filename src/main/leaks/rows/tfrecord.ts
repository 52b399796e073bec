import { SluiceError } from '../../../shared/errors.js';
import type { Json } from '../../../shared/model/index.js';
import { exampleOf, recordsOf } from '../../ground/tfrecord.js';
import { unpacked } from '../../ground/unpacked.js';
import type { FileRow, RowPlace } from './row.js';

/** So many rows are given out at once. */
const givenRows = 100;

/** Records of `tf.train.Example`. Throws `export_unreadable` for what is none. */
export async function* tfrecordRows(path: string, after: RowPlace | null = null): AsyncGenerator<FileRow[]> {
  let row = 0;
  let rows: FileRow[] = [];
  try {
    for await (const data of recordsOf(unpacked(path))) {
      row += 1;
      if (row > (after?.row ?? 0)) rows.push({ row, value: jsonOf(data), offset: null });
      if (rows.length < givenRows) continue;
      yield rows;
      rows = [];
    }
    if (rows.length > 0) yield rows;
  } catch (error) {
    throw new SluiceError('export_unreadable', `${path} cannot be read as TFRecord.`, undefined, { cause: error });
  }
}

function jsonOf(data: Buffer): Json {
  return Object.fromEntries(
    [...exampleOf(data)].map(([name, feature]): [string, Json] => {
      if ('bytes' in feature) return [name, [...feature.bytes]];
      return [name, 'ints' in feature ? feature.ints.map(String) : [...feature.floats]];
    }),
  );
}
