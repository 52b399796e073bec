import { type QueryScope, queryFields } from './fields.js';

export interface Completion {
  /** The piece of the query that an accepted suggestion replaces. */
  start: number;
  end: number;
  options: { text: string; description: string }[];
  /** Set where the values must be asked of the store: `fieldValues(scope, field, prefix)`. */
  values: { field: string; prefix: string } | null;
}

/** What can stand at `caret` of a query, however unfinished it is; never throws. */
export function completeQuery(source: string, caret: number, scope: QueryScope): Completion {
  const end = Math.max(0, Math.min(caret, source.length));
  let start = end;
  while (start > 0 && !/[\s()"]/u.test(source[start - 1] as string)) start--;
  if (source[start] === '-' && start < end) start++;
  const word = source.slice(start, end);
  const fields = queryFields[scope];
  const colon = word.indexOf(':');
  if (colon < 0) {
    const options = fields
      .filter(({ name }) => name.startsWith(word.toLowerCase()))
      .map(({ name, description, keyed }) => ({ text: keyed ? `${name}.` : `${name}:`, description }));
    return { start, end, options, values: null };
  }
  const field = fields.find(({ name }) => name === word.slice(0, colon).toLowerCase());
  const prefix = word.slice(colon + 1);
  const options = (field?.values ?? [])
    .filter((text) => text.startsWith(prefix.toLowerCase()))
    .map((text) => ({ text, description: '' }));
  const values = field?.type === 'term' ? { field: field.name, prefix } : null;
  return { start: start + colon + 1, end, options, values };
}
