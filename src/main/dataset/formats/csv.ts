import { fromIso, toIso } from '../../../shared/model/index.js';
import { unpacked } from '../../ground/unpacked.js';
import type { Cell } from '../columns.js';
import { type FlatColumn, flatCell, flatColumns, unflat } from './flat.js';
import type { FileFormat } from './format.js';
import { openLines } from './jsonl.js';

/**
 * Comma-separated values (RFC 4180 with LF): UTF-8, a head of column names, structs as `struct.field`, lists and JSON as JSON text, times
 * as ISO-8601; no value is an empty cell, an empty text is `""`. A spreadsheet runs what begins like a formula, so text
 * that begins with = + - @ TAB CR, their full-width forms, or an apostrophe has an apostrophe more in front: who reads takes one away.
 */
export const csv = {
  id: 'csv',
  title: 'CSV',
  description: 'For spreadsheets and statistics; what nests is JSON text.',
  extension: 'csv',
  packed: { gzip: '.gz', zstd: '.zst' },
  open(path, columns, compress) {
    const flat = flatColumns(columns);
    const head = `${flat.map(({ name }) => quoted(name)).join(',')}\n`;
    return openLines(
      path,
      (row) => flat.map((column) => textOf(column, flatCell(column, row))).join(','),
      compress,
      head,
    );
  },
  async *rows(path, columns) {
    const flat = flatColumns(columns);
    let head = true;
    for await (const cells of recordsOf(unpacked(path))) {
      if (!head)
        yield unflat(
          flat,
          flat.map((column, index) => cellOf(column, cells[index] ?? null)),
        );
      head = false;
    }
  },
  shown: (row, columns) =>
    Object.fromEntries(flatColumns(columns).map((column) => [column.name, textOf(column, flatCell(column, row))])),
} satisfies FileFormat;

const formula = /^[=+\-@\t\r'＝＋－＠]/;
const special = /[",\r\n]/;

function quoted(text: string): string {
  return text === '' || special.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function textOf(column: FlatColumn, value: Exclude<Cell, object>): string {
  if (value === null) return '';
  if (column.type === 'timestamp') return toIso(Number(value));
  // A number is no formula, whatever its sign.
  if (typeof value !== 'string') return String(value);
  return quoted(formula.test(value) ? `'${value}` : value);
}

function cellOf(column: FlatColumn, text: string | null): Exclude<Cell, object> {
  if (text === null) return null;
  switch (column.type) {
    case 'timestamp':
      return BigInt(Math.round(fromIso(text)));
    case 'double':
    case 'int':
      return Number(text);
    case 'boolean':
      return text === 'true';
    default:
      return text.startsWith("'") ? text.slice(1) : text;
  }
}

/** Records of a file; null is an empty cell without quotes. */
async function* recordsOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<(string | null)[]> {
  const decoder = new TextDecoder();
  let record: (string | null)[] = [];
  let text = '';
  let state: 'start' | 'plain' | 'quoted' | 'ended' = 'start';
  const end = () => {
    record.push(state === 'start' ? null : text);
    text = '';
    state = 'start';
  };
  for await (const chunk of chunks) {
    for (const char of decoder.decode(chunk, { stream: true })) {
      if (state === 'quoted') {
        if (char === '"') state = 'ended';
        else text += char;
      } else if (char === '"' && state === 'ended') {
        text += '"';
        state = 'quoted';
      } else if (char === '"' && state === 'start') state = 'quoted';
      else if (char === ',') end();
      else if (char === '\n') {
        end();
        yield record;
        record = [];
      } else {
        text += char;
        state = 'plain';
      }
    }
  }
}
