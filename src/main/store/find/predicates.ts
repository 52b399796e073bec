import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Comparison, FieldNode, RangeNode, RawValue } from '../../../shared/query/index.js';
import { parseDate, parseDuration, parseNumber, parseSize } from '../../../shared/query/index.js';
import { isHeavy } from './wildcard.js';

export type Predicate = RawBuilder<SqlBool>;

export const always: Predicate = sql`1`;
export const never: Predicate = sql`0`;

/** A column or expression over the list's own row, which is always named `t`. */
export type Expression = RawBuilder<unknown>;

/** All of them; `always` for none. */
export function all(predicates: Predicate[]): Predicate {
  return predicates.length === 0 ? always : sql`(${sql.join(predicates, sql` AND `)})`;
}
export function any(predicates: Predicate[]): Predicate {
  return predicates.length === 0 ? never : sql`(${sql.join(predicates, sql` OR `)})`;
}
/** Unknown counts as false, so that a condition and its negation always make up the whole. */
export function nullIsFalse(predicate: Predicate): Predicate {
  return sql`ifnull(${predicate}, 0)`;
}

const operators: Record<Comparison, RawBuilder<unknown>> = {
  '=': sql`=`,
  '>': sql`>`,
  '>=': sql`>=`,
  '<': sql`<`,
  '<=': sql`<=`,
};

/** Comparison of an expression with the node's number, duration (us) or size (bytes). */
export function compared(node: FieldNode | RangeNode, expression: Expression): Predicate {
  const number = (value: RawValue) => scalar(node.fieldType, value);
  if (node.type === 'field') return nullIsFalse(sql`${expression} ${operators[node.op]} ${number(node.value)}`);
  const ends: Predicate[] = [];
  if (node.from) ends.push(sql`${expression} >= ${number(node.from)}`);
  if (node.to) ends.push(sql`${expression} <= ${number(node.to)}`);
  return nullIsFalse(all(ends));
}

function scalar(type: FieldNode['fieldType'], value: RawValue): number {
  const parse = type === 'duration' ? parseDuration : type === 'size' ? parseSize : parseNumber;
  return parse(value.text) as number;
}

/** A stretch of time in microseconds: from `from` on, before `before`; null where that side is open. */
export interface TimeBounds {
  from: number | null;
  before: number | null;
}

/** The stretch that a date condition names. A day compares as a whole: `> day` begins after it, `<= day` includes it. */
export function timeBounds(node: FieldNode | RangeNode, now: number): TimeBounds {
  const stretch = (value: RawValue) => parseDate(value.text, now) as { start: number; end: number };
  if (node.type === 'range') {
    return { from: node.from && stretch(node.from).start, before: node.to && stretch(node.to).end };
  }
  const { start, end } = stretch(node.value);
  switch (node.op) {
    case '=':
      return { from: start, before: end };
    case '>':
      return { from: end, before: null };
    case '>=':
      return { from: start, before: null };
    case '<':
      return { from: null, before: start };
    case '<=':
      return { from: null, before: end };
    default:
      return node.op satisfies never;
  }
}

export function within(expression: Expression, { from, before }: TimeBounds): Predicate {
  const ends: Predicate[] = [];
  if (from !== null) ends.push(sql`${expression} >= ${from}`);
  if (before !== null) ends.push(sql`${expression} < ${before}`);
  return nullIsFalse(all(ends));
}

/** LIKE pattern for a value, in which `*` stands for anything unless it was quoted. */
export function likePattern(value: RawValue): string {
  const escaped = value.text.toLowerCase().replace(/[\\%_]/g, '\\$&');
  return value.quoted ? escaped : escaped.replaceAll('*', '%');
}
export function like(expression: Expression, pattern: string): Predicate {
  return nullIsFalse(
    isHeavy(pattern) ? sql`wildcard(${expression}, ${pattern})` : sql`${expression} LIKE ${pattern} ESCAPE '\\'`,
  );
}
