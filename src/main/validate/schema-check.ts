import type * as z from 'zod';
import type { Note } from './report.js';

/** Whether a value holds its schema; where it does not, each field is noted with its path and never its value. */
export function holds<T>(schema: z.ZodType<T>, value: unknown, note: Note): value is T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return true;
  for (const { path, message, code } of parsed.error.issues.slice(0, 1000)) {
    note('schema_invalid', pathOf(path), code === 'unrecognized_keys' ? 'unknown field' : message);
  }
  return false;
}

/** `steps[3].arguments`. */
export function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${String(step)}`))
    .join('')
    .slice(0, 300);
}
