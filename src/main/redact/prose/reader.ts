import { unitsOf } from '../../ground/units.js';
import { holds } from './beside.js';
import { isWord, kindsOf, meaningOf, kinds as of, rolesOf } from './lexicon.js';

/** A capitalised word of a line that reads like language. */
export interface Word {
  start: number;
  end: number;
  text: string;
  /** What it can be, as the lexicon says (bits of `kinds`). */
  kind: number;
  /** What it is by itself (bits of `roles`). */
  role: number;
  /** Nothing but capitals, two at least. */
  capitals: boolean;
  /** First of its sentence, where every word has a capital. */
  first: boolean;
}

/** Capitalised words that stand together: `Jane van der Berg`, `J. Roe`. */
export interface Run {
  words: readonly Word[];
  line: Line;
}

export interface Line {
  start: number;
  end: number;
  /** Nothing but this one run stands on it, as in letterheads and signatures. */
  alone: boolean;
  /** Words in lower case: without any, a line is no sentence. */
  lower: number;
  /** Most of its words have a capital, as in headings. */
  titled: boolean;
}

export interface Prose {
  runs: readonly Run[];
  /** Whether it is about people and their lives, not about software: there, weaker signs of a name count. */
  plain(): boolean;
  /** Whether most of its words are no English ones: what is a word there, no list here says. */
  foreign(): boolean;
}

const none: Prose = { runs: [], plain: () => false, foreign: () => false };

/** Classes of characters: what the reader does with them. */
const [other, lower, upper, digit, space, code, glue] = [0, 1, 2, 3, 4, 5, 6] as const;
/** Latin, Greek, Cyrillic, Armenian, Georgian and their extensions: scripts that write names with a capital. */
const tableEnd = 0x2000;
let table: Uint8Array | null = null;

