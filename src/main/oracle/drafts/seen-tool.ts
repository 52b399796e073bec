import type { DomainFile, ToolFile } from '../domains/schema.js';

export type Does = ToolFile['does'];
export type Category = DomainFile['intents'][string]['category'];

/** A JSON Schema, as far as it is read here. */
export interface Schema {
  type?: unknown;
  format?: unknown;
  enum?: unknown;
  minimum?: unknown;
  maximum?: unknown;
  properties?: { [name: string]: Schema };
  required?: unknown;
  items?: Schema;
}

/** A tool as others describe it: what it takes, what it gives, and what it does as far as that can be told. */
export interface SeenTool {
  /** In lower case, with underscores. */
  name: string;
  about: string;
  /** Null where neither verb nor schemas say. */
  does: Does | null;
  /** What it is about, in the singular; null where nothing names it. */
  entity: string | null;
  takes: { [name: string]: Schema };
  required: readonly string[];
  /** Fields of the rows that it gives; null where nobody says. */
  gives: { [name: string]: Schema } | null;
}

const mostName = 60;

/** `listInvoices`, `list-invoices` and `List invoices` are `list_invoices`. */
export function snake(text: string): string {
  const name = text
    .slice(0, 200)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^[_0-9]+|_+$/g, '');
  return name.slice(0, mostName).replace(/_+$/, '');
}

export function singular(word: string): string {
  if (/ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/(ss|x|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return /[^su]s$/.test(word) ? word.slice(0, -1) : word;
}

export function plural(word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return /(s|x|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}

const verbs: { readonly [does in Does]: readonly string[] } = {
  find: ['list', 'search', 'find', 'query', 'browse', 'lookup'],
  get: ['get', 'read', 'fetch', 'show', 'view', 'retrieve', 'describe'],
  total: ['count', 'sum', 'total', 'average', 'aggregate'],
  create: [
    'create',
    'add',
    'new',
    'post',
    'send',
    'open',
    'schedule',
    'book',
    'insert',
    'register',
    'submit',
    'upload',
  ],
  change: [
    ...['update', 'set', 'edit', 'change', 'modify', 'patch', 'put', 'rename', 'move', 'assign', 'mark', 'approve'],
    ...['reject', 'close', 'reopen', 'cancel', 'archive', 'restore', 'enable', 'disable', 'publish', 'complete'],
  ],
  remove: ['delete', 'remove', 'destroy', 'drop', 'purge'],
};

/** What the first word of a tool's name says that it does; null for words that say nothing of it. */
export function doesOf(name: string): Does | null {
  const [word = ''] = name.split('_');
  for (const [does, words] of Object.entries(verbs)) if (words.includes(word)) return does as Does;
  return null;
}

/** A sentence of a description: the first, and no longer than a line. */
export function sentenceOf(text: unknown): string {
  if (typeof text !== 'string') return '';
  const line = text.slice(0, 2000).replaceAll(/\s+/g, ' ').trim();
  const end = line.search(/[.!?](\s|$)/);
  return (end === -1 ? line : line.slice(0, end)).slice(0, 200);
}
