import { startsWord } from '../scan/characters.js';
import type { AnchoredDetector } from './types.js';

const behind = /(?:^|[^\w.,-])(\d{1,3})[ -]{1,2}$/;
const ahead =
  /(?: |: ?| is )(\d{1,3})(?![\w%.,:/-]?\d|[ -](?:%|percent|dollars|minutes|hours|days|times|degrees|pages)|%)/y;

/** Ages: a number before `years old`, `year old`, `y/o`, and behind `aged`, `age is`, `turned`, `turn`; 0.8. */
export const ageDetectors: readonly AnchoredDetector[] = [
  {
    id: 'age-years',
    entity: 'AGE',
    context: true,
    anchors: ['year old', 'years old', 'year-old', 'years-old', 'y/o', 'yo ', 'y.o.', 'years of age', 'yrs old'],
    at(text, start) {
      const number = behind.exec(text.slice(Math.max(0, start - 6), start))?.[1];
      if (number === undefined || Number(number) > 120) return null;
      const from = text.lastIndexOf(number, start);
      return { start: from, end: from + number.length, confidence: 0.8 };
    },
  },
  {
    id: 'age-told',
    entity: 'AGE',
    context: true,
    anchors: ['aged', 'age', 'turned', "i'll turn", 'will turn', 'just turned', 'turning', "i'm", 'age of', 'at age'],
    at(text, start, end) {
      if (!startsWord(text, start) || /[\w]/.test(text.charAt(end))) return null;
      ahead.lastIndex = end;
      const number = ahead.exec(text)?.[1];
      if (number === undefined || Number(number) > 120 || Number(number) < 1) return null;
      const words = text.slice(start, end).toLowerCase();
      if (words === "i'm" && !/^(?:[.,!?]|$|\s*(?:y\/o|years))/.test(text.slice(ahead.lastIndex, ahead.lastIndex + 8)))
        return null;
      return { start: ahead.lastIndex - number.length, end: ahead.lastIndex, confidence: 0.75 };
    },
  },
];
