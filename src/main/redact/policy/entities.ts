import { type Entity, entities } from '../../../shared/policy.js';

export { type Entity, entities, isSecret } from '../../../shared/policy.js';

const names = [...entities].sort((a, b) => b.length - a.length).join('|');
const placeholderPattern = new RegExp(`(?:<|%3[Cc])(?:${names})_(?:[0-9a-f]{8}|MASKED)(?:>|%3[Ee])`, 'g');
const startOfPlaceholder = /<[A-Z]|%3[Cc][A-Z]/;

/** What stands for a masked value: no trace of it, so that equal values cannot be told. */
export function mask(entity: Entity): string {
  return `<${entity}_MASKED>`;
}

/** A character that no detector takes for part of a value. */
export const blank = '\0';

// A value that a terminal showed in colour begins right behind the letter that ends the escape.
// biome-ignore lint/suspicious/noControlCharactersInRegex: ECMA-48 control sequences begin with one
const terminalColour = /\x1b\[[0-9;:?]{0,32}[A-Za-z]/g;

/**
 * The text with every placeholder and every terminal escape turned into as many blanks, so that no detector sees the words or digits in it.
 * Only placeholders of our own entities count: nothing else can hide in their shape.
 */
export function blankPlaceholders(text: string): string {
  const plain = text.includes('\x1b') ? text.replace(terminalColour, (match) => blank.repeat(match.length)) : text;
  // Single characters are found far sooner than a pattern.
  if (!plain.includes('<') && !plain.includes('%')) return plain;
  if (!startOfPlaceholder.test(plain)) return plain;
  return plain.replace(placeholderPattern, (match) => blank.repeat(match.length));
}

export interface Placeholder {
  start: number;
  end: number;
  entity: Entity;
  /** Eight hexadecimal digits, or `MASKED`. */
  mark: string;
  /** How its angle brackets are written; empty in the host of a URL, where it has none. */
  open: string;
  close: string;
}

const spelledPlaceholder = new RegExp(
  `(?:(<|%3[Cc]|&lt;|\\\\u003[Cc])|(?<![A-Za-z0-9_]))(${names})_([0-9a-f]{8}|MASKED)(?![A-Za-z0-9_])(>|%3[Ee]|&gt;|\\\\u003[Ee])?`,
  'g',
);
const markOfPlaceholder = /_(?:[0-9a-f]{8}|MASKED)/;

/** Every placeholder in a text, in every spelling that texts give it. */
export function placeholdersIn(text: string): Placeholder[] {
  if (!text.includes('_') || !markOfPlaceholder.test(text)) return [];
  return [...text.matchAll(spelledPlaceholder)].map(({ index, 0: match, 1: open, 2: entity, 3: mark, 4: close }) => ({
    start: index,
    end: index + match.length,
    entity: entity as Entity,
    mark: mark as string,
    open: open ?? '',
    close: close ?? '',
  }));
}

/** The text without its placeholders, e.g. to judge a key name by what the client wrote. */
export function withoutPlaceholders(text: string): string {
  return startOfPlaceholder.test(text) ? text.replace(placeholderPattern, '') : text;
}
