import { addressBlocks } from '../prose/address-block.js';
import { fold } from '../prose/front-coding.js';
import { isCity, isCountry, kinds } from '../prose/lexicon.js';
import { isName, type Run, readProse, type Word } from '../prose/reader.js';
import type { DigitDetector, Span } from './types.js';

/** Where people are, come from and go to: an unknown word behind it is a place. */
const whereabouts =
  /\b(?:(?:live|lives|lived|living|born|raised|grew up|based|located|stay|staying|reside|resides|conference|business trip|meeting|arrived|landed|i am|i['’]m|you['’]re|we['’]re|he['’]s|she['’]s) in|(?:moved|moving|relocated|returned|return|coming|come|back|travel|travell?ing|travel(?:l)?ed|trip|flew|fly|flying|going|went|drive|drove|returning|visit|flight|tickets?) (?:here |back )?(?:to|from)|moved here from|originally from|comes? from|(?:i am|i['’]m|is|are|was) from|visit|visiting|visited|near|outside of|downtown|city of|town of|village of|republic of|southern|northern|eastern|western|where:) {1,3}$/i;
/** The same in a text about people, for words that no list explains. */
const inside = /\b(?:in|near|around|at the university of|university of|city) {1,3}$/i;
const preposition = /\b(?:in|from|to|at|near|of|for|via|around|across|the) {1,3}$/i;
/** `Oslo was super fun to visit`, `Lisbon, Portugal`. */
const visited =
  /^(?:,? (?:was|is) (?:super |so |very |really )?(?:fun|great|nice|beautiful|lovely|amazing|boring|cold|hot|expensive|far)|, \p{Lu}[\p{L}]{2,20}\b)/u;

/**
 * Countries, regions and towns in prose: a country by its name, 0.75; a town of the list, 0.6, and 0.7 behind a
 * preposition; a word that nothing else explains where whereabouts are told, 0.6.
 */
export const locationDetector: DigitDetector = {
  id: 'location',
  entity: 'LOCATION',
  digits: 0,
  find(text) {
    const { runs, plain } = readProse(text);
    const spans: Span[] = addressBlocks(text).flatMap(({ places }) => places);
    for (const run of runs) find(text, run, plain, spans);
    return spans;
  },
};

function find(text: string, { words }: Run, plain: () => boolean, out: Span[]): void {
  const folded = words.map(({ text: word }) => fold(word).replace(/-/g, ' '));
  const first = words[0] as Word;
  let at = 0;
  let found = false;
  while (at < words.length) {
    let taken = 0;
    for (let count = Math.min(4, words.length - at); count > 0; count--) {
      const name = folded.slice(at, at + count).join(' ');
      const country = isCountry(name);
      if (!country && !isCity(name)) continue;
      const word = words[at] as Word;
      if (count === 1 && word.text.length < 4 && !country) continue;
      const before = text.slice(Math.max(0, word.start - 40), word.start);
      const person =
        count === 1 &&
        !country &&
        (word.kind & (kinds.given | kinds.surname)) !== 0 &&
        (words.length > 1 || !preposition.test(before));
      if (person || (count < words.length && !country && words.some(isUnlisted))) continue;
      const end = (words[at + count - 1] as Word).end;
      const named = (word.kind & kinds.given) !== 0 && count === 1;
      out.push({
        start: word.start,
        end,
        confidence: country && !named ? 0.75 : preposition.test(before) ? 0.7 : 0.58,
      });
      taken = count;
      found = true;
      break;
    }
    at += Math.max(1, taken);
  }
  if (found) return;
  const before = text.slice(Math.max(0, first.start - 40), first.start);
  const last = words[words.length - 1] as Word;
  const announced = whereabouts.test(before) || (preposition.test(before) && folded.some((name) => isCity(name)));
  if (
    words.length > 4 ||
    !words.some((word) => (word.kind & (kinds.word | kinds.product)) === 0 || (word.capitals && word.text.length > 3))
  )
    return;
  const unknown = words.some(({ kind }) => !isName(kind) || announced);
  if (announced && unknown && !(words.length === 1 && first.kind & kinds.common))
    out.push({ start: first.start, end: last.end, confidence: 0.68 });
  else if (inside.test(before) && plain() && words.every(isUnknown))
    out.push({ start: first.start, end: last.end, confidence: 0.64 });
  else if (visited.test(text.slice(last.end, last.end + 40)) && preposition.test(before))
    out.push({ start: first.start, end: last.end, confidence: 0.55 });
}

/** `Bremen Ohlenhof`, `Chiclana de la Frontera`: a town of the list is not the whole name. */
function isUnlisted({ kind, text }: Word): boolean {
  return kind === 0 && text.length > 2;
}

function isUnknown({ kind, capitals, text }: Word): boolean {
  if (capitals) return text.length > 3 && (kind & kinds.product) === 0;
  return (kind & (kinds.word | kinds.product | kinds.given)) === 0;
}
