import { beginningWith, endingIn, holds } from '../prose/beside.js';
import { fold } from '../prose/front-coding.js';
import { isSurname, kinds, roles } from '../prose/lexicon.js';
import { everybodys, legalForms } from '../prose/organisation-words.js';
import { isName, type Prose, type Run, readProse, type Word } from '../prose/reader.js';
import type { DigitDetector, Span } from './types.js';

/** Words right before the name of an employer. */
const employer = endingIn(
  /\b(?:(?:work|works|worked|working|employed|job|position|role|career|internship|interned|consultant|engineer|manager|director|ceo|cto|founder|president) (?:for|at|of)|(?:founded|acquired by|hired by|owned by|employee of|on behalf of|company called|firm called|invested in|year at|address of|hired at)|company(?: is|:| name:| name is)|employer(?: is|:)|organi[sz]ation:)[ \t"“]{1,3}(?:the )?$/i,
);
/** Companies change their names. */
const renamed = endingIn(
  /\b(?:(?:later|now|then) became|renamed(?: to| as)?|rebranded as|formerly(?: known as)?|merged with|a subsidiary of|shares of) $/i,
);
/** `Jane Roe from Paxata called` */
const sender = endingIn(/\p{Lu}\p{Ll}{1,20} from $/u);
const asked = beginningWith(/^,? (?:is|was|will|has|called|said|wrote|asked)\b/);
const origin = endingIn(/\b(?:from|at|for) $/i);
/** What only an organisation has or does. */
const corporate = beginningWith(
  /^(?:['’]s)? (?:is an? (?:[\w-]{2,20} ){0,4}(?:agency|company|firm|startup|start-up|bank|non-?profit|501|manufacturer|retailer|insurer|charity|brewery|airline)|is the brainchild|was founded|is hiring|announced|invested|acquired|office|offices|headquarters|employees|shareholders|stock|shares|board of|subsidiary|reported (?:a )?(?:profit|loss|earnings)|customer service|account manager|CEO|CTO|CFO|spokes(?:man|woman|person)|employees?|executives?|resignation)\b/,
);

/**
 * Organisations in prose: a legal form or what they are at the end of the name (0.85), the words of an employer
 * around it (0.7), surnames joined as firms join them (0.65). Those that every licence names are left alone.
 */
export const organisationDetector: DigitDetector = {
  id: 'organisation',
  entity: 'ORGANISATION',
  digits: 0,
  find(text) {
    const prose = readProse(text);
    const { runs } = prose;
    const spans: Span[] = [];
    for (let index = 0; index < runs.length; index++) {
      const run = runs[index] as Run;
      const firm = partners(text, prose, index);
      if (firm !== null) {
        spans.push(firm);
        index += firm.taken;
        continue;
      }
      const span = byForm(run, prose) ?? bySurroundings(text, run) ?? inLetterhead(text, runs, index, prose);
      if (span !== null && !everybodys.test(fold(text.slice(span.start, span.end)))) spans.push(span);
    }
    return spans;
  },
};

function byForm({ words, line }: Run, prose: Prose): Span | null {
  for (let at = words.length - 1; at > 0; at--) {
    const word = words[at] as Word;
    if ((word.role & roles.organisation) === 0) continue;
    const ending = word.text.toLowerCase();
    const legal = legalForms.has(ending);
    let from = 0;
    while (from < at && skipped(words[from] as Word)) from++;
    if (from === at) return null;
    const named = words.slice(from, at);
    // `The Group`, `Data Group`: somebody must be in it.
    const plain = (named.length > 1 || line.alone) && prose.plain();
    if (!legal && !plain && (line.titled || !named.some(({ kind }) => (kind & (kinds.word | kinds.product)) === 0)))
      return null;
    // A headline: `Northwind in Talks to Acquire Gaming Company`.
    if (line.titled && (word.kind & kinds.word) !== 0 && named.every(({ kind }) => (kind & kinds.word) !== 0))
      return null;
    // A shouted sentence of a licence: `BUT NOT LIMITED TO`.
    if (word.capitals && word.text.length > 4 && named.every(({ capitals }) => capitals)) return null;
    if (named.every(({ kind }) => (kind & kinds.product) !== 0)) return null;
    return { start: (words[from] as Word).start, end: word.end, confidence: legal ? 0.88 : 0.8 };
  }
  return null;
}

/** A line of its own between somebody's name and a street or a number: `Jane Roe`, `Paxata`, `12 Elm Street`. */
function inLetterhead(text: string, runs: readonly Run[], at: number, { plain, foreign }: Prose): Span | null {
  const [before, run] = [runs[at - 1], runs[at] as Run];
  if (!run.line.alone || !before?.line.alone || before.words.length < 2 || run.words.length > 5 || foreign())
    return null;
  if (runs[at + 1]?.line === run.line || before.line === run.line) return null;
  if (!/^\s{1,4}[>?*| \t]{0,8}$/.test(text.slice(before.line.end, (run.words[0] as Word).start))) return null;
  const below = text.slice(run.line.end, run.line.end + 32);
  if (!/^\s{1,4}[>?*| \t]{0,8}(?:\d|PSC |Unit \d|P\.? ?O\.? Box|the corner)/.test(below) && run.words.length > 1)
    return null;
  if (!/^\s{1,4}[>?*| \t]{0,8}(?:\p{Lu}|\d|the corner)/u.test(below) || !plain()) return null;
  const [first, last] = [run.words[0] as Word, run.words[run.words.length - 1] as Word];
  if (run.words.every(({ kind }) => (kind & kinds.place) !== 0) || (run.words.length === 1 && first.kind !== 0))
    return null;
  return { start: first.start, end: last.end, confidence: 0.66 };
}

const leading = new Set('The A An At In From For By With And Or But If When Our My Your Their His Her'.split(' '));
const opening = new Set('During Since After Before Why How Is Are Was Does Did Can Please Contact Join'.split(' '));

/** Words that a sentence or a list puts before a name. */
function skipped({ text, first, kind }: Word): boolean {
  return text.length < 8 && (leading.has(text) || (first && (kind & kinds.word) !== 0 && opening.has(text)));
}

function bySurroundings(text: string, { words }: Run): Span | null {
  let from = 0;
  while (from < words.length && skipped(words[from] as Word)) from++;
  if (from === words.length || words.length - from > 4) return null;
  const named = from === 0 ? words : words.slice(from);
  const start = (named[0] as Word).start;
  const end = (named[named.length - 1] as Word).end;
  if (named.every(({ kind, capitals }) => capitals || (kind & (kinds.product | kinds.place)) !== 0)) return null;
  if (named.length === 1 && ((named[0] as Word).kind & kinds.word) !== 0) return null;
  if (holds(annotated, text, end)) return null;
  if (holds(employer, text, start) || (goesOn(text, end) && holds(corporate, text, end)))
    return { start, end, confidence: 0.7 };
  const unlisted =
    named.every(({ kind }) => (kind & kinds.place) === 0) && named.some(({ kind }) => (kind & kinds.word) === 0);
  if (unlisted && (holds(renamed, text, start) || (holds(sender, text, start) && holds(asked, text, end))))
    return { start, end, confidence: 0.72 };
  // Mayo-Walters: two surnames make a firm where no given name stands before them.
  return named.length === 1 && isFirm(named[0] as Word) ? { start, end, confidence: 0.62 } : null;
}

/** `Organization: URIRef  # …`: a field with its type. */
const annotated = beginningWith(/^\s{0,3}(?:#|=|\||\[|\(\))/);

/** A blank or an apostrophe: what is said of a name begins so. */
function goesOn(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 32 || code === 39 || code === 0x2019;
}

function isFirm({ text, kind }: Word): boolean {
  if ((kind & (kinds.word | kinds.product)) !== 0) return false;
  const parts = text.split('-');
  return parts.length === 2 && parts.every((part) => /^\p{Lu}\p{Ll}{2,}$/u.test(part) && isSurname(part));
}

/** `Hawkins, Richardson and Santana`, `Roe & Sons`: with how many runs beyond the first it takes. */
function partners(text: string, { runs, plain }: Prose, at: number): (Span & { taken: number }) | null {
  const [first, second, third] = [runs[at], runs[at + 1], runs[at + 2]];
  if (!first || !second || !third || second.words.length !== 1) return null;
  const a = first.words[first.words.length - 1] as Word;
  const b = second.words[0] as Word;
  const c = third.words[0] as Word;
  if (b.start - a.end !== 2 || !text.startsWith(', ', a.end)) return null;
  if (!/^,? (?:and|&) $/.test(text.slice(b.end, Math.min(c.start, b.end + 8)))) return null;
  if (![a, b, c].every(({ kind }) => isName(kind) || kind === 0 || (kind & kinds.surname) !== 0)) return null;
  const alone = !/\S/.test(
    text.slice(first.line.start, a.start).replace(/[>?*-]/g, '') + text.slice(c.end, first.line.end),
  );
  const last = third.words[third.words.length - 1] as Word;
  if ((last.role & roles.organisation) !== 0) return { start: a.start, end: last.end, confidence: 0.88, taken: 2 };
  const announced =
    holds(employer, text, a.start) ||
    holds(origin, text, a.start) ||
    holds(corporate, text, c.end) ||
    (alone && plain());
  return announced ? { start: a.start, end: c.end, confidence: 0.88, taken: 2 } : null;
}
