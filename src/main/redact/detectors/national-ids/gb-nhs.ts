import { isRepdigit, weighted } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** NHS number (NHS Data Dictionary): ten digits, modulus 11 with weights 10 to 2. */
export const gbNhs: NationalId = {
  id: 'gb-nhs',
  shape: '\\d{3}([ -]?)\\d{3}\\1\\d{4}',
  digits: 10,
  words: 'nhs(?: ?(?:no|num(?:ber)?))?|patient(?: ?(?:id|no|number))?',
  valid(value) {
    const check = 11 - (weighted(value, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11);
    return check !== 10 && check % 11 === Number(value.charAt(9)) && !isRepdigit(value);
  },
};
