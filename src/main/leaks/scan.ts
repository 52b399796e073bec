import { createHmac } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Leak, LeakReport } from '../../shared/model/index.js';
import { pathsOfLeaves, readLeaves } from './leaves.js';
import { blankPlaceholders } from './placeholders.js';
import type { FileRow } from './rows/row.js';
import type { Hit, RuleSet } from './rules/rule.js';

/** Text that the rules are given at once, in UTF-16 units: a few milliseconds of work. */
const pieceChars = 128 * 1024;
/** A longer text is cut, each piece beginning so much before the end of the last: as long as a private key. */
const overlap = 12 * 1024;
const contextChars = 40;
const listed = 1000;
/** So many values before and behind one are kept out of its context. */
const nearby = 50;

/** From where on the texts of a piece are of a row. */
interface Mark {
  /** The first of these texts, counted in the piece. */
  first: number;
  row: FileRow;
  /** The same text, counted in the row. */
  leaf: number;
}

/** Where a text of a piece stands. */
interface Place {
  start: number;
  end: number;
  row: number;
  path: string;
}

export interface ScanOptions {
  rules: readonly RuleSet[];
  /** Whether the policy lets this value stand where a rule calls it by this entity; known values never ask. */
  keeps(entity: string, value: string): boolean;
  /** Key of the hashes. */
  key: Uint8Array;
  /** What a scan that broke off had found. */
  begun?: LeakTally | undefined;
}

export type LeakTally = Pick<LeakReport, 'leaks' | 'leaks_count' | 'by_rule'>;

/** Looks at rows and remembers what was found: counts of everything, the first 1,000 in full. */
export function createScan({ rules, keeps, key, begun }: ScanOptions) {
  const leaks: Leak[] = [...(begun?.leaks ?? [])];
  const byRule = new Map<string, number>(Object.entries(begun?.by_rule ?? {}));
  let count = begun?.leaks_count ?? 0;
  let chars = 0;
  let file = '';
  let text = '';
  /** Where the texts of the piece begin. */
  let starts: number[] = [];
  let marks: Mark[] = [];
  let paths: { of: FileRow; paths: string[] } | null = null;
  /** What was found in the last pieces, so that an overlap does not count twice. */
  let counted = new Set<string>();

  async function hitsIn(piece: string): Promise<Hit[]> {
    const blanked = blankPlaceholders(piece);
    const hits: Hit[] = [];
    for (const rule of rules) hits.push(...(await rule.find(blanked)));
    return distinct(hits).filter(
      ({ rule, entity, start, end }) => rule === 'known-value' || !keeps(entity, piece.slice(start, end)),
    );
  }

  async function look(): Promise<void> {
    if (text === '') return;
    const piece = text;
    chars += piece.length;
    const texts = starts;
    const rows = marks;
    text = '';
    starts = [];
    marks = [];
    const found = await hitsIn(piece);
    const values = found.map(({ start, end }) => piece.slice(start, end));
    for (const [index, { rule, entity, start, end }] of found.entries()) {
      const mark = placeOf(start, texts, rows, piece.length);
      const hash = hashOf(key, values[index] as string);
      const name = `${file}\0${mark.row}\0${mark.path}\0${hash}`;
      if (counted.has(name)) continue;
      counted.add(name);
      count += 1;
      byRule.set(rule, (byRule.get(rule) ?? 0) + 1);
      if (leaks.length === listed) continue;
      const near = values.slice(Math.max(0, index - nearby), index + nearby);
      const path = hide(mark.path, near);
      const around = [Math.max(mark.start, start - contextChars), Math.min(mark.end, end + contextChars)] as const;
      leaks.push({ rule, entity, file, row: mark.row, path, context: contextOf(piece, found, around, near), hash });
    }
    if (counted.size > 10_000) counted = new Set();
    await breathe();
  }

  function placeOf(at: number, texts: readonly number[], rows: readonly Mark[], length: number): Place {
    const number = lastUpTo(texts, at, (start) => start);
    const { row, first, leaf } = rows[lastUpTo(rows, number, (mark) => mark.first)] as Mark;
    // Which of its places a row's hits stand at is asked for one after the other.
    if (paths?.of !== row) paths = { of: row, paths: pathsOfLeaves(row.value) };
    return {
      start: texts[number] as number,
      end: (texts[number + 1] ?? length) - 1,
      row: row.row,
      path: paths.paths[leaf + number - first] as string,
    };
  }

  function add(leaf: string): void {
    starts.push(text.length);
    text += `${leaf}\n`;
  }

  return {
    /** Whether there is a leak in a text that is not shown as it is. */
    finds: async (piece: string): Promise<boolean> => (await hitsIn(piece)).length > 0,

    async rows(name: string, rows: readonly FileRow[]): Promise<void> {
      if (name !== file) {
        await look();
        file = name;
      }
      for (const row of rows) {
        const leaves: string[] = [];
        readLeaves(row.value, (leaf) => leaves.push(leaf));
        marks.push({ first: starts.length, row, leaf: 0 });
        for (let number = 0; number < leaves.length; number++) {
          const leaf = leaves[number] as string;
          let from = 0;
          for (; ; from += pieceChars - overlap) {
            const part = leaf.length - from > pieceChars ? leaf.slice(from, from + pieceChars) : leaf.slice(from);
            if (text.length + part.length > pieceChars) await look();
            if (from > 0 || marks.length === 0) marks.push({ first: starts.length, row, leaf: number });
            add(part);
            if (leaf.length - from <= pieceChars) break;
          }
        }
      }
    },
    /** UTF-16 units that the rules have seen. */
    chars: () => chars,
    /** What was found in all rows so far. */
    async found(): Promise<LeakTally> {
      await look();
      const sorted = [...byRule].sort(([a], [b]) => (a < b ? -1 : 1));
      return { leaks, leaks_count: count, by_rule: Object.fromEntries(sorted) };
    },
  };
}

