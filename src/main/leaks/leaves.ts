import type { Json } from '../../shared/model/index.js';
import { rowJson } from './rows/row.js';

/** JSON in a string in JSON in a string …: deeper than this it is read as text. */
const deepest = 16;
const plainKey = /^[A-Za-z_$][\w$-]{0,39}$/;
/** Rows have the same few keys; so many are remembered. */
const mostKeys = 10_000;
const plainKeys = new Map<string, boolean>();

/**
 * Everything that can be read in a row, text by text: its strings and numbers with the names they stand under (`name = text`), JSON
 * in strings taken apart, and keys that stand beside no text. Not recursive: rows nest as deep as they like.
 */
export function readLeaves(row: Json, found: (text: string) => void): void {
  walk(row, false, found);
}

/** Where the texts stand that `readLeaves` gives, in their order. */
export function pathsOfLeaves(row: Json): string[] {
  const paths: string[] = [];
  walk(row, true, (_text, path) => paths.push(path));
  return paths;
}

/** Paths cost more than all else, and only what is found needs one. */
function walk(row: Json, withPaths: boolean, found: (text: string, path: string) => void): void {
  const values: Json[] = [row];
  const names: (string | null)[] = [null];
  /** Strings that a value is within. */
  const depths: number[] = [0];
  const paths: string[] = [''];
  const open = (value: Json, name: string | null, depth: number, path: string): void => {
    values.push(value);
    names.push(name);
    depths.push(depth);
    if (withPaths) paths.push(path);
  };
  while (values.length > 0) {
    const value = values.pop() as Json;
    const name = names.pop() as string | null;
    const depth = depths.pop() as number;
    const path = withPaths ? (paths.pop() as string) : '';
    if (typeof value === 'string') {
      const parsed = depth < deepest && mayBeJson(value) ? rowJson(value) : null;
      if (typeof parsed === 'object' && parsed !== null) open(parsed, name, depth + 1, path);
      else found(name === null ? value : `${name} = ${value}`, path);
    } else if (typeof value === 'number') {
      found(name === null ? String(value) : `${name} = ${value}`, path);
    } else if (Array.isArray(value)) {
      for (let i = value.length - 1; i >= 0; i--)
        open(value[i] as Json, name, depth, withPaths ? `${path}[${i}]` : path);
    } else if (typeof value === 'object' && value !== null) {
      const above = withPaths && path !== '' ? `${path}.` : path;
      const keys = Object.keys(value);
      for (let i = keys.length - 1; i >= 0; i--) {
        const key = keys[i] as string;
        const plain = isPlain(key);
        const inner = value[key] as Json;
        open(inner, plain ? key : null, depth, withPaths ? `${above}${plain ? key : '…'}` : path);
        const named = plain && (typeof inner === 'string' || typeof inner === 'number');
        if (!named) found(key, withPaths ? `${above}(key)` : path);
      }
    }
  }
}

function isPlain(key: string): boolean {
  const known = plainKeys.get(key);
  if (known !== undefined) return known;
  const plain = plainKey.test(key);
  if (plainKeys.size >= mostKeys) plainKeys.clear();
  if (key.length <= 40) plainKeys.set(key, plain);
  return plain;
}

/** Whether a text begins as an object or an array does. */
function mayBeJson(text: string): boolean {
  const first = text.charCodeAt(0);
  return first === 0x7b || first === 0x5b || (first <= 0x20 && /^\s*[[{]/.test(text));
}
