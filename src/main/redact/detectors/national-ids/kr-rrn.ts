import { isDate, weighted } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** Korean resident registration number: date, sex and century, six digits, modulus 11 (not kept since October 2020). */
export const krRrn: NationalId = {
  id: 'kr-rrn',
  shape: '\\d{6}-?[1-8]\\d{6}',
  digits: 13,
  punctuated: '\\d{6}-[1-8]\\d{6}',
  words: 'rrn|resident registration(?: ?(?:no|number))?|주민등록번호',
  valid(value) {
    if (!isDate(Number(value.slice(2, 4)), Number(value.slice(4, 6)))) return false;
    const passes =
      (11 - (weighted(value, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10 === Number(value.charAt(12));
    return passes || (/[34]/.test(value.charAt(6)) && Number(value.slice(0, 2)) >= 20);
  },
};
