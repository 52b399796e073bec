import { hash } from 'node:crypto';
import { fromIso, type Json } from '../../shared/model/index.js';
import { type Column, jsonText } from './columns.js';
import type { FileFormat, Row } from './formats/format.js';

/**
 * A hash tree over the rows of a file as RFC 6962 (section 2.1) defines it: SHA-256 over 0x00 and a row's canonical text, over
 * 0x01 and two hashes above. Memory grows with the logarithm of the rows.
 */
export function createTree() {
  const open: { size: number; hash: Buffer }[] = [];
  return {
    add(leaf: Buffer): void {
      let node = { size: 1, hash: leaf };
      for (let last = open.at(-1); last !== undefined && last.size === node.size; last = open.at(-1)) {
        open.pop();
        node = { size: node.size * 2, hash: above(last.hash, node.hash) };
      }
      open.push(node);
    },
    /** Lowercase hex; of no rows the hash of nothing. */
    root(): string {
      const last = open.at(-1);
      if (last === undefined) return hash('sha256', '');
      let root = last.hash;
      for (let index = open.length - 2; index >= 0; index--)
        root = above((open[index] as (typeof open)[number]).hash, root);
      return root.toString('hex');
    },
  };
}

/** 0x01 and room for two hashes. */
const pair = Buffer.alloc(65, 1);

function above(left: Buffer, right: Buffer): Buffer {
  left.copy(pair, 1);
  right.copy(pair, 33);
  return hash('sha256', pair, 'buffer');
}

/** The hash of a row as a leaf, the same however the row is kept, and the characters of its text. */
export function leafOf(
  columns: readonly Column[],
  row: Row,
  format: FileFormat['id'],
): { hash: Buffer; chars: number } {
  const text = rowText(columns, row, format === 'tfrecord');
  return { hash: hash('sha256', `\0${text}`, 'buffer'), chars: text.length };
}

/** The root over the files of a dataset: a tree of a leaf `<name>\n<root of its rows>` for each. */
export function rootOf(files: readonly { name: string; rows_root: string }[]): string {
  const tree = createTree();
  for (const { name, rows_root } of files) tree.add(hash('sha256', `\0${name}\n${rows_root}`, 'buffer'));
  return tree.root();
}

/**
 * A row's canonical text: a JSON object of its columns in their order, without what is null, absent or an empty struct; times are
 * microseconds, `text` is a text, JSON as it is. Files that keep 32 bits of a number have these.
 */
function rowText(columns: readonly Column[], row: Row, single: boolean): string {
  let text = '';
  for (const column of columns) {
    const inner = columnText(column, row[column.name], single);
    if (inner !== null) text += `${text === '' ? '' : ','}"${column.name}":${inner}`;
  }
  return `{${text}}`;
}

function columnText(column: Column, value: Json | undefined, single: boolean): string | null {
  if (value === undefined || value === null) return null;
  switch (column.type) {
    case 'timestamp':
      return String(Math.round(fromIso(value as string)));
    case 'double':
      return JSON.stringify(single ? Math.fround(value as number) : value);
    case 'text':
      return jsonText(typeof value === 'string' ? value : jsonText(value));
    case 'list':
      return `[${(value as Json[]).map((each) => columnText(column.of as Column, each, single) ?? 'null').join(',')}]`;
    case 'struct': {
      const text = rowText(column.fields as Column[], value as Row, single);
      return text === '{}' ? null : text;
    }
    default:
      return jsonText(value);
  }
}
