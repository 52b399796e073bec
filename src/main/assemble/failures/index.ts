import type { Json } from '../../../shared/model/index.js';
import { wireNames } from '../../../shared/tool-names.js';
import { resultValue } from '../chain/canonical.js';
import { type FrameRule, frameRules } from './frames.js';
import { type FailureRule, failureRules, readingTools, type Says } from './rules.js';

type Fields = { [name: string]: Json };

/** Commands of one call that are looked at. */
const mostListed = 64;
const reading: ReadonlySet<string> = new Set(readingTools);

/** UTF-16 units at each end of a text that a frame is looked for in: they are short, and results are not. */
const frameReach = 500;

/**
 * How a tool call ended: as its result was marked, else as a result that is an object, or the frame that an agent's program puts
 * around a command's output, says. Other text and whatever no rule knows is `ok`.
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
export function failureOf(result: Json, tool?: string): FailureRule['id'] | FrameRule['id'] | null {
  const reads = tool !== undefined && wireNames(tool).some((name) => reading.has(name));
  if (typeof result === 'string') return reads ? null : framedFailure(result);
  const listed = Array.isArray(result);
  const resultFields = (listed ? result.slice(0, mostListed) : [result]).filter(isFields);
  if (resultFields.length === 0) return null;
  const found = failureRules.find(
    (rule) =>
      (rule.listed === true) === listed &&
      (rule.envelope === true || !reads) &&
      resultFields.some((fields) => holds(rule, fields)),
  );
  return found?.id ?? null;
}

function framedFailure(text: string): FrameRule['id'] | null {
  const ends = text.length <= 2 * frameReach ? text : `${text.slice(0, frameReach)}\0${text.slice(-frameReach)}`;
  for (const { id, frame } of frameRules) {
    const code = frame.exec(ends)?.[1];
    if (code !== undefined) return Number(code) === 0 ? null : id;
  }
  return null;
}

function holds({ fields, says, with: company, beside }: FailureRule, result: Fields): boolean {
  if (company !== undefined && !company.some((name) => name in result)) return false;
  if (beside !== undefined) {
    if (!Object.keys(result).every((name) => beside.includes(name))) return false;
    if (result['success'] === true || result['ok'] === true) return false;
  }
  return fields.some((path) => valueTests[says](valueAt(result, path)));
}

const valueTests = {
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
