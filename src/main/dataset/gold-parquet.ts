import { parseJson } from '../ground/json.js';
import { columnsOf } from './columns.js';
import type { Row, WrittenFile } from './formats/format.js';
import { parquet } from './formats/parquet.js';
import { goldRow, goldTraces } from './layouts/gold-trace.js';

const columns = columnsOf(goldTraces.row, { nested: false });

/** Writes lines of gold traces as a Parquet file of the layout gold-trace, forced to disk; `path` must not be there. Throws where a line is none. */
export async function writeGoldParquet(lines: AsyncIterable<string>, path: string): Promise<WrittenFile> {
  const writer = await parquet.open(path, columns, undefined);
  try {
    for await (const line of lines) {
      const gold = parseJson(line);
      if (typeof gold !== 'object' || gold === null || Array.isArray(gold))
        throw new TypeError('A line is no gold trace.');
      await writer.write(goldRow(gold, '') as Row);
    }
  } catch (error) {
    await writer.abandon();
    throw error;
  }
  return writer.finish();
}
