import type { Interpreter } from '@huggingface/jinja';

export type Value = ReturnType<Interpreter['evaluate']>;

/** What a filter is called with. */
export interface Args {
  positional: readonly Value[];
  named: ReadonlyMap<string, Value>;
}

/** Filters that may make far more than they are given, and UTF-16 units that they would make. A call that fails by itself is 0. */
export const growth: ReadonlyMap<string, (of: Value, args: Args) => number> = new Map([
  ['indent', indented],
  ['join', joined],
  [
    'replace',
    (of, { positional, named }) => replaced(of, [...positional.slice(0, 2), positional[2] ?? named.get('count')]),
  ],
  ['string', (of) => json(of, plain, 0)],
  ['tojson', (of, args) => json(of, layoutOf(args), 0)],
]);

/** The same of what is called on a text. Of a list each entry counts, with what it takes in memory. */
export const methodGrowth: ReadonlyMap<string, (of: Value, args: readonly (Value | undefined)[]) => number> = new Map([
  ['replace', replaced],
  ['split', (of, args) => pieces(textOf(of), args[0]) * unitsPerEntry],
]);

/** What an entry of a list takes in memory. */
export const unitsPerEntry = 16;

function textOf(value: Value | undefined): string {
  const inner: unknown = value?.value;
  return typeof inner === 'string' ? inner : '';
}

function numberOf(value: Value | undefined, otherwise: number): number {
  const inner: unknown = value?.value;
  return typeof inner === 'number' ? Math.max(0, inner) : otherwise;
}

/** How often one text stands in another, places that overlap counted once. */
function occurrences(text: string, part: string): number {
  if (part === '') return text.length + 1;
  let found = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) found += 1;
  return found;
}

function indented(of: Value, { positional, named }: Args): number {
  const text = textOf(of);
  return text.length + (occurrences(text, '\n') + 1) * numberOf(positional[0] ?? named.get('width'), 4);
}

function joined(of: Value, { positional, named }: Args): number {
  const between = textOf(positional[0] ?? named.get('separator')).length;
  const entries: unknown = of.value;
  if (!Array.isArray(entries)) return textOf(of).length * (1 + between);
  return (entries as Value[]).reduce(
    (sum, entry) => sum + between + (typeof entry.value === 'string' ? entry.value.length : json(entry, plain, 0)),
    0,
  );
}

function replaced(of: Value, [before, after, count]: readonly (Value | undefined)[]): number {
  const text = textOf(of);
  const more = textOf(after).length - textOf(before).length;
  if (more <= 0) return text.length;
  const inner: unknown = count?.value;
  const most = inner instanceof Map ? (inner as Map<string, Value>).get('count') : count;
  const times: unknown = most?.value;
  const found = occurrences(text, textOf(before));
  return text.length + more * (typeof times === 'number' && times >= 0 ? Math.min(found, times) : found);
}

function pieces(text: string, separator: Value | undefined): number {
  if (typeof separator?.value === 'string') return separator.value === '' ? 0 : occurrences(text, separator.value) + 1;
  let found = 0;
  for (const _ of text.matchAll(/\S+/g)) found += 1;
  return found;
}

/** How JSON is laid out: the units of one step in, of what stands between entries, and behind a key. */
interface Layout {
  indent: number;
  between: number;
  afterKey: number;
  ascii: boolean;
}

const plain: Layout = { indent: 0, between: 2, afterKey: 2, ascii: false };

function layoutOf({ named }: Args): Layout {
  const separators: unknown = named.get('separators')?.value;
  const [between, afterKey] = Array.isArray(separators) ? (separators as Value[]) : [];
  return {
    indent: numberOf(named.get('indent'), 0),
    between: between === undefined ? 2 : textOf(between).length,
    afterKey: afterKey === undefined ? 2 : textOf(afterKey).length,
    ascii: named.get('ensure_ascii')?.value === true,
  };
}

function json(of: Value, layout: Layout, depth: number): number {
  const value: unknown = of.value;
  if (typeof value === 'string') return escaped(value, layout.ascii);
  if (!Array.isArray(value) && !(value instanceof Map)) return 24;
  const line = 1 + layout.indent * (depth + 1);
  let units = 2 + line;
  if (value instanceof Map)
    for (const key of value.keys()) units += escaped(key as string, layout.ascii) + layout.afterKey;
  for (const entry of value.values() as Iterable<Value>)
    units += line + layout.between + json(entry, layout, depth + 1);
  return units;
}

function escaped(text: string, ascii: boolean): number {
  let units = text.length + 2;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22 || unit === 0x5c) units += 1;
    else if (unit < 0x20 || (unit >= 0x7f && ascii) || (unit >= 0xd800 && unit < 0xe000)) units += 5;
  }
  return units;
}
