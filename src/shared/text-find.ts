/** A place in a text: UTF-16 offsets, `end` exclusive. */
export interface TextHit {
  start: number;
  end: number;
}

export interface TextSearch {
  /** At most `limit` places, in their order; they do not overlap. */
  hits(text: string, limit?: number): TextHit[];
}

/** What is asked for longer than this is cut: nobody reads it, and every text is held against it. */
export const longestNeedle = 200;

const letter = '[\\p{L}\\p{N}]';
const noLetter = '[^\\p{L}\\p{N}]';
/** Scripts that write no spaces: a word has no edges there. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

/**
 * Looks for words as they are read: upper and lower case and accents are one, and between two words of the needle anything may
 * stand that is no letter and no digit. `whole`: words begin and end where the needle's do. Null for a needle without a character.
 */
export function textSearch(needle: string, whole: boolean): TextSearch | null {
  const pieces = folded(needle.slice(0, longestNeedle))
    .text.split(/\s+/u)
    .filter((piece) => piece !== '');
  const [first] = pieces;
  const last = pieces.at(-1);
  if (first === undefined || last === undefined) return null;
  const words = pieces.map((piece) => piece.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join(`${noLetter}+`);
  const begin = whole && isWordEdge(first.at(0)) ? `(?<!${letter})` : '';
  const end = whole && isWordEdge(last.at(-1)) ? `(?!${letter})` : '';
  const pattern = new RegExp(`${begin}${words}${end}`, 'gu');
  return {
    hits(text, limit = Number.POSITIVE_INFINITY) {
      const { text: plain, places } = folded(text);
      const found: TextHit[] = [];
      for (const match of plain.matchAll(pattern)) {
        if (found.length >= limit) break;
        const after = match.index + match[0].length;
        found.push(
          places === null
            ? { start: match.index, end: after }
            : { start: places[match.index] as number, end: places[after] as number },
        );
      }
      return found;
    },
  };
}

/** The words of a needle as the text index counts them, with a space between. */
export function wordsOf(text: string): string {
  return text
    .split(/[^\p{L}\p{N}\p{M}\p{Co}]+/u)
    .filter((word) => word !== '')
    .join(' ');
}

function isWordEdge(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character) && !unspaced.test(character);
}

/** Lower case without accents. `places`: where each unit of it stands in the text, and where the text ends; null where in its own place. */
function folded(text: string): { text: string; places: Uint32Array | null } {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII, which is what most texts are
  if (/^[\x00-\x7f]*$/.test(text)) return { text: text.toLowerCase(), places: null };
  let plain = '';
  let moved = false;
  const places: number[] = [];
  let at = 0;
  for (const character of text) {
    const one = character < '\x80' ? character.toLowerCase() : foldedCharacter(character);
    if (one.length !== character.length) moved = true;
    for (let unit = 0; unit < one.length; unit += 1) places.push(at);
    plain += one;
    at += character.length;
  }
  places.push(at);
  return { text: plain, places: moved ? Uint32Array.from(places) : null };
}

function foldedCharacter(character: string): string {
  return character.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
