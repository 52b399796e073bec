import { addressBlocks } from '../prose/address-block.js';
import { fold } from '../prose/front-coding.js';
import { isCountry, kinds, kindsOf, roles } from '../prose/lexicon.js';
import { readProse, type Word } from '../prose/reader.js';
import { classes, isIn, startsWord } from '../scan/characters.js';
import type { Detector, Span } from './types.js';

/** Kinds of streets that end the name of one, in English; each after a number and a capitalised word. */
const streetKinds =
  'street st avenue ave road rd boulevard blvd lane ln drive dr court ct place pl square sq terrace way parkway pkwy highway hwy circle cir trail alley plaza crescent close mews gardens grove turnpike bypass'.split(
    ' ',
  );
/** Kinds that come first, as Romance and Slavic languages have it; a number follows the name. */
const leadingKinds =
  'rua avenida travessa estrada calle carrera paseo plaza camino avda. viale piazza corso vicolo strada rue chemin impasse quai ul. ulica bulevar trg'.split(
    ' ',
  );
const units = [' apt.', ' apt ', 'apartment ', 'suite ', '\nsuite', '\napt', ' ste '];
const boxes = ['p.o. box', 'po box', 'post office box', 'psc ', ' box ', 'postfach', 'apo a', 'fpo a', 'dpo a'];
/** Words behind which an address stands. */
const announcements =
  "address is|address:|address to|address with|address of|address? |lives at|lives on|live at|live on|lived at|lived in|live in|living at|resides at|located at|meet me at|meet you at|is at |is on |off at |the same: |here they are: |sent to|ship to|ship it to|shipped to|deliver to|delivered to|return to|arrived at|stop at|taxi to|moved to|send it to|mail it to|mailed to|it's in |corner of".split(
    '|',
  );

const word = "[\\p{Lu}][\\p{L}.'’-]{0,30}";
const small =
  '(?:de|del|della|dei|do|da|dos|das|du|des|la|las|los|le|les|el|al|van|von|der|den|het|of|the|and|y|u\\.|ul\\.|utca|út|útja|tér|rkp\\.|gate|vei|gata|trg|terrasse|str)';
const number = '\\d{1,5}[A-Za-z]?(?:[/-]\\d{1,4}[A-Za-z]?)?';
/** Numbers, capitalised words, a number: the line of a street in any language. */
const streetLine = new RegExp(
  `(?:${number},? ){0,2}(?:(?:${small}|${word}) ){0,5}(?:${small}|${word})(?: ${number}(?![\\d-])\\.?)?(?: (?:${word} )?(?:${word}))?`,
  'uy',
);
const corner = new RegExp(
  `[Cc]orner of (?:${number} )?(?:${word} |${small} ){0,4}(?:${word}|${number}|${small})(?:\\.| St\\.)? and (?:${number} )?(?:(?:${word}|${small}) ){0,3}(?:${word})(?: ${number}(?!\\d))?(?: St\\b\\.?)?`,
  'uy',
);
const gap = '(?:,? {0,2}(?:\\r?\\n[ \\t>?|]{0,8}){1,2}(?:, ?)?|, ?| )';
const unitPart = new RegExp(
  `${gap}(?:Apt|Apartment|Suite|Ste|Unit|Floor|Room|Flat)\\b\\.? ?#?\\d{1,5}[A-Za-z]?(?!\\w)`,
  'iuy',
);
const zipPart = new RegExp(
  `${gap}(?:[A-Z]{2,3} )?(?:\\d{5}-\\d{4}|\\d{3} \\d{2}|\\d{2,5}-\\d{3}|[A-Z]{1,2}\\d[A-Z\\d]? \\d[A-Z]{2}|[A-Z]\\d[A-Z] \\d[A-Z]\\d|\\d{4} [A-Z]{2}|\\d{4,6})(?![\\w-])`,
  'uy',
);
const placePart = new RegExp(
  `(${gap})(${word}(?:[ -](?:${word}|${small})){0,4}(?: \\([\\p{L}]{2,20}\\)){0,1})(?![\\p{L}_(])`,
  'uy',
);
const houseNumber = / \d{1,4}[A-Za-z]?(?![\w:%]|[.,-]\d)\.?/y;
const military =
  /(?:(?:PSC|Unit|CMR) \d{1,5},? (?:Box|Bldg) \d{1,6}|(?:USNV|USNS|USCGC|USS) [\p{L}]{2,24})\s{1,3}(?:APO|FPO|DPO) A[AEP] \d{5}/iuy;
