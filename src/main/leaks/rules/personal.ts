import type { Entity } from '../../../shared/policy.js';
import type { Hit, LeakRules, RuleSet } from './rule.js';

interface Found {
  start: number;
  end: number;
}

/** Ends of file names and of members in code: `logo@2x.png` and `layer@other.data` are no addresses. */
const noTopLevel = new Set(
  'png jpg jpeg gif svg webp ico js jsx mjs cjs ts tsx json css scss html map tgz gz zip txt lock toml yml yaml data value weight shape dtype grad dist'.split(
    ' ',
  ),
);

function* emails(text: string): Generator<Found> {
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const before = /[\p{L}\p{N}](?:[\p{L}\p{N}._%+-]*[\p{L}\p{N}_%+-])?$/u.exec(text.slice(Math.max(0, at - 64), at));
    const after = /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}\p{L}{2,24}(?![\p{L}\p{N}])/u.exec(
      text.slice(at + 1, at + 255),
    );
    if (before === null || after === null || before[0].includes('..')) continue;
    const end = at + 1 + after[0].length;
    // `git@host:path` is where a repository lies.
    if (before[0].toLowerCase() === 'git' && text[end] === ':') continue;
    if (noTopLevel.has((after[0].split('.').at(-1) as string).toLowerCase())) continue;
    yield { start: at - before[0].length, end };
  }
}

/** Digits in groups, as numbers of cards are written; the sums decide. */
const cardShape = /(?<![\w.+-])\d{4}(?:[ -]?\d{2,6}){2,4}(?![\w]|[.-]\d)/g;
/** First digits and lengths that the larger networks issue (ISO/IEC 7812). */
const cardIssuers: [RegExp, number[]][] = [
  [/^4/, [13, 16, 19]],
  [/^5[1-5]/, [16]],
  [/^2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)/, [16]],
  [/^3[47]/, [15]],
  [/^3(?:0[0-5]|[68])/, [14]],
  [/^35(?:2[89]|[3-8])/, [16]],
  [/^6(?:011|4[4-9]|5)/, [16]],
  [/^62/, [16, 17, 18, 19]],
];

function* cards(text: string): Generator<Found> {
  for (const match of text.matchAll(cardShape)) {
    const digits = match[0].replace(/\D/g, '');
    const issued = cardIssuers.some(([first, lengths]) => lengths.includes(digits.length) && first.test(digits));
    if (issued && luhnSum(digits) % 10 === 0) yield { start: match.index, end: match.index + match[0].length };
  }
}

/** ISO/IEC 7812-1, annex B: every second digit from the right doubled, the digits of the products added. */
function luhnSum(digits: string): number {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    sum += i % 2 === 0 ? digit : digit < 5 ? digit * 2 : digit * 2 - 9;
  }
  return sum;
}

const ibanShape = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])/g;
/** Lengths by country (SWIFT IBAN registry), of the countries most accounts are in. */
const ibanLengths: { [country: string]: number } = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 ES24 FI18 FO18 FR27 GB22 ' +
    'GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IS26 IT27 JO30 KW30 KZ20 LB28 LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 ' +
    'MT31 MU30 NL18 NO15 PK24 PL28 PT25 QA29 RO24 RS22 SA24 SE24 SI19 SK24 SM27 TN24 TR26 UA29 VG24 XK20'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

function* ibans(text: string): Generator<Found> {
  for (const match of text.matchAll(ibanShape)) {
    const value = match[0].replaceAll(' ', '');
    const length = ibanLengths[value.slice(0, 2)];
    if (length === undefined || value.length < length) continue;
    // Words in capitals may follow it: only as many characters as the country uses are its own.
    if (ibanRest(value.slice(0, length)) !== 1) continue;
    let end = match.index;
    for (let left = length; left > 0; end++) if (text[end] !== ' ') left -= 1;
    yield { start: match.index, end };
  }
}

/** ISO 13616: the first four characters to the end, letters as 10 to 35, the rest of a division by 97. */
function ibanRest(value: string): number {
  let rest = 0;
  for (const character of value.slice(4) + value.slice(0, 4)) {
    const number = Number.parseInt(character, 36);
    rest = (rest * (number > 9 ? 100 : 10) + number) % 97;
  }
  return rest;
}

/** Area, group and serial number within what the SSA has ever issued, with dashes. */
const ssnShape = /(?<![\w.+-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w]|[.-]\d)/g;

/** E.164 with its plus and at least one gap, or North American with its area code in brackets. */
const phoneShape =
  /(?<![\w+.-])\+[1-9]\d{0,2}[ .-]?\(?\d{1,5}\)?(?:[ .-]\d{2,8}){1,5}(?![\w]|[.-]\d)|(?<![\w+.-])\([2-9]\d{2}\) ?[2-9]\d{2}[ .-]\d{4}(?![\w]|[.-]\d)/g;
/** Lines that a diff adds begin with a plus too: dates and addresses of machines. */
const noPhone = /^\+(?:(?:19|20)\d\d[-.](?:0\d|1[0-2])[-.]|\d{1,3}(?:\.\d{1,3}){3}$)/;

function* phones(text: string): Generator<Found> {
  for (const match of text.matchAll(phoneShape)) {
    const digits = match[0].replace(/\D/g, '').length;
    if (digits >= 9 && digits <= 15 && !noPhone.test(match[0]))
      yield { start: match.index, end: match.index + match[0].length };
  }
}

function* shaped(text: string, shape: RegExp): Generator<Found> {
  for (const match of text.matchAll(shape)) yield { start: match.index, end: match.index + match[0].length };
}

const checks: { rule: string; entity: Entity; find(text: string): Iterable<Found> }[] = [
  { rule: 'personal/email', entity: 'EMAIL', find: emails },
  { rule: 'personal/card', entity: 'CREDIT_CARD', find: cards },
  { rule: 'personal/iban', entity: 'IBAN', find: ibans },
  { rule: 'personal/ssn', entity: 'SSN', find: (text) => shaped(text, ssnShape) },
  { rule: 'personal/phone', entity: 'PHONE', find: phones },
];

/**
 * Personal data that a form or a check digit gives away. Few rules, strict ones: what they find refuses an export. Written
 * apart from those that redact, so that a fault of the one is not also a fault of the other.
 */
const personal: RuleSet = {
  id: 'personal',
  version: '1',
  find: (text) =>
    checks.flatMap(({ rule, entity, find }) => Array.from(find(text), (found): Hit => ({ rule, entity, ...found }))),
};

export const personalRules = {
  id: 'personal',
  title: 'Personal data',
  description:
    'Addresses of mailboxes, numbers of cards and accounts, and others that a form or a check digit gives away.',
  open: () => personal,
} satisfies LeakRules;
