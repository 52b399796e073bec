import { weighted } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** Australian Medicare card (Services Australia): ten digits, the ninth checks the eight before it modulus 10. */
export const auMedicare: NationalId = {
  id: 'au-medicare',
  shape: '[2-6]\\d{3} ?\\d{5} ?\\d',
  digits: 10,
  words: 'medicare(?: ?(?:no|number|card))?',
  valid: (value) => weighted(value, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === Number(value.charAt(8)),
};
