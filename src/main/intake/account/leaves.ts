import type { Json } from '../../../shared/model/index.js';
import { isObject, parseJson } from '../../ground/json.js';

/** Hears of a text and of its place in the file: `line 3.message.content[0].text`, `[2].name`. */
export type Leaves = (text: string, place: string) => void;

const maxDepth = 64;

/** The texts of a value, those within JSON texts too: formats nest JSON as text, and importers read it. */
export function leavesOf(value: Json | undefined, found: Leaves, place = ''): void {
  if (typeof value === 'string') {
    if (value === '') return;
    const inner = jsonIn(value);
    if (inner === undefined) found(value, place);
    else leavesOf(inner, found, place);
  } else if (Array.isArray(value))
    for (const [index, entry] of value.entries()) leavesOf(entry, found, `${place}[${index}]`);
  else if (isObject(value))
    for (const [name, member] of Object.entries(value))
      leavesOf(member, found, place === '' ? name : `${place}.${name}`);
}

function jsonIn(text: string): Json | undefined {
  if (!/^\s*(?:\{\s*"|\[\s*[[{"])/.test(text) || !/[\]}]\s*$/.test(text.slice(-16))) return undefined;
  return parseJson(text, { maxDepth });
}
