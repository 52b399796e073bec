import { remainder } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** French NIR (INSEE): sex, year, month, place, order, and 97 minus the number modulo 97; Corsica as 2A and 2B. */
export const frNir: NationalId = {
  id: 'fr-nir',
  shape: '[1-478] ?\\d{2} ?\\d{2} ?(?:\\d{2}|2[AB]) ?\\d{3} ?\\d{3} ?\\d{2}',
  digits: 7,
  alone: 0.99,
  words: 'nir|s[ée]curit[ée] sociale|insee',
  valid(value) {
    const month = Number(value.slice(3, 5));
    if (month < 1 || (month > 12 && month < 20)) return false;
    const number = value.slice(0, 13).replace('2A', '19').replace('2B', '18');
    return 97 - remainder(number, 97) === Number(value.slice(13));
  },
};
