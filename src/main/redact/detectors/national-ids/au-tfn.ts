import { isRepdigit, weighted } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** Australian tax file number (ATO): nine digits, weights 1 4 3 7 5 8 6 9 10, modulus 11. */
export const auTfn: NationalId = {
  id: 'au-tfn',
  shape: '\\d{3} ?\\d{3} ?\\d{3}',
  digits: 9,
  words: 'tfn|tax file(?: ?(?:no|number))?',
  valid: (value) => weighted(value, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0 && !isRepdigit(value),
};
