import { beginningWith, endingIn, holds } from '../prose/beside.js';
import { fold } from '../prose/front-coding.js';
import { isCity, isCountry, kinds, roles } from '../prose/lexicon.js';
import { isName, type Line, type Prose, type Run, readProse, type Word } from '../prose/reader.js';
import type { DigitDetector, Span } from './types.js';

/** Words right before a name that leave no doubt that one follows. */
const introduced = endingIn(
  /(?:\b(?:(?:wife|husband|partner|spouse|mother|father|son|daughter|boss|friend|colleague)['’]s name|name(?:['’]?s| is| was|:|\?| on the (?:account|card) is)|called|named(?: (?:him|her|me|it))?|nicknamed|calls? me|surname is|née|alias|signed|change it to|(?:mr|mrs|ms|miss|mx|dr|prof|professor|rev|sir|madam|lady|judge|captain|officer|senator|president|herr|frau|monsieur|madame|señor|señora)\b\.?|(?:author|attn|attention|contact|patient|customer|client|employee|applicant|recipient|sender|assignee|reporter|reviewer|cardholder|account holder|beneficiary|passenger|guest|signed-off-by|co-authored-by|reviewed-by|acked-by|directed by|written by|produced by|performed by|maiden name|sing(?:er|s)|songwriter)(?: is|:| name:)?))[ \t"'“]{1,6}(?:user: ?)?$/i,
);
/** The same, but other things are so introduced too: what follows must not be a word. */
const presented = endingIn(
  /(?:\b(?:i am|i['’]m|this is|meet|dear|hi|hello|hey|regards,|sincerely,|cheers,|thanks,|yours,|love,|best,|under|by|with|ask|asked|told|met|know|knows|remember me|leave me|says|said|assistant to|unlike|about|and|or|not)|\b(?:producer|singer|actor|actress|writer|director|founder|ceo|founders:))[ \t"'“,]{1,4}$/i,
);
const kin = endingIn(
  /\b(?:wife|husband|son|daughter|brother|sister|mother|father|mom|dad|kid|child|uncle|aunt|cousin|friend|boss|colleague|coworker|partner|neighbou?r|nephew|niece|grandmother|grandfather|roommate|girlfriend|boyfriend|fianc[ée]e?)[ \t,]{1,3}$/i,
);
const greeting = endingIn(
  /(?:^|[\n"“>.!?] ?)(?:dear|hi|hello|hey|regards,|sincerely,|cheers,|thanks,|yours,|love,|best,)\s{1,3}$/i,
);
/** What people do and have. */
const acts = beginningWith(
  /^(?:['’]s (?:wife|husband|son|daughter|brother|sister|mother|father|mom|dad|kid|kids|email|e-mail|phone|address|account|birthday|house|office|team|killers?|novel|book|songs?|album|concert)|,? (?:said|says|told|asked|wrote|replied|answered|thinks|thought|wants|wanted|lives|lived|was born|has been|had given|spent|flew|listed|married|joined|founded|called|emailed|explained|agreed|mentioned|complained|died|moved|shouted|can I|could you|novel|concert)\b|,? \(?(?:the|our|my)? ?(?:CEO|CTO|CFO|COO|VP|founder|co-founder|director|manager|president|chairman|engineer|professor|author))/,
);
const mailbox = beginningWith(/^ ?[<(][\w.+-]{1,64}@/);
/** Behind these stand places. */
const whither = endingIn(/\b(?:in|into|near|at|to|from|around|towards) {1,3}$/i);
/** In a text that speaks of somebody, an unknown capitalised word may be that one. */
const pronoun = /\b(?:he|him|his|she|her|hers|himself|herself|who)\b/i;
/** Endings of surnames over many languages; they carry a pair of words that no list knows. */
const surnameEnding =
  /(?:son|sen|sson|dottir|ez|escu|ski|sky|ska|cki|cka|czyk|wicz|vic|vich|ovic|evic|ova|eva|ov|ev|enko|chuk|yan|ian|dze|shvili|oglu|poulos|idis|akis|etti|ini|ino|elli|ucci|berg|stein|mann|feld|bauer|meier|meyer|huber|qvist|lund|gren|nen|szky|lyi|hegyi|ic)$/;
const apposition = beginningWith(/^,? (?:the [A-Z]|who |will be |is an? |was an? )/);
const generation = beginningWith(/^,? (?:Jr|Sr|I{2,3}|IV)\b\.?/);
/** What a number follows is its label: `Steuer-ID 28…`, `Room: 4`. */
const label = beginningWith(/^[.:]? ?[#(]?\d/);
/** Between two of a list of people. */
const listed = /^(?:, |,? (?:and|or|&|y|und|et) )$/;

/** What stands right beside the names of classes, functions and modules. */
const codeBefore = endingIn(/(?:::|->|[#$\\])$/);
const codeAfter = beginningWith(/^(?:\(|::|\[|->|=(?! )|\.[a-z_]\w*[(.=[])/);

interface Part {
  words: readonly Word[];
  line: Line;
  /** A word that is no name stands right before or behind it in the same run: `Russell Investments`. */
  joined: boolean;
  /** That word, where it stands behind. */
  next: Word | null;
  span: Span | null;
}

/**
 * People's names in prose, by lists of given names and surnames and by what stands around them. Confidence: 0.9 behind
 * words that introduce a name, or before a mailbox; 0.85 given name and surname that are no English words; 0.75 where
 * one of both is only likely; 0.6 a single name, which must be no word, no product and no place. Once a name is found
 * with 0.75, its parts are found again in the same text (0.7); what is listed with people is one of them (0.6). In texts that are
 * not English a given name and a surname must both be known, or introduced: there too many words are on no list.
 */
export const personDetector: DigitDetector = {
  id: 'person',
  entity: 'PERSON',
  digits: 0,
  find(text) {
    const prose = readProse(text);
    if (prose.runs.length === 0) return [];
    const parts: Part[] = [];
    for (const run of prose.runs) partsOf(run, parts);
    if (parts.length === 0) return [];
    const nameWords = new Set<string>();
    for (const part of parts) {
      part.span = judge(text, part, prose);
      if (part.span === null || part.span.confidence < 0.75) continue;
      for (const { text: word, kind } of part.words)
        if (word.length > 2 && !(kind & kinds.product)) nameWords.add(word);
    }
    for (const part of parts) {
      const [first] = part.words;
      if (part.span !== null || part.joined || first === undefined) continue;
      if (!part.words.every(({ text: word }) => nameWords.has(word))) continue;
      if (part.words.length > 1 || !first.first || (first.kind & kinds.word) === 0) part.span = around(part.words, 0.7);
    }
    if (parts.length > 1 && parts.some(({ span }) => span !== null) && prose.plain()) {
      for (let at = 1; at < parts.length; at++) alongside(text, parts[at - 1] as Part, parts[at] as Part);
      for (let at = parts.length - 1; at > 0; at--) alongside(text, parts[at - 1] as Part, parts[at] as Part);
    }
    return parts.flatMap(({ span }) => (span === null ? [] : [span]));
  },
};

/** A list of people goes on: where one of two neighbours is a person, so is the other. */
function alongside(text: string, before: Part, after: Part): void {
  if ((before.span === null) === (after.span === null)) return;
  const [last, next] = [before.words[before.words.length - 1] as Word, after.words[0] as Word];
  if (next.start - last.end > 6 || !listed.test(text.slice(last.end, next.start))) return;
  const open = before.span === null ? before : after;
  const sure = before.span ?? after.span;
  if (open.joined || open.words.length > 3 || (sure?.confidence ?? 0) < 0.6) return;
  const usable = ({ kind, capitals }: Word) =>
    !capitals &&
    ((kind & (kinds.given | kinds.surname)) !== 0 || (kind & (kinds.word | kinds.product | kinds.place)) === 0);
  if (open.words.every(usable)) open.span = around(open.words, 0.6);
}

/** The parts of a run that can be a name: cut at what is only a word, a product, a street. */
function partsOf({ words, line }: Run, out: Part[]): void {
  for (const { role } of words) if ((role & roles.organisation) !== 0) return;
  let open: Word[] = [];
  let joined = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as Word;
    const isFunctionWord = (word.role & roles.functional) !== 0 && !isNameHere(word, open.length, words[at + 1]);
    if (!isFunctionWord && mayBeName(word) && !(word.text === 'I' && open.length === 0)) {
      open.push(word);
      continue;
    }
    const street = (word.role & roles.street) !== 0;
    if (open.length > 0) {
      out.push({ words: open, line, joined: !street, next: street ? null : word, span: null });
      open = [];
    }
    joined = !(word.first || titles.has(word.text));
  }
  if (open.length > 0) out.push({ words: open, line, joined, next: null, span: null });
}

const titles = new Set('Dr Mr Mrs Ms Miss Prof Sir Professor'.split(' '));

/** A pronoun's or an article's letters, yet somebody's name: `Ela Kowalska`, `Rajesh Das`. */
function isNameHere({ kind }: Word, before: number, next: Word | undefined): boolean {
  const named = (kind & (kinds.given | kinds.surname)) !== 0;
  if (before > 0) return named;
  // By itself it is judged by what stands around it.
  if (next === undefined) return (kind & kinds.given) !== 0;
  if ((kind & kinds.given) === 0 || (next.role & roles.functional) !== 0) return false;
  return (next.kind & (kinds.surname | kinds.given)) !== 0 || (next.kind === 0 && surnameEnding.test(fold(next.text)));
}

const never = new Set(
  'Iban iban The My Our Your His Her Its In On At To Of For And Or But If So As By He She We It This That You They What How When Who Why Where Mr Mrs Ms Dr Miss Prof Sir Professor Hi Hello Hey Dear Yes No Ok Bot User Apt Suite Unit Box IBAN SSN ZIP ID PIN CEO CTO II III IV Jr Sr'.split(
    ' ',
  ),
);

function mayBeName({ text, kind, role, capitals }: Word): boolean {
  if (never.has(text)) return false;
  if (text.length === 1) return true;
  if ((role & roles.street) !== 0 || (capitals && text.length < 4)) return false;
  if ((kind & (kinds.given | kinds.surname)) !== 0) return true;
  return (kind & (kinds.word | kinds.product)) === 0;
}

function judge(text: string, part: Part, prose: Prose): Span | null {
  let { words } = part;
  while (words.length > 1 && (words[words.length - 1] as Word).text.length === 1) words = words.slice(0, -1);
  const start = (words[0] as Word).start;
  const end = (words[words.length - 1] as Word).end;
  const full = words.filter(({ text: word }) => word.length > 1);
  if (full.length === 0 || full.length > 4 || words.length > 6) return null;
  // St. Mary's, St. Gallen: churches, hospitals, towns.
  if (full[0]?.text === 'St' && full.length < 3) return null;
  const strong = holds(introduced, text, start) || holds(mailbox, text, end);
  const confidence =
    full.length > 1
      ? pair(text, start, end, full, part.line, strong, prose)
      : single(text, start, end, words, full[0] as Word, part, strong, prose);
  if (confidence === 0) return null;
  const span = around(words, confidence);
  // Introduced, and the surname is a common word: `change it to Moira Pagan`.
  if (strong && part.next !== null && !part.next.capitals && part.words === words && full.length < 3)
    span.end = part.next.end;
  if (full.length > 1 && holds(generation, text, end)) span.end += generation.lastIndex - end;
  return span;
}

function pair(
  text: string,
  start: number,
  end: number,
  full: readonly Word[],
  line: Line,
  strong: boolean,
  { plain, foreign }: Prose,
): number {
  const whole = fold(full.map((word) => word.text).join(' '));
  if (isCountry(whole) || isCity(whole)) return 0;
  const first = full[0] as Word;
  const last = full[full.length - 1] as Word;
  if (strong && full.some(({ kind }) => (kind & kinds.word) === 0)) return 0.9;
  const given = (first.kind & kinds.given) !== 0;
  const surname = (last.kind & (kinds.surname | kinds.given)) !== 0;
  const sureGiven = isName(first.kind) && given;
  const sureSurname = isName(last.kind) && surname;
  const unknownLast = last.kind === 0;
  if (foreign()) {
    if (!sureGiven || full.some(({ role }) => (role & roles.functional) !== 0)) return 0;
    return sureSurname ? 0.85 : unknownLast && surnameEnding.test(fold(last.text)) ? 0.75 : 0;
  }
  if (full.every(({ capitals }) => capitals)) return sureGiven && sureSurname ? 0.8 : 0;
  if (sureGiven && sureSurname) return 0.85;
  // `Len    Expr`: a column of code. Where a text is about software it tells nothing of other places.
  if (sureGiven && unknownLast) return plain() ? 0.75 : /[ \t]{2}|\t/.test(text.slice(start, end)) ? 0 : 0.7;
  if (sureGiven && surname) return (first.kind & kinds.common) !== 0 ? 0.75 : 0.6;
  if (given && sureSurname && !(line.titled && (first.kind & kinds.product) !== 0)) return 0.75;
  const common = (first.kind & kinds.common) !== 0 && (first.kind & kinds.product) === 0;
  if (given && surname && common && !line.titled) return 0.6;
  if (first.kind !== 0 && !isName(first.kind)) return 0;
  if (last.kind !== 0 && !isName(last.kind)) return 0;
  if (first.kind === 0 && sureSurname) return 0.65;
  const shaped = surnameEnding.test(fold(last.text)) || full.some((word) => /[^A-Za-z'’-]/.test(word.text));
  if (shaped && (line.lower > 1 || (line.alone && plain()))) return 0.62;
  if (!plain()) return 0;
  // Letterheads and signatures; in sentences, what somebody does or is.
  if (line.alone) return first.kind !== 0 || last.kind !== 0 || shaped ? 0.62 : 0;
  return holds(acts, text, end) ||
    holds(presented, text, start) ||
    holds(kin, text, start) ||
    holds(apposition, text, end)
    ? 0.6
    : 0;
}

function single(
  text: string,
  start: number,
  behind: number,
  words: readonly Word[],
  { kind, role, capitals, text: word }: Word,
  { line, joined, next }: Part,
  strong: boolean,
  { plain, foreign }: Prose,
): number {
  const given = (kind & kinds.given) !== 0;
  const listed = given || (kind & kinds.surname) !== 0;
  if (kind & kinds.product) return strong && given && !joined ? 0.75 : 0;
  if (strong) {
    const common = (kind & kinds.word) !== 0;
    if (common && (!listed || next !== null)) return 0;
    // `name: 'HMAC'`, `name: "Breadcrumbs"`: in software most things with a name are nobody.
    return (listed && !common && !capitals) || plain() ? 0.85 : 0;
  }
  if (capitals || joined || foreign()) return 0;
  if (holds(label, text, behind) || holds(codeBefore, text, start) || holds(codeAfter, text, behind)) return 0;
  const close = holds(kin, text, start) || holds(greeting, text, start);
  if (kind & kinds.word) return given && close ? 0.7 : 0;
  if ((role & roles.functional) !== 0) return given && holds(kin, text, start) ? 0.7 : 0;
  if (close) return 0.8;
  if (words.length > 1 && listed) return 0.7;
  const shown = holds(acts, text, behind) || holds(presented, text, start);
  if ((kind & kinds.common) === 0 && holds(whither, text, start)) return 0;
  if (kind & kinds.place) return shown && (kind & kinds.common) !== 0 ? 0.7 : 0;
  // A text of one word can be anything: a voice, a theme, a release.
  if (kind & kinds.common) return shown ? 0.7 : line.lower > 1 || (text.length > word.length + 8 && plain()) ? 0.6 : 0;
  if (listed) {
    return (shown || line.lower > 1) && plain() ? (shown ? 0.65 : 0.6) : 0;
  }
  // Nobody's list has it: it is a name only where somebody is spoken of, or it speaks itself.
  const meant = holds(acts, text, behind) || (line.lower > 2 && pronoun.test(text.slice(line.start, line.end)));
  return meant && plain() ? 0.6 : 0;
}

function around(words: readonly Word[], confidence: number): Span {
  return { start: (words[0] as Word).start, end: (words[words.length - 1] as Word).end, confidence };
}
