import { isDate } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** Danish CPR (Det Centrale Personregister): a date and four digits; numbers since 2007 need not pass modulus 11. */
export const dkCpr: NationalId = {
  id: 'dk-cpr',
  shape: '\\d{6}-?\\d{4}',
  digits: 10,
  words: 'cpr(?:[ -]?(?:nr|nummer|number))?|personnummer',
  valid: (value) => isDate(Number(value.slice(2, 4)), Number(value.slice(0, 2))),
};
