import type { TrainingRun } from '../../../../shared/model/index.js';

type Rows = NonNullable<TrainingRun['rows']>;

/** As many as the engine takes. */
const mostRows = 1_000_000;

/**
 * Rows as they are typed, one a line: `file 12` or `file 1-400` with rows counted from 1, or the hash of a row. Null: none, so all are
 * meant; text that says what is wrong where a line is neither.
 */
export function rowsIn(text: string): Rows | null | string {
  const rows: Rows = [];
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line === '') continue;
    if (/^[0-9a-f]{64}$/.test(line)) rows.push({ sha256: line });
    else {
      const [, file, first, last = first] = /^(\S+)\s+(\d{1,9})(?:\s*-\s*(\d{1,9}))?$/.exec(line) ?? [];
      const [from, to] = [Number(first), Number(last)];
      if (file === undefined || from < 1 || to < from)
        return `"${line}" is no file with a row’s number, and no SHA-256.`;
      if (rows.length + to - from >= mostRows) return 'These are more than a million rows: leave it empty for all.';
      for (let row = from; row <= to; row += 1) rows.push({ file, row: row - 1 });
    }
    if (rows.length > mostRows) return 'These are more than a million rows: leave it empty for all.';
  }
  return rows.length === 0 ? null : rows;
}
