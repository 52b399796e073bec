import english from '../../../../resources/redaction/english-words.json' with { type: 'json' };
import people from '../../../../resources/redaction/person-names.json' with { type: 'json' };
import places from '../../../../resources/redaction/place-names.json' with { type: 'json' };
import { ownCopy } from '../scan/own-copy.js';
import { fold, readWords } from './front-coding.js';
import { isFunctionWord } from './function-words.js';
import { notPeople } from './not-people.js';
import { isOrganisationWord } from './organisation-words.js';
import { isStreetName, isStreetWord } from './street-words.js';

/** What a capitalised word can be; bits, because most can be several things. */
export const kinds = {
  /** A common English word, inflected or not. */
  word: 1,
  given: 2,
  /** A given name that several countries share. */
  common: 4,
  surname: 8,
  /** A product, a language, a company of software, a month: never a person. */
  product: 16,
  /** A country, region or city of one word. */
  place: 32,
} as const;

/** What a word is by itself, whatever name it can be; bits. */
export const roles = {
  /** It ends the name of an organisation. */
  organisation: 1,
  /** A pronoun, an article, a conjunction of some language. */
  functional: 2,
  street: 4,
  /** The name of a street in one word. */
  streetName: 8,
} as const;

interface Lexicon {
  words: Set<string>;
  common: Set<string>;
  givenNames: Set<string>;
  surnames: Set<string>;
  countries: Set<string>;
  cities: Set<string>;
}

let loaded: Lexicon | null = null;

/** The lists are unpacked when the first text with prose comes: some 70,000 words, 20 ms. */
function lexicon(): Lexicon {
  loaded ??= {
    words: readWords(english.words),
    common: readWords(people.common),
    givenNames: readWords(people.first),
    surnames: readWords(people.last),
    countries: readWords(places.countries),
    cities: readWords(places.cities),
  };
  return loaded;
}

const endings: readonly (readonly [string, readonly string[]])[] = [
  ['ies', ['y']],
  ['es', ['', 'e']],
  ['s', ['']],
  ['ied', ['y']],
  ['ed', ['', 'e']],
  ['ing', ['', 'e']],
  ['ly', ['', 'le']],
  ['er', ['', 'e']],
  ['ers', ['', 'e']],
  ['est', ['', 'e']],
  ['ness', ['']],
  ['able', ['', 'e']],
  ['ation', ['e', '']],
  ['ations', ['e', '']],
  ['ment', ['']],
  ['ments', ['']],
];

/** Whether a folded word is a common English one: itself, or what is left of it without its ending. */
export function isWord(word: string): boolean {
  const { words } = lexicon();
  if (words.has(word)) return true;
  for (const [ending, stems] of endings) {
    if (!word.endsWith(ending)) continue;
    const stem = word.slice(0, -ending.length);
    if (stems.some((tail) => stem.length + tail.length > 2 && words.has(stem + tail))) return true;
    const doubled = stem.charAt(stem.length - 1) === stem.charAt(stem.length - 2);
    if (doubled && stem.length > 3 && ending !== 's' && words.has(stem.slice(0, -1))) return true;
  }
  return false;
}

interface Meaning {
  readonly kind: number;
  readonly role: number;
}
const seen = new Map<string, Meaning>();

/** The kinds of a word as it stands in a text. */
export function kindsOf(word: string): number {
  return meaningOf(word).kind;
}

/** The roles of a word as it stands in a text. */
export function rolesOf(word: string): number {
  return meaningOf(word).role;
}

/** Kinds and roles of a word as it stands in a text; answers of up to 20,000 words are kept. */
export function meaningOf(word: string): Meaning {
  const cached = seen.get(word);
  if (cached !== undefined) return cached;
  const answer = { kind: kindsIn(word), role: rolesIn(word) };
  if (word.length <= 32) {
    if (seen.size >= 20_000) seen.clear();
    seen.set(ownCopy(word), answer);
  }
  return answer;
}

function rolesIn(word: string): number {
  return (
    (isOrganisationWord(word) ? roles.organisation : 0) |
    (isFunctionWord(word) ? roles.functional : 0) |
    (isStreetWord(word) ? roles.street : 0) |
    (isStreetName(word) ? roles.streetName : 0)
  );
}

function kindsIn(word: string): number {
  const lists = lexicon();
  const plain = fold(word).replaceAll('’', "'");
  const parts = plain.split(/[-']/);
  let kind = 0;
  if (isWord(plain)) kind |= kinds.word;
  if (notPeople.has(plain)) kind |= kinds.product;
  if (lists.common.has(plain)) kind |= kinds.common | kinds.given;
  else if (lists.givenNames.has(plain)) kind |= kinds.given;
  if (lists.surnames.has(plain)) kind |= kinds.surname;
  if (lists.countries.has(plain) || lists.cities.has(plain)) kind |= kinds.place;
  if (/(?:^|[-'])\p{Lu}{2,24}(?:$|[-'])/u.test(word) && parts.length > 1) kind |= kinds.word;
  else if (parts.length > 1) {
    const joined = parts.join('');
    // Jean-Luc, Smith-Jones, O'Brien.
    if (parts.every((part) => lists.common.has(part) || lists.givenNames.has(part))) kind |= kinds.given;
    else if (parts.some((part) => lists.surnames.has(part) && !lists.words.has(part))) kind |= kinds.surname;
    if (lists.surnames.has(joined) || (/^(?:o|d|dell)$/.test(parts[0] ?? '') && !plain.includes('-')))
      kind |= kinds.surname;
    if (parts.every((part) => part.length < 2 || isWord(part)) && !(kind & kinds.surname)) kind |= kinds.word;
  }
  return kind;
}

/** Whether words (folded, one space between them) are the name of a country, state or region. */
export function isCountry(name: string): boolean {
  return lexicon().countries.has(name);
}

export function isCity(name: string): boolean {
  return lexicon().cities.has(name);
}

/** Whether a word as it stands is on the list of surnames and no common word. */
export function isSurname(word: string): boolean {
  return (kindsOf(word) & (kinds.surname | kinds.word)) === kinds.surname;
}
