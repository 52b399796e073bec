import table from '../../../../../resources/redaction/surrogate-words.json' with { type: 'json' };
import type { Numbers } from '../../keys/keyed.js';
import type { Family } from './family.js';

const { given, beginnings, middles, ends } = table;

/** Words that say what something is, and stay. */
const kinds = new Set(
  (
    'ltd limited inc incorporated llc llp plc gmbh ag kg se sa sas sarl srl spa bv nv oy ab as aps corp corporation co company ' +
    'group holding holdings bank university institute college school hospital clinic foundation trust ' +
    'street st road rd avenue ave lane ln drive dr court ct place pl square sq boulevard blvd way close terrace parkway pkwy ' +
    'highway hwy apt apartment suite unit floor box po rue via calle strasse platz weg north south east west ' +
    'jr sr ii iii and of the de la le du von van der den di da e y und et'
  ).split(' '),
);
const token = /\p{L}[\p{L}\p{M}'’]{0,63}|\d/gu;
const longest = 400;
/** One for all: what one detector takes for a place another takes for a name. */
const tagPurpose = 'tag:word';

interface Piece {
  start: number;
  end: number;
  kind: 'given' | 'word' | 'initial' | 'digit';
}

/**
 * Names of people, firms, places and accounts: every word becomes an invented one in its case, every digit a digit; words
 * such as Ltd and Street stay. The last word's middle and end are the tag. A foreign name passes for one of ours where it
 * is made of the same syllables (hardly any is) and then once in 900; a single word, once in 60.
 */
export function wordFamily(id: string, options: { person?: boolean } = {}): Family {
  const family: Family = {
    id,
    make(value, subject, keyed) {
      const pieces = piecesOf(value, options.person === true);
      const words = pieces.filter(({ kind }) => kind === 'word').length;
      if (words === 0 || value.length > longest) return null;
      const numbers = keyed(id, subject);
      for (let attempt = 0; attempt < 8; attempt++) {
        const made = write(value, pieces, (content) => keyed(tagPurpose, content), numbers);
        if (made !== value && family.isOurs(made, keyed)) return made;
      }
      return null;
    },
    isOurs(value, keyed) {
      if (value.length > longest) return false;
      const pieces = piecesOf(value, options.person === true);
      const last = pieces.findLastIndex(({ kind }) => kind === 'word');
      if (last === -1) return false;
      const text = ({ start, end }: Piece) => value.slice(start, end).toLowerCase();
      for (const [order, piece] of pieces.entries()) {
        if (order === last) continue;
        if (piece.kind === 'word' && readings(text(piece)).length === 0) return false;
        if (piece.kind === 'given' && !givenNames.has(text(piece))) return false;
      }
      const otherWords = pieces.filter((_, order) => order !== last).map(text);
      return readings(text(pieces[last] as Piece)).some(([beginning, middle, end]) => {
        const alone = pieces.length < 2;
        const content = [...otherWords, beginning, ...(alone ? [middle] : [])].join(' ');
        const tag = tagOf(keyed(tagPurpose, content), alone);
        return end === tag.end && (alone || middle === tag.middle);
      });
    },
  };
  return family;
}

const givenNames = new Set(given);

function piecesOf(value: string, person: boolean): Piece[] {
  const pieces: Piece[] = [];
  for (const { index, 0: text } of value.matchAll(token)) {
    const kind = /\d/.test(text) ? 'digit' : text.length === 1 ? 'initial' : 'word';
    if (kind === 'word' && kinds.has(text.toLowerCase())) continue;
    pieces.push({ start: index, end: index + text.length, kind });
  }
  const words = pieces.filter(({ kind }) => kind === 'word');
  if (person) for (const word of words.slice(0, -1)) word.kind = 'given';
  return pieces;
}

function write(value: string, pieces: readonly Piece[], tag: (content: string) => Numbers, numbers: Numbers): string {
  const last = pieces.findLastIndex(({ kind }) => kind === 'word');
  const alone = pieces.length < 2;
  const made = pieces.map(({ kind }, order) => {
    if (kind === 'digit') return String(1 + numbers.next(9));
    if (kind === 'initial') return String.fromCharCode(97 + numbers.next(26));
    if (kind === 'given') return pick(given, numbers);
    const beginning = pick(beginnings, numbers);
    if (order !== last) return beginning + pick(middles, numbers) + pick(ends, numbers);
    return alone ? `${beginning} ${pick(middles, numbers)}` : beginning;
  });
  const [beginning = '', middle = ''] = (made[last] as string).split(' ');
  const otherWords = made.filter((_, order) => order !== last);
  const end = tagOf(tag([...otherWords, beginning, ...(alone ? [middle] : [])].join(' ')), alone);
  made[last] = beginning + (alone ? middle : end.middle) + end.end;
  const out: string[] = [];
  let at = 0;
  for (const [order, piece] of pieces.entries()) {
    out.push(value.slice(at, piece.start), inCaseOf(value.slice(piece.start, piece.end), made[order] as string));
    at = piece.end;
  }
  return out.join('') + value.slice(at);
}

function tagOf(numbers: Numbers, alone: boolean): { middle: string; end: string } {
  return { end: pick(ends, numbers), middle: alone ? '' : pick(middles, numbers) };
}

function pick(list: readonly string[], numbers: Numbers): string {
  return list[numbers.next(list.length)] as string;
}

/** Every way to read a word as beginning, middle and end. */
function readings(word: string): [beginning: string, middle: string, end: string][] {
  const out: [string, string, string][] = [];
  for (const end of ends) {
    if (!word.endsWith(end)) continue;
    const front = word.slice(0, -end.length);
    for (const [beginning, middle] of fronts.get(front) ?? []) out.push([beginning, middle, end]);
  }
  return out;
}

const fronts = new Map<string, [string, string][]>();
for (const beginning of beginnings) {
  for (const middle of middles) {
    const front = beginning + middle;
    fronts.set(front, [...(fronts.get(front) ?? []), [beginning, middle]]);
  }
}

function inCaseOf(model: string, word: string): string {
  if (model === model.toUpperCase() && (model.length > 1 || word.length === 1)) return word.toUpperCase();
  return /^\p{Lu}/u.test(model) ? word.charAt(0).toUpperCase() + word.slice(1) : word;
}

/** A single invented word in small letters, e.g. for a host. */
export function inventedWord(numbers: Numbers): string {
  return pick(beginnings, numbers) + pick(middles, numbers) + pick(ends, numbers);
}

export function givenName(numbers: Numbers): string {
  return pick(given, numbers);
}
