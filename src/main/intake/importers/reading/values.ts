import type { Json } from '../../../../shared/model/index.js';
import { parseJson } from '../../../ground/json.js';
import { headBytes, peek, readHead } from './input.js';
import { JsonWalker, type Path, placeOf } from './json-walker.js';
import { lines } from './lines.js';
import { unwrapped } from './wrapped.js';

/** Nesting beyond this is refused: later rooms walk values recursively. */
const maxDepth = 256;

export type JsonObject = { [key: string]: Json };

/** A record of the file; `group`: the member of the document it stands in (`observations`, `log.entries`). */
export type Entry =
  | { value: JsonObject; text: string; where: string; group: string }
  | { skipped: { where: string; reason: string } };

/**
 * Reads the records of a JSON file one after the other, whichever way it holds them: one a line, elements of an array,
 * or members of one document named in `groups` (`log.entries`), whose other members are passed over. `isRecord`: the
 * document is a record itself, whatever members it has.
 */
export async function* records(
  input: AsyncIterable<Uint8Array>,
  groups: readonly string[] = [],
  isRecord: (value: JsonObject) => boolean = () => false,
): AsyncGenerator<Entry> {
  const { head, all } = await peek(input, headBytes);
  const { shape, values } = readHead('', head);
  const first = values[0];
  const grouped =
    shape !== 'array' &&
    !(first !== undefined && isRecord(first)) &&
    groups.some((group) => first !== undefined && (group.split('.')[0] as string) in first);
  if (shape !== 'array' && !grouped && isLines(head)) yield* lineRecords(all);
  else yield* documentRecords(all, grouped ? groups : []);
}

/** What an importer makes of the records that are of its kind, those that are none skipped by `reason`. */
export async function* recordsOfKind<Item>(
  entries: AsyncIterable<Entry>,
  is: (value: JsonObject) => boolean,
  reason: string,
  read: (entry: Exclude<Entry, { skipped: unknown }>) => Iterable<Item>,
): AsyncGenerator<Item | { skipped: { where: string; reason: string } }> {
  for await (const entry of entries) {
    if ('skipped' in entry) yield entry;
    else if (is(entry.value)) yield* read(entry);
    else yield { skipped: { where: entry.where, reason } };
  }
}

/** One JSON value a line: so it begins, or its first line is broken and the second is a value of its own. */
function isLines(head: Uint8Array): boolean {
  const text = Buffer.from(head)
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart();
  const end = text.indexOf('\n');
  if (end === -1) return true;
  if (parseJson(text.slice(0, end)) !== undefined) return true;
  return /^\s*\{"/.test(text.slice(end + 1)) && text.startsWith('{"');
}

/** One record a line. Empty lines are nothing. */
export async function* lineRecords(input: AsyncIterable<Uint8Array>): AsyncGenerator<Entry> {
  for await (const line of lines(input)) {
    if ('idle' in line) continue;
    yield* lineEntry(line);
  }
}

/** The record of one line, or why there is none. */
export function* lineEntry(
  line: { number: number; text: string; cut: boolean } | { number: number; tooLarge: true },
): Generator<Entry> {
  const where = `line ${line.number}`;
  if ('tooLarge' in line) {
    yield { skipped: { where, reason: 'too large' } };
    return;
  }
  if (line.text.trim() === '') return;
  yield entryOf(line.text, where, '', line.cut ? 'cut off' : undefined);
}

async function* documentRecords(input: AsyncIterable<Uint8Array>, groups: readonly string[]): AsyncGenerator<Entry> {
  const into = (path: Path, kind: 'array' | 'object'): boolean => {
    if (groups.length === 0) return path.length === 0 && kind === 'array';
    const name = path.join('.');
    return (
      path.length === 0 || groups.some((group) => (kind === 'array' ? group === name : group.startsWith(`${name}.`)))
    );
  };
  const walker = new JsonWalker(into);
  const entry = function* (
    pieces: Iterable<{ path: Path; text: string } | { path: Path; problem: string }>,
  ): Generator<Entry> {
    for (const piece of pieces) {
      const where = placeOf(piece.path);
      const group = piece.path.filter((step) => typeof step === 'string').join('.');
      if ('problem' in piece) yield { skipped: { where, reason: piece.problem } };
      // A group may be one record.
      else if (
        groups.length === 0 ||
        (groups.includes(group) && (typeof piece.path.at(-1) === 'number' || piece.text.startsWith('{')))
      )
        yield entryOf(piece.text, where, group);
    }
  };
  for await (const chunk of input) yield* entry(walker.push(chunk));
  yield* entry(walker.end());
}

function entryOf(text: string, where: string, group: string, ifBroken?: string): Entry {
  const value = parseJson(text, { maxDepth });
  if (value === undefined)
    return { skipped: { where, reason: ifBroken ?? `not JSON, or nested deeper than ${maxDepth} levels` } };
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { skipped: { where, reason: 'not an object' } };
  return { value: unwrapped(value), text, where, group };
}
