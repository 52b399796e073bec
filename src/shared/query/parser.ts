import type { Comparison, Query, QueryNode, RangeNode, RawValue, Span } from './ast.js';
import { closest, queryError } from './errors.js';
import { type QueryField, type QueryScope, queryFields } from './fields.js';
import { type Token, tokenize } from './lexer.js';
import { parseDate, parseDuration, parseNumber, parseSize } from './values.js';

/** Beyond these a query is no longer something a person wrote, and its cost no longer bounded. */
const maxLength = 4000;
const maxConditions = 100;
const maxDepth = 24;

const ordered = new Set(['number', 'duration', 'size', 'date', 'status']);

/**
 * Parses a query of the given scope; the empty query is null.
 * @throws SluiceError `query_invalid` with {@link QueryErrorDetails}
 */
export function parseQuery(source: string, scope: QueryScope): Query {
  if (source.length > maxLength) {
    const span = { start: maxLength, end: source.length };
    throw queryError(source, span, `A query has at most ${maxLength} characters.`);
  }
  return new Parser(source, scope).parse();
}

class Parser {
  readonly #source: string;
  readonly #fields: readonly QueryField[];
  readonly #tokens: Token[];
  #at = 0;
  #conditions = 0;

  constructor(source: string, scope: QueryScope) {
    this.#source = source;
    this.#fields = queryFields[scope];
    this.#tokens = tokenize(source);
  }

  parse(): Query {
    if (this.#peek().type === 'end') return null;
    const node = this.#or(0);
    const rest = this.#peek();
    if (rest.type !== 'end') this.#fail(rest.span, 'This closing parenthesis was never opened.');
    return node;
  }

  #or(depth: number): QueryNode {
    const items = [this.#and(depth)];
    while (this.#peek().type === 'or') {
      this.#next();
      items.push(this.#and(depth));
    }
    return group('or', items);
  }

  #and(depth: number): QueryNode {
    const items = [this.#unary(depth)];
    for (;;) {
      const { type } = this.#peek();
      if (type === 'and') this.#next();
      else if (type === 'or' || type === 'close' || type === 'end') return group('and', items);
      items.push(this.#unary(depth));
    }
  }

  #unary(depth: number): QueryNode {
    const token = this.#next();
    if (depth > maxDepth) this.#fail(token.span, `Parentheses and negations nest at most ${maxDepth} deep.`);
    switch (token.type) {
      case 'not':
      case 'minus': {
        const item = this.#unary(depth + 1);
        return { type: 'not', item, span: { start: token.span.start, end: item.span.end } };
      }
      case 'open': {
        if (this.#peek().type === 'close') {
          this.#fail({ start: token.span.start, end: this.#peek().span.end }, 'There is nothing in these parentheses.');
        }
        const inner = this.#or(depth + 1);
        if (this.#peek().type !== 'close') this.#fail(token.span, 'This parenthesis is opened and never closed.');
        this.#next();
        return inner;
      }
      case 'text':
        return this.#text(token);
      case 'field':
        return this.#field(token);
      case 'end':
        return this.#fail(this.#tokens.at(-2)?.span ?? token.span, 'Something must follow here.');
      default:
        return this.#fail(token.span, `"${this.#word(token.span)}" cannot stand here.`);
    }
  }

  #text(token: Token & { type: 'text' }): QueryNode {
    this.#count(token.span);
    const prefix = !token.quoted && token.text.endsWith('*');
    const text = prefix ? token.text.slice(0, -1) : token.text;
    // The index knows letters and digits only: anything else would silently match nothing.
    if (!/[\p{L}\p{N}]/u.test(text)) {
      this.#fail(token.span, 'There is no letter or digit in it to search for.');
    }
    if (!token.quoted && text.includes('*')) {
      this.#fail(token.span, 'In a search word * can stand only at the end.');
    }
    return { type: 'text', text, quoted: token.quoted, prefix, span: token.span };
  }

  #field(token: Token & { type: 'field' }): QueryNode {
    this.#count(token.span);
    const field = this.#known(token);
    const { value, span, key } = token;
    if (value.text === '' || (!value.quoted && /^[<>=]/.test(value.text))) {
      const at = value.text === '' ? token.nameSpan : value.span;
      this.#fail(
        at,
        `"${field.name}" needs a value.`,
        (field.values ?? []).map((text) => `${field.name}:${text}`),
      );
    }
    const base = { field: field.name, fieldType: field.type, key: field.keyed ? key : null, span };
    const isRange = ordered.has(field.type) && !value.quoted && value.text.includes('..');
    if (isRange && (token.op === ':' || token.op === '=')) return this.#range(field, base, value);
    const op: Comparison = token.op === ':' || token.op === '!=' ? '=' : token.op;
    if (op !== '=' && !ordered.has(field.type)) {
      this.#fail(span, `"${field.name}" has no order to compare by; write ${field.name}:value.`);
    }
    this.#check(field, value, op);
    const node: QueryNode = { type: 'field', ...base, op, value };
    return token.op === '!=' ? { type: 'not', item: node, span } : node;
  }