function classes(): Uint8Array {
  if (table) return table;
  table = new Uint8Array(tableEnd);
  for (let char = 0; char < tableEnd; char++) {
    const letter = String.fromCharCode(char);
    if (/\p{Lu}|\p{Lt}/u.test(letter)) table[char] = upper;
    else if (/\p{L}|\p{M}/u.test(letter)) table[char] = lower;
    else if (/\p{Nd}/u.test(letter)) table[char] = digit;
    else if (/[ \t\r\n\u00a0]/.test(letter)) table[char] = space;
    else if (/[{}<>=|^~`$\\#[\]]/.test(letter)) table[char] = code;
    else if (/[_@/&%+*]/.test(letter)) table[char] = glue;
  }
  return table;
}

/** Longer lines are data; longer words are no names. */
const longestLine = 20_000;
const longestWord = 32;
/** What may stand between two words of a name. */
const joint =
  /^(?:[ \t\u00a0]{1,4}|\.[ \t]?|[ \t](?:de|van|von|der|den|la|le|del|della|di|da|dos|das|du|bin|ibn|al|el|ter|ten|af|av|zu|zum|y)[ \t](?:(?:la|las|los|der|den|het)[ \t])?)$/;
const longestJoint = 16;
const abbreviated = new Set('Dr Mr Mrs Ms Prof St Jr Sr Rev Hon'.split(' '));
const notLanguage =
  /[ \t]{0,40}(?:#{1,6}[ \t]|\/\/|\/\*|\*[ \t]@|<!|%%|--[^ \n-]|import\b|from\b.{0,200}\bimport\b|export\b|package\b|using\b|include\b|require\b|const\b|let\b|var\b|def\b|class\b|function\b|func\b|fn\b|return\b|public\b|private\b|protected\b|static\b|at [\w$.<]{1,200}[ (]|diff |index |@@|\+\+\+|---|[$>%] ?[a-z])/y;

/** A capital behind a blank, a quote, a bracket, a dash or a stop: most lines of code have none. */
const capital = /(?:^|[\t-"'(*,.-])[A-Z\u00c0-\u1fff]/g;

let last: { text: string; prose: Prose } | null = null;

/**
 * The capitalised words of the lines that read like language; code, headings, imports and fenced blocks are passed
 * over. One pass; the answer for the last text is kept, because several detectors ask for it.
 */
export function readProse(text: string): Prose {
  if (last !== null && last.text === text) return last.prose;
  const prose = read(text);
  last = { text, prose };
  return prose;
}

function read(text: string): Prose {
  const runs: Run[] = [];
  const { length } = text;
  let fence = text.indexOf('```');
  let fenced = false;
  capital.lastIndex = 0;
  while (capital.test(text)) {
    const at = capital.lastIndex - 1;
    const start = text.lastIndexOf('\n', at) + 1;
    const found = text.indexOf('\n', at);
    const end = found === -1 ? length : found;
    for (; fence !== -1 && fence < start; fence = text.indexOf('```', fence + 3)) fenced = !fenced;
    if (!fenced && end - start <= longestLine) readLine(text, start, end, runs);
    capital.lastIndex = end;
  }
  const capitalised = runs.length > 0;
  if (!capitalised) readSmall(text, runs);
  if (runs.length === 0) return none;
  let plain: boolean | null = null;
  let foreign: boolean | null = null;
  return {
    runs,
    plain() {
      plain ??= isPlain(text);
      return plain;
    },
    foreign() {
      // What is read in lower case throughout is English: its small words said so.
      foreign ??= capitalised && isForeign(text);
      return foreign;
    },
  };
}

function readLine(text: string, start: number, end: number, runs: Run[]): void {
  if (holds(notLanguage, text, start)) return;
  const most = 2 + (end - start) / 40;
  if (!classify(text, start, end, most)) return;
  const words: Word[] = [];
  let letters = 0;
  let marks = 0;
  let small = 0;
  let ticked = false;
  let before: number = space;
  let sentence = true;
  for (let at = start; at < end; at++) {
    const what = classed[at - start] as number;
    if (what === lower || what === upper) {
      const from = at;
      const open = (before === space || before === other) && !ticked;
      let capitals = what === upper ? 1 : 0;
      let inner = 0;
      at++;
      for (; at < end; at++) {
        const next = classed[at - start] as number;
        if (next === lower) continue;
        if (next === upper) {
          capitals++;
          if (classed[at - start - 1] === lower) inner++;
        } else if (
          next === other &&
          isHyphen(text, at) &&
          isLetter(classed[at - start + 1] as number) &&
          !(text[at] !== '-' && isPossessive(text, at))
        ) {
          if (classed[at - start + 1] === upper) capitals++;
          at++;
        } else break;
      }
      const size = at - from;
      letters += size;
      const after = classed[at - start] as number;
      const bound =
        (after === other || after === space) &&
        text.charCodeAt(at) !== 40 &&
        !(isDot(text, at) && isLetterOrDigit(classed[at - start + 1] as number));
      // `CDNs`, `APIs`: several of an acronym.
      const plural = capitals > 1 && capitals === size - 1 && inner === 0;
      if (what === upper && open && bound && !plural && size <= longestWord) {
        const word = text.slice(from, at);
        if (inner === 0 || camel.test(word)) {
          const all = size > 1 && capitals === size;
          words.push({ start: from, end: at, text: word, kind: 0, role: 0, capitals: all, first: sentence });
        }
      } else if (what === lower && open && size > 1) small++;
      before = lower;
      sentence = false;
      at--;
      continue;
    }
    if (what === code) {
      marks++;
      if (text.charCodeAt(at) === 96) ticked = !ticked;
    } else if (what === other) {
      const char = text.charCodeAt(at);
      // Sentences go on behind a semicolon, statements end.
      if (char === 59 && at === end - 1) marks += 2;
      // A full stop or a colon glued to what precedes belongs to an identifier: `a.Value`, `std::String`.
      if (char === 46 || char === 33 || char === 63 || char === 58) sentence = true;
      const glued =
        char === 46 || char === 58 || char === 0 || (char === 45 && at > start && classed[at - start - 1] !== space);
      before = glued ? glue : other;
      continue;
    }
    before = what;
  }
  if (words.length === 0 || marks > 2 + letters / 40) return;
  const titled = words.length >= 4 && words.length > small;
  collect(text, words, { start, end, alone: false, lower: small, titled }, runs);
}

/** The classes of a line's characters, with two blanks behind it. */
const classed = new Uint8Array(longestLine + 2);

/** Fills `classed`; false where it has more than `most` marks of code, so that nothing in it is read. */
function classify(text: string, start: number, end: number, most: number): boolean {
  const kind = classes();
  const units = unitsOf(text);
  let marks = 0;
  for (let at = start; at < end; at++) {
    const char = units[at] as number;
    const what = char < tableEnd ? (kind[char] as number) : other;
    classed[at - start] = what;
    if (what === code && ++marks > most) return false;
  }
  classed[end - start] = space;
  classed[end - start + 1] = space;
  return true;
}

const functionWord = /(?:^|\s)(?:my|the|is|to|and|for|in|with|was|of|at|from|me|you|i'm)\s/;
/** Longer texts without a capital are no message that somebody typed in haste. */
const longestSmall = 1000;

/** A message in lower case throughout: given names that are no words, and what goes on from them. */
function readSmall(text: string, runs: Run[]): void {
  if (
    text.length > longestSmall ||
    text.length < 8 ||
    /\p{Lu}/u.test(text) ||
    !functionWord.test(text) ||
    /[&|={}\\]/.test(text) ||
    !isPlain(text)
  )
    return;
  for (let start = 0; start < text.length; ) {
    const stop = text.indexOf('\n', start);
    const end = stop === -1 ? text.length : stop;
    const line: Line = { start, end, alone: false, lower: 3, titled: false };
    let open: Word[] = [];
    const close = () => {
      if (open.length > 0) runs.push({ words: open, line });
      open = [];
    };
    for (const match of text
      .slice(start, end)
      .matchAll(/(?<![\p{L}\p{N}_@./:-])[\p{Ll}\p{M}'’-]{1,32}(?![\p{L}\p{N}_@/(]|[.:][\p{L}\p{N}])/gu)) {
      const from = start + match.index;
      const word = match[0].replace(/['’]s$/, '');
      const kind = word.length > 1 ? kindsOf(word) : 0;
      const previous = open[open.length - 1];
      const follows = previous !== undefined && /^\.? $/.test(text.slice(previous.end, from));
      if (!follows) close();
      const named =
        (kind & (of.word | of.product)) === 0 &&
        (follows ? word.length > 2 : (kind & (of.given | of.surname | of.place)) !== 0);
      if (!named && !(follows && word.length === 1)) close();
      else {
        const role = rolesOf(word);
        open.push({ start: from, end: from + word.length, text: word, kind, role, capitals: false, first: false });
      }
    }
    close();
    start = end + 1;
  }
}

/** Longer texts are judged by their beginning. */
const judged = 2000;
const technical =
  /[{}=|^~`$_]|<\/|\/>|;$|\b(?:function|files?|folder|director(?:y|ies)|code|coding|servers?|api|apis|json|bugs?|commits?|repo|repository|branch|merge|tests?|tools?|database|query|commands?|scripts?|class|method|string|null|import|package|install|npm|git|modules?|components?|builds?|deploy|docker|https?|urls?|config|configuration|tokens?|prompts?|models?|datasets?|pipeline|schema|endpoints?|requests?|responses?|debug|logs?|cache|threads?|kernel|compiler|library|libraries|framework|plugins?|parameters?|arguments?|variables?|software|browser|license|copyright|version|versions|javascript|typescript|python|java|react|linux|windows|github|agents?|subagents?|llm|docs?|documentation|readme|output|input|default|syntax|runtime|stack|trace|exceptions?)\b|\w\.\w{1,40}\(|\d{1,4}\.\d{1,4}\.\d{1,4}/gi;

/** At most one sign of software in 150 characters, and English: elsewhere too many words are on no list. */
function isPlain(text: string): boolean {
  const part = text.length > judged ? text.slice(0, judged) : text;
  const signs = part.match(technical)?.length ?? 0;
  if (signs * 150 > part.length) return false;
  return (part.match(elsewhere)?.length ?? 0) <= (part.match(english)?.length ?? 0);
}

/** Fewer words tell no language; then letters do that English has not. */
const fewWords = 4;

function isForeign(text: string): boolean {
  const part = text.length > judged ? text.slice(0, judged) : text;
  const words = part.match(/(?<![\p{L}\p{N}_./-])\p{Ll}{2,24}(?![\p{L}\p{N}_(/-])/gu) ?? [];
  if (words.length < fewWords) return (part.match(/[\u00c0-\u1fff]/g)?.length ?? 0) * 20 > part.length;
  return words.filter(isWord).length * 2 < words.length;
}

/** Small words of English, and of languages that write more than names with a capital or whose words no list here knows. */
const english =
  /(?<!\p{L})(?:the|and|is|are|was|were|of|to|my|your|with|for|have|has|that|this|it|he|she|you|i|at|from|by|be|what|can|not|her|his|me|we|our)(?!\p{L})/giu;
const elsewhere =
  /(?<!\p{L})(?:der|die|das|und|ist|nicht|ein|eine|mit|für|ich|sie|auf|dem|den|im|zu|le|les|et|est|une|des|pour|je|vous|chez|dans|el|los|las|que|con|una|por|para|il|che|di|per|het|een|van|voor|niet|och|att|det|som|på|og|er|na|się|nie|jest|e|o|um|uma|não)(?!\p{L})/gu;

/** McDonald, MacLeod, DeVito, LaRue, O'Brien: capitals inside that are no identifier's. */
const camel =
  /^(?:GmbH|KGaA|ApS|SpA)$|^(?:Mc|Mac|De|Di|La|Le|Van|Von|Fitz|O['’]|D['’]|St)?\p{Lu}[\p{Ll}'’-]{1,30}(?:[-'’]\p{Lu}[\p{Ll}]{1,30}){0,3}$/u;

function collect(text: string, words: Word[], line: Line, runs: Run[]): void {
  let open: Word[] = [];
  const before = runs.length;
  for (const word of words) {
    ({ kind: word.kind, role: word.role } = meaningOf(word.text));
    const previous = open[open.length - 1];
    const joined = previous !== undefined && isJoined(text, previous, word.start);
    if (!joined && open.length > 0) {
      runs.push({ words: open, line });
      open = [];
    }
    open.push(word);
  }
  if (open.length > 0) runs.push({ words: open, line });
  const [first, final] = [words[0] as Word, words[words.length - 1] as Word];
  line.alone =
    runs.length === before + 1 &&
    line.lower <= 2 &&
    !/[\p{L}\p{N}]/u.test(text.slice(line.start, first.start) + text.slice(final.end, line.end));
}

/** Whether a word that begins at `start` goes on with the name that the one before it belongs to. */
function isJoined(text: string, { end, text: before }: Word, start: number): boolean {
  const first = text.charCodeAt(end);
  if (start - end > longestJoint || (first !== 32 && first !== 9 && first !== 46 && first !== 0xa0)) return false;
  if (start - end === 1 && first !== 46) return true;
  return joint.test(text.slice(end, start)) && (first !== 46 || before.length === 1 || abbreviated.has(before));
}

function isHyphen(text: string, at: number): boolean {
  const char = text.charCodeAt(at);
  return char === 45 || char === 39 || char === 0x2019;
}

function isPossessive(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1) | 32;
  const after = text.charCodeAt(at + 2) | 32;
  return (
    ((next === 115 || next === 100 || next === 108 || next === 114) &&
      !((after > 96 && after < 123) || after > 0xc0 + 32)) ||
    /^(?:ll|re|ve)\b/.test(text.slice(at + 1, at + 4))
  );
}

function isDot(text: string, at: number): boolean {
  const char = text.charCodeAt(at);
  return char === 46 || char === 58;
}

function isLetter(what: number): boolean {
  return what === lower || what === upper;
}

function isLetterOrDigit(what: number): boolean {
  return what === lower || what === upper || what === digit;
}

/** Whether a word is only a name, or nothing that is known. */
export function isName(kind: number): boolean {
  return (kind & (of.given | of.surname)) !== 0 && (kind & (of.word | of.product)) === 0;
}
