import { luhn } from '../forms/checksums.js';
import type { DigitDetector, Span } from './types.js';

const shape =
  /(?:(?<![\w.+]|\d-)|(?<=\\[nrt]))(?:\d{12,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?|\d{4}([ -])\d{6}\2\d{4,5})(?![\w]|[.-]\d)/g;
/** Issuer ranges and the lengths they use (ISO/IEC 7812 registrations). */
const issuers: readonly [RegExp, readonly number[]][] = [
  [/^4/, [13, 16, 19]], // Visa
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]], // Mastercard
  [/^3[47]/, [15]], // American Express
  [/^(?:6011|64[4-9]|65)/, [16, 17, 18, 19]], // Discover
  [/^3(?:0[0-5]|[689])/, [14, 15, 16, 17, 18, 19]], // Diners Club
  [/^35(?:2[89]|[3-8])/, [16, 17, 18, 19]], // JCB
  [/^62/, [16, 17, 18, 19]], // UnionPay
  [/^(?:5018|5020|5038|5893|6304|6759|676[1-3])/, [13, 14, 15, 16, 17, 18, 19]], // Maestro
  [/^220[0-4]/, [16, 17, 18, 19]], // Mir
];

/**
 * Payment card numbers: issuer range, length and Luhn check digit agree, 0.99; of a range that this table lacks only
 * right behind the word card, 0.95.
 */
export const creditCardDetector: DigitDetector = {
  id: 'credit-card',
  entity: 'CREDIT_CARD',
  digits: 12,
  find(text) {
    const spans: Span[] = [];
    for (const match of text.matchAll(shape)) {
      const start = match.index;
      let value = match[0];
      // `blk_-4380…`: a signed number that names a block.
      if (/_-$/.test(text.slice(Math.max(0, start - 2), start))) continue;
      // A security code or a date may follow the number in the same spelling: try without the last group.
      if (!isCard(value)) value = value.slice(0, Math.max(value.lastIndexOf(' '), value.lastIndexOf('-'), 0));
      if (isAmongNumbers(text, start, start + match[0].length)) continue;
      if (isCard(value)) spans.push({ start, end: start + value.length, confidence: 0.99 });
      else if (isNamedCard(text, start, match[0]))
        spans.push({ start, end: start + match[0].length, confidence: 0.95 });
    }
    return spans;
  },
};

/** Beside it stands a number as long that is no card: a list of integers, in which one of ten has the right check digit. */
function isAmongNumbers(text: string, start: number, end: number): boolean {
  const before = /(\d{13,20})(?:\.\d{1,20})?\s{0,8},\s{0,8}-?$/.exec(text.slice(Math.max(0, start - 60), start))?.[1];
  const after = /^\s{0,8},\s{0,8}-?(\d{13,20})/.exec(text.slice(end, end + 40))?.[1];
  return [before, after].some((other) => other !== undefined && !isCard(other));
}

const named =
  /\b(?:card|cc|visa|mastercard|maestro|jcb|amex|discover|diners)\b(?:[ _-]?(?:no|num|number|nr)\b\.?)?[^\n\d]{0,12}$/i;

function isNamedCard(text: string, start: number, spelled: string): boolean {
  return named.test(text.slice(Math.max(0, start - 40), start)) && luhn(spelled.replace(/[ -]/g, ''));
}

export function isCard(spelled: string): boolean {
  const digits = spelled.replace(/[ -]/g, '');
  return issuers.some(([range, lengths]) => lengths.includes(digits.length) && range.test(digits)) && luhn(digits);
}
