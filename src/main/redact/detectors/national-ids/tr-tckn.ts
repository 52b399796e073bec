import { digitsOf } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** Turkish identity number (NVI): eleven digits, the last two are checks over odd and even places and the sum. */
export const trTckn: NationalId = {
  id: 'tr-tckn',
  shape: '[1-9]\\d{10}',
  digits: 11,
  alone: 0.9,
  words: 't\\.?c\\.?(?: kimlik(?: no)?)?|kimlik(?: (?:no|numarası))?|tckn',
  valid(value) {
    const d = digitsOf(value);
    const sum = (from: number, to: number, step: number) => {
      let total = 0;
      for (let i = from; i <= to; i += step) total += d[i] as number;
      return total;
    };
    const tenth = (sum(0, 8, 2) * 7 - sum(1, 7, 2)) % 10;
    return (tenth + 10) % 10 === d[9] && sum(0, 9, 1) % 10 === d[10];
  },
};
