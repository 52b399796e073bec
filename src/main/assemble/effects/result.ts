import type { Json } from '../../../shared/model/index.js';
import { parsedOr, squeeze, stableJson } from '../chain/canonical.js';

const mostNodes = 20_000;
/** Characters of one text that are searched for in another. */
const probe = 256;
const mostPlaces = 16;

/**
 * True where the result that a model was given is not the one that came over the wire. Wrapping changes nothing: each
 * text of the wire has to stand whole in what was given, white space aside.
 */
export function resultAltered(wire: Json, modelResult: Json): boolean {
  const texts = wireTexts(wire);
  const all = squeeze(typeof modelResult === 'string' ? modelResult : stableJson(modelResult));
  if (texts === null) return !within(squeeze(stableJson(wire)), all, '');
  const leaves = squeeze(leafTexts(modelResult).join(''));
  return texts.some((text) => {
    const squeezed = squeeze(text);
    if (within(squeezed, all, leaves)) return false;
    const value = parsedOr(text);
    // A text that was written as JSON once more.
    if (typeof value === 'string') return value === text || !within(squeeze(value), all, leaves);
    return !within(squeeze(stableJson(value)), all, leaves);
  });
}

/** Texts of a tool's result as its protocol carries them; null for a value without such a form. */
function wireTexts(value: Json): string[] | null {
  if (typeof value === 'string') return [value];
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return null;
  const parts = value.content;
  if (typeof parts === 'string') return [parts];
  if (!Array.isArray(parts)) return null;
  const texts = parts.flatMap((part) =>
    part !== null && typeof part === 'object' && !Array.isArray(part) && typeof part.text === 'string'
      ? [part.text]
      : [],
  );
  const { structuredContent } = value;
  return texts.length === 0 && structuredContent !== undefined ? [stableJson(structuredContent)] : texts;
}

function leafTexts(value: Json): string[] {
  const texts: string[] = [];
  const stack: Json[] = [value];
  let nodes = 0;
  for (let item = stack.pop(); item !== undefined && nodes < mostNodes; item = stack.pop()) {
    nodes++;
    if (typeof item === 'string') texts.push(item);
    else if (item !== null && typeof item === 'object')
      stack.push(...Object.values(item).slice(0, mostNodes).reverse());
  }
  return texts;
}

/** Looks for the beginning only and compares the rest in place: a search for all of it would not be linear. */
function within(text: string, ...places: string[]): boolean {
  if (text === '') return true;
  const head = text.slice(0, probe);
  return places.some((place) => {
    let at = place.indexOf(head);
    for (let tries = 0; at >= 0 && tries < mostPlaces; tries++) {
      if (place.startsWith(text, at)) return true;
      at = place.indexOf(head, at + 1);
    }
    return false;
  });
}