/** One leak where several rules point to one place: an exact value before all, else the one that covers the most. */
function distinct(hits: Hit[]): Hit[] {
  const weight = (hit: Hit) => (hit.rule === 'known-value' ? 0 : 1);
  const ordered = hits.toSorted((a, b) => weight(a) - weight(b) || a.start - b.start || b.end - a.end);
  const exact = ordered.filter((hit) => weight(hit) === 0);
  const kept: Hit[] = [];
  let end = -1;
  for (const hit of ordered.filter((each) => weight(each) === 1)) {
    if (hit.end <= end || meets(exact, hit)) continue;
    kept.push(hit);
    end = hit.end;
  }
  return [...exact, ...kept].sort((a, b) => a.start - b.start);
}

/** Whether one of these (in order, apart from each other) overlaps with `hit`. */
function meets(ordered: readonly Hit[], hit: Hit): boolean {
  let low = 0;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ordered[middle] as Hit).end <= hit.start) low = middle + 1;
    else high = middle;
  }
  return low < ordered.length && (ordered[low] as Hit).start < hit.end;
}

/** The last entry of a sorted list that is not beyond `at`. */
function lastUpTo<T>(entries: readonly T[], at: number, placeOf: (entry: T) => number): number {
  let low = 0;
  let high = entries.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (placeOf(entries[middle] as T) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** HMAC-SHA-256, the first 16 hex digits. */
function hashOf(key: Uint8Array, value: string): string {
  return createHmac('sha256', key).update(`leak\0${value}`).digest('hex').slice(0, 16);
}

/** What a rule points to may be a part of the value only: everything up to the next gap counts as value. */
const glued = /[\w+/=.~%:@!#$&*?-]/;

function contextOf(
  piece: string,
  found: readonly Hit[],
  [from, to]: readonly [number, number],
  values: readonly string[],
): string {
  let shown = '';
  let at = from;
  for (const hit of found) {
    const [hidden, past] = widened(piece, hit);
    if (past <= from || hidden >= to) continue;
    if (hidden > at) shown += piece.slice(at, hidden);
    if (past > at) {
      shown += '█';
      at = past;
    }
  }
  if (at < to) shown += piece.slice(at, to);
  // A control character would move what a terminal shows.
  return hide(shown, values)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .toWellFormed()
    .trim();
}

function widened(piece: string, { start, end }: Hit): [number, number] {
  let first = start;
  let last = end;
  while (first > 0 && start - first < 512 && glued.test(piece[first - 1] as string)) first -= 1;
  while (last < piece.length && last - end < 512 && glued.test(piece[last] as string)) last += 1;
  return [first, last];
}

/** The text without any of the values, wherever else they stand in it. */
function hide(text: string, values: readonly string[]): string {
  let hidden = text;
  for (const value of new Set(values)) if (hidden.includes(value)) hidden = hidden.replaceAll(value, '█');
  return hidden;
}
