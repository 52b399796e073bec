import type { Json } from '../../../shared/model/index.js';
import { wireNames } from '../../../shared/tool-names.js';
import { resultValue } from '../chain/canonical.js';
import { type FailureRule, failureRules, readingTools, type Says } from './rules.js';

type Fields = { [name: string]: Json };

/** Commands of one call that are looked at. */
const mostListed = 64;
const reading: ReadonlySet<string> = new Set(readingTools);

/**
 * How a tool call ended: as its result was marked, else as a result that is an object says of itself. Plain text and whatever no rule
 * knows is `ok`.
 * @param tool its name, where it is known
 */
export function statusOf(
  { result, is_error }: { result: Json | null; is_error?: boolean | undefined },
  tool?: string,
): 'ok' | 'error' {
  if (is_error !== undefined) return is_error ? 'error' : 'ok';
  return result === null || failureOf(resultValue(result), tool) === null ? 'ok' : 'error';
}

/** The first rule by which the result is that of a tool that failed; null where there is none. */
export function failureOf(result: Json, tool?: string): FailureRule['id'] | null {
  const listed = Array.isArray(result);
  const told = (listed ? result.slice(0, mostListed) : [result]).filter(isFields);
  if (told.length === 0) return null;
  const reads = tool !== undefined && wireNames(tool).some((name) => reading.has(name));
  const found = failureRules.find(
    (rule) =>
      (rule.listed === true) === listed &&
      (rule.envelope === true || !reads) &&
      told.some((fields) => holds(rule, fields)),
  );
  return found?.id ?? null;
}

function holds({ fields, says, with: company, beside }: FailureRule, result: Fields): boolean {
  if (company !== undefined && !company.some((name) => name in result)) return false;
  if (beside !== undefined) {
    if (!Object.keys(result).every((name) => beside.includes(name))) return false;
    if (result['success'] === true || result['ok'] === true) return false;
  }
  return fields.some((path) => isSaid[says](valueAt(result, path)));
}

const isSaid = {
  true: (value) => value === true,
  false: (value) => value === false,
  'not zero': (value) => typeof value === 'number' && value !== 0,
  'an error': (value) =>
    typeof value === 'string' ? value.trim() !== '' : isFields(value) && Object.keys(value).length > 0,
} satisfies Record<Says, (value: Json | undefined) => boolean>;

function valueAt(result: Fields, path: string): Json | undefined {
  return path
    .split('.')
    .reduce<Json | undefined>(
      (value, name) => (isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined),
      result,
    );
}

function isFields(value: Json | undefined): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
