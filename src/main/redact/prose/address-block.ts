import type { Span } from '../detectors/types.js';
import { fold } from './front-coding.js';
import { isCountry } from './lexicon.js';

/** `20789 Allika 46`, `> 935 69 Gordon Terrace`: a line that begins with a house number and holds a name. */
const streetLine =
  /^[ \t>?|*]{0,8}(?:\d{1,6}[A-Za-z]?[ ,]{1,2}[\p{L}\d][\p{L}\d .,'’/-]{2,64}|P\.? ?O\.? Box \d{1,6})$/u;
const unitLine = /^[ \t>?|*]{0,8}(?:Apt|Apartment|Suite|Ste|Unit|Floor|Room|Flat)\.? ?#?\d{1,5}[A-Za-z]?,?$/i;
const unitAtEnd = /(?:apt|apartment|suite|ste|unit|floor)\.? ?#?\d{1,5}[A-Za-z]?,?$/i;
const placeLine = /^[ \t>?|*]{0,8}(?:, ?)?(\p{Lu}[\p{L}.'’ -]{1,40}(?: \(\p{L}{2,20}\))?)\.?$/u;
const codeLine =
  /^[ \t>?|*]{0,8}(?:, ?)?(?:(\p{Lu}[\p{L}.'’ -]{1,40}?(?:, [A-Z]{2})?(?: \(\p{L}{2,20}\))?),? )?((?:\d{5}-\d{4}|\d{3} \d{2}|\d{2,5}-\d{3}|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|\d{4} [A-Z]{2}|\d{3,6}))$/u;
/** Unit, towns, state, country; an empty line among them. */
const mostLines = 6;

export interface AddressBlock {
  /** Lines with a town, a state or a country. */
  places: Span[];
  /** The postal code behind them. */
  code: Span | null;
}

/**
 * The lines below a street's in a letterhead: towns, country, postal code, each a line of its own, ended by a code or a
 * country. A block counts only where there is a unit, a country or a code, so that a numbered list is none.
 */
export function addressBlocks(text: string): AddressBlock[] {
  const blocks: AddressBlock[] = [];
  if (!text.includes('\n')) return blocks;
  for (let at = 0; at < text.length; ) {
    const end = lineEnd(text, at);
    let from = at;
    while (from < end && from < at + 8 && isQuoting(text.charCodeAt(from))) from++;
    const first = text.charCodeAt(from);
    const below = (first > 47 && first < 58) || first === 80 ? blockAfter(text, at, end) : null;
    if (below) blocks.push(below);
    at = end + 1;
  }
  return blocks;
}

function blockAfter(text: string, start: number, end: number): AddressBlock | null {
  if (end - start > 80 || end - start < 6) return null;
  const line = text.slice(start, end).trimEnd();
  if (!streetLine.test(line)) return null;
  let unit = unitAtEnd.test(line);
  const places: Span[] = [];
  let country = false;
  let at = end + 1;
  for (let count = 0; count < mostLines && at < text.length; count++) {
    const stop = lineEnd(text, at);
    if (stop - at > 60) break;
    const below = text.slice(at, stop).trimEnd();
    if (unitLine.test(below)) unit = true;
    else if (!/^[ \t>?|*]*$/.test(below)) {
      const code = codeLine.exec(below);
      if (code?.[2]) {
        const codeEnd = at + below.length;
        if (code[1]) places.push(place(at + below.indexOf(code[1]), code[1]));
        const next = text.slice(stop + 1, lineEnd(text, stop + 1)).trim();
        const shaped = /, [A-Z]{2}$/.test(code[1] ?? '') || /[A-Z]\d[A-Z\d]? \d[A-Z]{2}$/.test(code[2]);
        const confirmed =
          country ||
          shaped ||
          isCountry(fold(next)) ||
          (code[1] !== undefined && isCountry(fold(code[1].replace(/ \([^()]{0,24}\)$/, ''))));
        if (places.length === 0 || !(unit || confirmed)) return null;
        return { places, code: { start: codeEnd - code[2].length, end: codeEnd, confidence: 0.8 } };
      }
      const name = placeLine.exec(below)?.[1];
      if (name === undefined) break;
      places.push(place(at + below.indexOf(name), name));
      country ||= isCountry(fold(name));
    }
    at = stop + 1;
  }
  return country && places.length > 0 ? { places, code: null } : null;
}

/** Blanks and the signs of a quoted mail. */
function isQuoting(char: number): boolean {
  return char === 32 || char === 9 || char === 62 || char === 63 || char === 124 || char === 42;
}

function place(start: number, name: string): Span {
  return { start, end: start + name.length, confidence: 0.8 };
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}
