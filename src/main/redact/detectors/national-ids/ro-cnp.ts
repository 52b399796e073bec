import { isDate, weighted } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** Romanian CNP: sex and century, date, county, serial, weights 279146358279, modulus 11. */
export const roCnp: NationalId = {
  id: 'ro-cnp',
  shape: '[1-9]\\d{12}',
  digits: 13,
  alone: 0.9,
  words: 'cnp|cod numeric personal',
  valid(value) {
    const county = Number(value.slice(7, 9));
    if (!isDate(Number(value.slice(3, 5)), Number(value.slice(5, 7))) || county < 1 || county > 52) return false;
    const rest = weighted(value, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    return (rest === 10 ? 1 : rest) === Number(value.charAt(12));
  },
};
