import type { DigitDetector, Span } from './types.js';

const month =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?';
const date = new RegExp(
  [
    '\\d{4}-\\d{2}-\\d{2}(?:[T ]\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,9})?)?(?:Z|[+-]\\d{2}:?\\d{2})?)?',
    '\\d{1,2}[/.]\\d{1,2}[/.](?:\\d{4}|\\d{2})',
    `\\d{1,2}(?:st|nd|rd|th)?(?: of)? ${month},? \\d{4}`,
    `${month} \\d{1,2}(?:st|nd|rd|th)?,? \\d{4}`,
    `${month} \\d{1,2}(?:st|nd|rd|th)?(?!\\d|[.:-]\\d)`,
    `${month} \\d{4}`,
    '(?:on |last |next |this |every )(?:mon|tues|wednes|thurs|fri|satur|sun)day',
    '(?:in|of|during|since|until|before|after|year|by|from|around|late|early|summer|winter|spring|fall) (?:1[89]|20)\\d{2}(?!\\d|[.:-]\\d)',
  ].join('|'),
  'gi',
);
const lead =
  /^(?:on|last|next|this|every|in|of|during|since|until|before|after|year|by|from|around|late|early|summer|winter|spring|fall) /i;

/** Dates, times with a date, years that a preposition makes one, weekdays: 0.6, so that a date of birth wins. */
export const dateTimeDetector: DigitDetector = {
  id: 'date-time',
  entity: 'DATE_TIME',
  digits: 0,
  find(text) {
    const spans: Span[] = [];
    for (const match of text.matchAll(date)) {
      const end = match.index + match[0].length;
      if (/[\w]/.test(text.charAt(match.index - 1)) || /\w/.test(text.charAt(end))) continue;
      const cut = lead.exec(match[0])?.[0].length ?? 0;
      spans.push({ start: match.index + cut, end, confidence: 0.6 });
    }
    return spans;
  },
};
