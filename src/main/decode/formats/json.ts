import type { Json } from '../../../shared/model/index.js';
import type { JsonObject } from '../../ground/json.js';

export { arrayOf, isObject, type JsonObject, objectOf, objectsOf } from '../../ground/json.js';

export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The value where it is a string with something in it. */
export function wordOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A token count: a finite number that is not negative, without its fraction. */
export function countOf(value: Json | undefined): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? Math.trunc(value) : undefined;
}

/** An index within what any real stream uses; hostile ones would make sparse arrays. */
export function indexOf(value: Json | undefined): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 100_000 ? value : undefined;
}

/** A copy without the given keys. */
export function without(value: JsonObject, keys: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.has(key)));
}
