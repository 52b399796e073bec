import type { Json } from '../../../shared/model/index.js';
import { isObject, type JsonObject, parseJson } from '../../ground/json.js';

export { arrayOf as listOf, isObject, type JsonObject, objectsOf } from '../../ground/json.js';

/** Attribute values and the JSON inside them may be nested so deep. */
export const maxValueDepth = 64;

/** A text that is not empty. */
export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function numberOf(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || !/^-?\d{1,20}(\.\d{1,20})?$/.test(value)) return undefined;
  return Number(value);
}

/** A count of tokens: whole and not negative. */
export function countOf(value: Json | undefined): number | undefined {
  const number = numberOf(value);
  return number !== undefined && number >= 0 && number <= Number.MAX_SAFE_INTEGER ? Math.round(number) : undefined;
}

/** The first attribute that is there: conventions renamed many. */
export function first(object: JsonObject, ...names: string[]): Json | undefined {
  for (const name of names) {
    const value = object[name];
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return undefined;
}

/** Only the members that are there. */
export function present(object: { [key: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(
    Object.entries(object).filter((entry): entry is [string, Json] => entry[1] !== undefined && entry[1] !== null),
  );
}

/** The value of a text that holds a JSON object or list, as exporters write structures; else the value itself. */
export function unwrapped(value: Json | undefined): Json | undefined {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  return parseJson(value, { maxDepth: maxValueDepth }) ?? value;
}

/** Attributes under one dotted name, e.g. all of `llm.input_messages.`, as the tree that the dots spell. */
export function tree(attributes: JsonObject, prefix: string): JsonObject {
  const root: JsonObject = Object.create(null) as JsonObject;
  for (const [name, value] of Object.entries(attributes)) {
    if (!name.startsWith(prefix)) continue;
    const path = name.slice(prefix.length).split('.');
    if (path.length > maxValueDepth) continue;
    let at = root;
    for (const step of path.slice(0, -1)) {
      const inner = at[step];
      if (isObject(inner)) at = inner;
      else {
        const fresh = Object.create(null) as JsonObject;
        at[step] = fresh;
        at = fresh;
      }
    }
    const last = path.at(-1) as string;
    if (!isObject(at[last])) at[last] = value;
  }
  return root;
}

/** Members of a tree whose names are numbers, in their order. */
export function numbered(value: Json | undefined): Json[] {
  if (Array.isArray(value)) return value;
  if (!isObject(value)) return [];
  return Object.keys(value)
    .filter((name) => /^\d{1,6}$/.test(name))
    .sort((a, b) => Number(a) - Number(b))
    .map((name) => value[name] as Json);
}