  #range(field: QueryField, base: Omit<RangeNode, 'type' | 'from' | 'to'>, value: RawValue): RangeNode {
    const middle = value.text.indexOf('..');
    const cut = (from: number, to: number): RawValue | null => {
      if (from === to) return null;
      const end: RawValue = {
        text: value.text.slice(from, to),
        quoted: false,
        span: { start: value.span.start + from, end: value.span.start + to },
      };
      this.#check(field, end, '>');
      return end;
    };
    const from = cut(0, middle);
    const to = cut(middle + 2, value.text.length);
    if (from === null && to === null) this.#fail(value.span, 'A range needs at least one end.');
    return { type: 'range', ...base, from, to };
  }

  #known(token: Token & { type: 'field' }): QueryField {
    const dotted = token.key === null ? null : `${token.name}.${token.key}`;
    const field =
      this.#fields.find(({ name }) => name === dotted) ?? this.#fields.find(({ name }) => name === token.name);
    const parts = this.#fields.filter(({ name }) => name.startsWith(`${token.name}.`)).map(({ name }) => name);
    if (dotted !== null && parts.length > 0 && field?.name !== dotted) {
      return this.#fail(token.nameSpan, `There is no field "${dotted}" here.`, closest(dotted, parts));
    }
    if (!field) {
      const names = closest(
        token.name,
        this.#fields.map(({ name }) => name),
      );
      const advice = names.length === 0 ? ' To search for text with such a sign in it, quote it.' : '';
      return this.#fail(token.nameSpan, `There is no field "${token.name}" here.${advice}`, names);
    }
    if (field.keyed && token.key === null) {
      this.#fail(token.nameSpan, `"${field.name}" needs a name after a dot, e.g. ${field.name}.judge.`);
    }
    if (!field.keyed && token.key !== null && field.name !== dotted)
      this.#fail(token.nameSpan, `"${field.name}" takes nothing after a dot.`);
    return field;
  }

  #check(field: QueryField, value: RawValue, op: Comparison): void {
    const { text, span } = value;
    switch (field.type) {
      case 'number':
        if (parseNumber(text) === null) this.#fail(span, `"${field.name}" is a number.`);
        return;
      case 'duration':
        if (parseDuration(text) === null) this.#fail(span, `"${field.name}" is a duration.`, ['500ms', '5s', '2m']);
        return;
      case 'size':
        if (parseSize(text) === null) this.#fail(span, `"${field.name}" is a size.`, ['512', '10kB', '1MB']);
        return;
      case 'date':
        if (parseDate(text, 0) === null) {
          this.#fail(span, `"${field.name}" is a date.`, ['today', '-2h', '2026-11-21']);
        }
        return;
      case 'status':
        if (/^\d{3}$/.test(text) || (op === '=' && /^[1-5]xx$/i.test(text))) return;
        if (op !== '=') this.#fail(span, `"${field.name}" compares with a number such as 400.`);
        this.#choose(field, value, ['200', '4xx']);
        return;
      case 'choice':
      case 'flag':
        this.#choose(field, value, []);
        return;
      case 'term':
      case 'contains':
      case 'id':
        if (text.length > 500) this.#fail(span, 'A value has at most 500 characters.');
        return;
      default:
        field.type satisfies never;
    }
  }

  #choose(field: QueryField, value: RawValue, also: string[]): void {
    const values = field.values ?? [];
    if (values.includes(value.text.toLowerCase())) return;
    const near = closest(value.text, values);
    const suggestions = near.length > 0 ? near : [...also, ...values];
    this.#fail(value.span, `"${field.name}" cannot be "${this.#word(value.span)}".`, suggestions);
  }

  #count(span: Span): void {
    if (++this.#conditions > maxConditions) this.#fail(span, `A query has at most ${maxConditions} conditions.`);
  }
  #word(span: Span): string {
    return this.#source.slice(span.start, span.end);
  }
  #peek(): Token {
    return this.#tokens[this.#at] as Token;
  }
  #next(): Token {
    const token = this.#peek();
    if (token.type !== 'end') this.#at++;
    return token;
  }
  #fail(span: Span, message: string, suggestions: string[] = []): never {
    throw queryError(this.#source, span, message, suggestions);
  }
}

/** One node for the list; groups of the same kind are merged, so that equal queries have equal trees. */
function group(type: 'and' | 'or', items: QueryNode[]): QueryNode {
  const flat = items.flatMap((item) => (item.type === type ? item.items : [item]));
  if (flat.length === 1) return flat[0] as QueryNode;
  return {
    type,
    items: flat,
    span: { start: (flat[0] as QueryNode).span.start, end: (flat.at(-1) as QueryNode).span.end },
  };
}
