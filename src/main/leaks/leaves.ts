import type { Json } from '../../shared/model/index.js';
import { rowJson } from './rows/row.js';

/** A text of a row, and where it stands. */
export interface Leaf {
  path: string;
  text: string;
}

/** JSON in a string in JSON in a string …: deeper than this it is read as text. */
const deepest = 16;
const plainKey = /^[A-Za-z_$][\w$-]{0,39}$/;

/**
 * Everything that can be read in a row: its strings and numbers with the names they stand under (`name = text`), JSON in
 * strings taken apart, and keys that stand beside no text. Not recursive: rows nest as deep as they like.
 */
export function* leavesOf(row: Json): Generator<Leaf> {
  const open: { value: Json; path: string; name: string | null; inside: number }[] = [
    { value: row, path: '', name: null, inside: 0 },
  ];
  for (let entry = open.pop(); entry !== undefined; entry = open.pop()) {
    const { value, path, name, inside } = entry;
    if (Array.isArray(value)) {
      for (let i = value.length - 1; i >= 0; i--) {
        open.push({ value: value[i] as Json, path: `${path}[${i}]`, name, inside });
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const key of Object.keys(value).reverse()) {
        const plain = plainKey.test(key);
        const below = `${path}${path === '' ? '' : '.'}${plain ? key : '…'}`;
        const inner = value[key] as Json;
        open.push({ value: inner, path: below, name: plain ? key : null, inside });
        const named = plain && (typeof inner === 'string' || typeof inner === 'number');
        if (!named) yield { path: `${path}${path === '' ? '' : '.'}(key)`, text: key };
      }
    } else if (typeof value === 'string') {
      const parsed = inside < deepest && /^\s*[[{]/.test(value) ? rowJson(value) : null;
      if (typeof parsed === 'object' && parsed !== null) open.push({ value: parsed, path, name, inside: inside + 1 });
      else yield { path, text: name === null ? value : `${name} = ${value}` };
    } else if (typeof value === 'number') {
      yield { path, text: name === null ? String(value) : `${name} = ${value}` };
    }
  }
}