const box = /(?:\d{1,6} )?P\.? ?O\.? ?Box \d{1,6}|Post Office Box \d{1,6}|Postfach \d[\d ]{1,8}/iy;

/**
 * Postal addresses. Confidence: 0.9 military and box numbers; 0.8 a number with a street's name and kind, or a street's
 * name in one word and its number; 0.75 what stands where words announce an address, if it holds a number. Unit, town,
 * postal code and country that follow belong to it.
 */
export const postalAddressDetectors: readonly Detector[] = [
  {
    id: 'address-box',
    entity: 'ADDRESS',
    anchors: boxes,
    at(text, start) {
      for (let from = Math.max(0, start - 16); from <= start; from++) {
        if (!startsWord(text, from)) continue;
        for (const pattern of [military, box]) {
          pattern.lastIndex = from;
          const hit = pattern.exec(text);
          if (hit && pattern.lastIndex > start) return withTail(text, from, pattern.lastIndex, 0.9, pattern === box);
        }
      }
      return null;
    },
  },
  {
    id: 'address-street',
    entity: 'ADDRESS',
    anchors: streetKinds.map((kind) => ` ${kind}`),
    at(text, start, end) {
      if (isIn(classes.word, text.charCodeAt(end)) || isLetter(text, end)) return null;
      const from = streetStart(text, start);
      return from === -1 ? null : withTail(text, from, withDot(text, end), 0.88, true);
    },
  },
  {
    id: 'address-leading',
    entity: 'ADDRESS',
    anchors: leadingKinds.map((kind) => `${kind} `),
    at(text, start) {
      if (!startsWord(text, start)) return null;
      const rest = new RegExp(
        `[\\p{L}.]{2,10} (?:(?:${small}|${word}) ){0,5}(?:${word}) ${number}(?![\\d:-])\\.?`,
        'uy',
      );
      rest.lastIndex = start;
      if (!rest.test(text)) return numberedLeading(text, start);
      return withTail(text, numberBefore(text, start), rest.lastIndex, 0.88, true);
    },
  },
  {
    id: 'address-compound',
    entity: 'ADDRESS',
    digits: 0,
    find(text) {
      const spans: Span[] = [];
      for (const { words } of readProse(text).runs) {
        const last = words[words.length - 1] as Word;
        if ((last.role & roles.streetName) === 0) continue;
        houseNumber.lastIndex = last.end;
        if (!houseNumber.test(text)) continue;
        spans.push(withTail(text, numberBefore(text, last.start), houseNumber.lastIndex, 0.88, true));
      }
      return spans;
    },
  },
  {
    id: 'address-unit',
    entity: 'ADDRESS',
    anchors: units,
    at(text, start) {
      const behind = text.slice(Math.max(0, start - 72), start);
      const line =
        /(?:^|[^\p{L}\p{N}.,:/_-])((?:\d{1,6}[A-Za-z]? ){1,2}(?:[\p{L}.'’-]{1,30} ){1,6}(?:\d{1,5}[A-Za-z]?\.?)?|(?:\p{Lu}[\p{L}.'’-]{1,30} ){1,4}\d{1,5}[A-Za-z]?\.?(?: \p{Lu}[\p{L}.'’-]{1,30}){0,2})[,\s>?]{0,6}$/u.exec(
          behind,
        );
      if (!line?.[1]) return null;
      unitPart.lastIndex = start - (/\s{0,8},?\s{0,8}$/.exec(behind)?.[0].length ?? 0);
      const head = start - behind.length + line.index + (line[0].length - line[0].trimStart().length);
      const from = head + (line[0].trimStart().startsWith(line[1].charAt(0)) ? 0 : 1);
      return withTail(text, from, start - (/[\s,>?]{0,12}$/.exec(behind)?.[0].length ?? 0), 0.88, true);
    },
  },
  {
    id: 'address-told',
    entity: 'ADDRESS',
    anchors: announcements,
    context: true,
    at(text, start, end) {
      if (!startsWord(text, start)) return null;
      corner.lastIndex = start;
      const isCorner = /^corner of$/i.test(text.slice(start, end));
      if (isCorner) {
        const from = text.slice(start - 4, start).toLowerCase() === 'the ' ? start - 4 : start;
        return corner.test(text) ? withTail(text, from, corner.lastIndex, 0.87, true) : null;
      }
      const lead = /(?:[\s:"“]{0,3}(?:it is|it['’]s|is|to|at|with|in|user:|User:)){0,2}[\s:"“]{1,6}/y;
      lead.lastIndex = end;
      let from = lead.test(text) ? lead.lastIndex : end;
      if (/address of$/i.test(text.slice(start, end))) {
        const of = / [^.\n]{2,48}? is (?=[\d\p{Lu}])/uy;
        of.lastIndex = end;
        if (!of.test(text)) return null;
        from = of.lastIndex;
      }
      streetLine.lastIndex = from;
      const hit = streetLine.exec(text)?.[0];
      if (hit === undefined) return null;
      if (/^\d{1,2} ?(?:AM|PM|UTC|GMT)\b/.test(hit) || !/\d/.test(hit)) return null;
      const span = withTail(text, from, from + hit.length, 0.87, true);
      // A number and a capital alone are an address only where somebody calls it one, or more of one follows.
      const sure = /address|lives|resides/i.test(text.slice(start, end)) && /^\d{1,6}[A-Za-z]? \p{Lu}/u.test(hit);
      const numbered = /^\d{1,6}[A-Za-z]?,? \d|\p{L}{2} \d{1,5}[A-Za-z]?\.?$|\p{Ll}{3} \d{1,5}[A-Za-z]? \p{Lu}/u.test(
        hit,
      );
      const whole = /^\d/.test(hit) && span.end > from + hit.length;
      return sure || whole || (numbered && isNamed(hit) && readProse(text).plain()) ? span : null;
    },
  },
  { id: 'address-block', entity: 'ADDRESS', digits: 0, find: codes },
  {
    id: 'postal-code',
    entity: 'ADDRESS',
    context: true,
    anchors: ['zip', 'postcode', 'postal code', 'post code', 'plz'],
    at(text, start, end) {
      if (!startsWord(text, start)) return null;
      const rest =
        /(?: ?code| number)?(?: is|:| =|:? is)? {1,3}((?:\d{5}-\d{4}|\d{3} \d{2}|\d{2,4}-\d{3}|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|[A-Z]\d[A-Z] \d[A-Z]\d|\d{4} [A-Z]{2}|\d{3,6}))(?![\w-])/iy;
      rest.lastIndex = end;
      const hit = rest.exec(text)?.[1];
      return hit === undefined ? null : { start: rest.lastIndex - hit.length, end: rest.lastIndex, confidence: 0.8 };
    },
  },
];

/** Postal codes at the foot of a letterhead. */
function codes(text: string): Span[] {
  return addressBlocks(text).flatMap(({ code }) => (code === null ? [] : [code]));
}

/** Whether something in it is a name: `Step 4` and `Windows 11` are no streets. */
function isNamed(line: string): boolean {
  const words = line.match(/\p{Lu}[\p{L}'’-]{2,30}/gu) ?? [];
  return words.some((each) => (kindsOf(each) & (kinds.word | kinds.product)) === 0);
}

function isLetter(text: string, at: number): boolean {
  return /[\p{L}\p{M}\p{N}_]/u.test(text.charAt(at));
}

function withDot(text: string, end: number): number {
  return text[end] === '.' && /[ ,\n]/.test(text.charAt(end + 1)) && /[\p{Lu},]/u.test(text.slice(end + 1, end + 3))
    ? end + 1
    : end;
}

/** Where the number before a street's name stands: at most five words back, on the same line; -1 where none does. */
function streetStart(text: string, end: number): number {
  const behind = text.slice(Math.max(0, end - 56), end);
  const hit =
    /(?:^|[^\p{L}\p{N}.,:/_$#-])((?:\d{1,6}[A-Za-z]?,? ){1,2}(?:(?:de|la|of|the|del|van|[NSEW]\.?|[\p{Lu}\d][\p{L}\p{N}.'’-]{1,30}) ){0,4}(?:[\p{Lu}\d][\p{L}\p{N}.'’-]{1,30}))$/u.exec(
      behind,
    );
  if (!hit?.[1] || !/\p{Lu}|\d(?:st|nd|rd|th)\b/u.test(hit[1])) return -1;
  return end - hit[1].length;
}

function numberBefore(text: string, start: number): number {
  const hit = /(?:^|[^\p{L}\p{N}.,:/_-])((?:\d{1,6}[A-Za-z]?,? ){1,2})$/u.exec(
    text.slice(Math.max(0, start - 16), start),
  );
  return hit?.[1] ? start - hit[1].length : start;
}

/** `31 Rue Al Imam Al Bakri`: the number before, no number behind. */
function numberedLeading(text: string, start: number): Span | null {
  const from = numberBefore(text, start);
  if (from === start) return null;
  const rest = new RegExp(`[\\p{L}.]{2,10}(?: (?:${small}|${word})){0,5} ${word}`, 'uy');
  rest.lastIndex = start;
  return rest.test(text) ? withTail(text, from, rest.lastIndex, 0.88, true) : null;
}

/** Patterns that are put together from parts. */
export const addressPatterns = { streetLine, corner, unitPart, zipPart, placePart } as const;

/** The span with unit, town, code and country behind it; what a new line brings counts only up to a code or country. */
function withTail(text: string, start: number, end: number, confidence: number, more: boolean): Span {
  let sure = end;
  let at = end;
  // In a letterhead every line says something else; in a sentence the whole is one address.
  const block = /(?:^|\n)[ \t>?|*]{0,8}$/.test(text.slice(Math.max(0, start - 10), start));
  for (let part = 0; more && part < 8; part++) {
    unitPart.lastIndex = at;
    if (unitPart.test(text)) {
      at = unitPart.lastIndex;
      sure = at;
      continue;
    }
    zipPart.lastIndex = at;
    if (block && /^[,\s]*\n/.test(text.slice(at, at + 8))) break;
    if (zipPart.test(text)) {
      at = zipPart.lastIndex;
      sure = at;
      continue;
    }
    placePart.lastIndex = at;
    const place = placePart.exec(text);
    if (!place) break;
    const [, joint = '', name = ''] = place;
    const afterUnit =
      /\d$/.test(text.slice(at - 1, at)) &&
      joint === ' ' &&
      /(?:apt|suite)\.? ?\d{1,5}$/i.test(text.slice(at - 12, at));
    if (joint === ' ' && !afterUnit) break;
    at = placePart.lastIndex;
    if (
      isCountry(fold(name.replace(/ \([^()]{0,24}\)$/, ''))) ||
      afterUnit ||
      (joint.startsWith(', ') && !joint.includes('\n'))
    )
      sure = at;
  }
  return { start, end: sure, confidence };
}
