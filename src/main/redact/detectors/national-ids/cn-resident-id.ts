import { isDate, weighted } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** Chinese resident identity number (GB 11643-1999): region, date, serial, ISO 7064 MOD 11-2. */
export const cnResidentId: NationalId = {
  id: 'cn-resident-id',
  shape: '[1-9]\\d{5}(?:18|19|20)\\d{9}[0-9Xx]',
  digits: 17,
  alone: 0.99,
  words: '身份证(?:号)?|resident id',
  valid(value) {
    if (!isDate(Number(value.slice(10, 12)), Number(value.slice(12, 14)), Number(value.slice(6, 10)))) return false;
    const rest = weighted(value, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11;
    return '10X98765432'.charAt(rest) === value.charAt(17);
  },
};
