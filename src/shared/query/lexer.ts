import type { RawValue, Span } from './ast.js';
import { queryError } from './errors.js';

export type FieldOperator = ':' | '!=' | '=' | '>' | '>=' | '<' | '<=';

export type Token =
  | { type: 'open' | 'close' | 'or' | 'and' | 'not' | 'minus' | 'end'; span: Span }
  | { type: 'text'; text: string; quoted: boolean; span: Span }
  | {
      type: 'field';
      name: string;
      key: string | null;
      nameSpan: Span;
      op: FieldOperator;
      value: RawValue;
      span: Span;
    };

const space = /\s/u;
const keywords: Record<string, 'or' | 'and' | 'not'> = { OR: 'or', AND: 'and', NOT: 'not' };
const fieldHead = /([A-Za-z_][A-Za-z0-9_]{0,63})(?:\.([A-Za-z0-9_-]{1,64}))?(:(?:[<>]=?|=)?|!=|[<>]=?|=)/y;

/** Cuts a query into tokens; one pass, linear in its length. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const char = source[at] as string;
    if (space.test(char)) {
      at++;
    } else if (char === '(' || char === ')') {
      tokens.push({ type: char === '(' ? 'open' : 'close', span: { start: at, end: ++at } });
    } else if (char === '-' && at + 1 < source.length && !/[\s)]/u.test(source[at + 1] as string)) {
      tokens.push({ type: 'minus', span: { start: at, end: ++at } });
    } else {
      const token = char === '"' ? quotedToken(source, at) : (fieldToken(source, at) ?? wordToken(source, at));
      tokens.push(token);
      at = token.span.end;
    }
  }
  tokens.push({ type: 'end', span: { start: source.length, end: source.length } });
  return tokens;
}

function quotedToken(source: string, start: number): Token {
  const { text, end } = readQuoted(source, start);
  return { type: 'text', text, quoted: true, span: { start, end } };
}

function wordToken(source: string, start: number): Token {
  const end = endOfWord(source, start);
  const text = source.slice(start, end);
  const keyword = Object.hasOwn(keywords, text) ? keywords[text] : undefined;
  if (keyword) return { type: keyword, span: { start, end } };
  return { type: 'text', text, quoted: false, span: { start, end } };
}

function fieldToken(source: string, start: number): Token | null {
  fieldHead.lastIndex = start;
  const match = fieldHead.exec(source);
  if (!match) return null;
  const [head, name, key, operator] = match as unknown as [string, string, string | undefined, string];
  const nameSpan = { start, end: start + head.length - operator.length };
  const valueStart = start + head.length;
  const op = (operator.length > 1 && operator.startsWith(':') ? operator.slice(1) : operator) as FieldOperator;
  const value = readValue(source, valueStart);
  return {
    type: 'field',
    name: name.toLowerCase(),
    key: key?.toLowerCase() ?? null,
    nameSpan,
    op,
    value,
    span: { start, end: value.span.end },
  };
}

function readValue(source: string, start: number): RawValue {
  if (source[start] === '"') {
    const { text, end } = readQuoted(source, start);
    return { text, quoted: true, span: { start, end } };
  }
  const end = endOfWord(source, start);
  return { text: source.slice(start, end), quoted: false, span: { start, end } };
}

/** `\"` and `\\` are escapes; any other backslash stands for itself, so that paths can be pasted. */
function readQuoted(source: string, start: number): { text: string; end: number } {
  let text = '';
  let at = start + 1;
  for (; at < source.length; at++) {
    const char = source[at] as string;
    if (char === '"') return { text, end: at + 1 };
    const next = source[at + 1];
    if (char === '\\' && (next === '"' || next === '\\')) {
      text += next;
      at++;
    } else text += char;
  }
  throw queryError(source, { start, end: source.length }, 'A quotation mark is opened and never closed.');
}

function endOfWord(source: string, start: number): number {
  let end = start;
  while (end < source.length && !/[\s()"]/u.test(source[end] as string)) end++;
  return end;
}
