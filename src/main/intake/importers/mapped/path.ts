import type { Json } from '../../../../shared/model/index.js';
import { isObject, parseJson } from '../../../ground/json.js';

/** `null`: over all elements of a list. */
export type Segment = string | number | null;

/** Deeper paths are a mistake. */
const mostSegments = 32;
const piece = /\.([^.[\]]+)|\[(\*|\d{1,6}|"(?:[^"\\]|\\["\\])*")\]/y;

/** A path's segments, or what is wrong with it. */
export function parsePath(text: string): Segment[] | { problem: string } {
  // `$.name`, `name` and `["name"]` are the same.
  const bare = text.replace(/^\$(?=[.[])/, '');
  const whole = /^[.[]/.test(bare) ? bare : `.${bare}`;
  const segments: Segment[] = [];
  piece.lastIndex = 0;
  while (piece.lastIndex < whole.length) {
    const at = piece.lastIndex;
    const found = piece.exec(whole);
    if (found === null) return { problem: `"${text}" cannot be read from "${whole.slice(at)}" on` };
    const [, name, inner = ''] = found;
    if (name !== undefined) segments.push(name);
    else if (inner === '*') segments.push(null);
    else segments.push(inner.startsWith('"') ? (JSON.parse(inner) as string) : Number(inner));
  }
  if (segments.length > mostSegments) return { problem: `"${text}" has more than ${mostSegments} parts` };
  return segments;
}

/** The segments as they are written. */
export function pathText(segments: readonly Segment[]): string {
  return segments
    .map((segment, index) => {
      if (segment === null) return '[*]';
      if (typeof segment === 'number') return `[${segment}]`;
      if (/[.[\]"\\]/.test(segment) || segment === '' || segment === '$') return `[${JSON.stringify(segment)}]`;
      return index === 0 ? segment : `.${segment}`;
    })
    .join('');
}

/** Up to and with the last list that it leads over. */
export function listPart(segments: readonly Segment[]): Segment[] {
  return segments.slice(0, segments.lastIndexOf(null) + 1);
}

/** What stands there; `places` tells the elements of the lists that the path leads over. */
export function valueAt(
  value: Json | undefined,
  segments: readonly Segment[],
  places: readonly number[],
): Json | undefined {
  let at = value;
  let list = 0;
  for (const segment of segments) {
    at = opened(at);
    if (segment === null) {
      const place = places[list++];
      at = Array.isArray(at) && place !== undefined ? at[place] : undefined;
    } else if (typeof segment === 'number') at = Array.isArray(at) ? at[segment] : undefined;
    else at = isObject(at) && Object.hasOwn(at, segment) ? at[segment] : undefined;
    if (at === undefined) return undefined;
  }
  return at;
}

/** The places of every element that the list part of a path leads to: one without places where it leads over none. */
export function* elements(value: Json, list: readonly Segment[], before: readonly number[] = []): Generator<number[]> {
  const next = list.indexOf(null);
  if (next === -1) {
    yield [...before];
    return;
  }
  const found = opened(valueAt(value, list.slice(0, next), []));
  if (!Array.isArray(found)) return;
  for (const [place, element] of found.entries()) {
    yield* elements(element, list.slice(next + 1), [...before, place]);
  }
}

/** Many formats write JSON as a text within JSON. */
function opened(value: Json | undefined): Json | undefined {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  return parseJson(value) ?? value;
}
