import type * as z from 'zod';
import { SluiceError } from '../../../shared/errors.js';
import { sentJson } from '../../ground/json.js';

/** Fields that one answer names: of ten thousand events each may be wrong. */
const maxProblems = 100;

/** A body as its schema has it. Throws `request_invalid` where it is no JSON, and `code` where it does not fit. */
export function bodyOf<S extends z.ZodType>(
  schema: S,
  bytes: Uint8Array,
  code: 'validation_failed' | 'request_invalid' = 'validation_failed',
): z.infer<S> {
  return fitting(schema, jsonOf(bytes), code);
}

/** The value of a body; undefined where it is empty. Throws `request_invalid`. */
export function jsonOf(bytes: Uint8Array): unknown {
  const read = bytes.byteLength === 0 ? { value: undefined } : sentJson(new TextDecoder().decode(bytes));
  if ('problem' in read) throw new SluiceError('request_invalid', read.problem);
  return read.value;
}

/** A value as its schema has it. Throws `code` where it does not fit. */
export function fitting<S extends z.ZodType>(
  schema: S,
  value: unknown,
  code: 'validation_failed' | 'request_invalid' = 'validation_failed',
): z.infer<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.slice(0, maxProblems).map(({ path, message }) => ({
    ...(code === 'validation_failed' ? { in: 'body' } : {}),
    path: path.join('.'),
    message,
  }));
  const first = details[0];
  throw new SluiceError(code, `${first?.path || 'body'}: ${first?.message ?? 'invalid'}`, details);
}
