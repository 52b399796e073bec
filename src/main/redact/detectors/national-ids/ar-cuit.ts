import { weighted } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** Argentine CUIT and CUIL (AFIP): type, document, weights 5 4 3 2 7 6 5 4 3 2, modulus 11. */
export const arCuit: NationalId = {
  id: 'ar-cuit',
  shape: '(?:20|23|24|25|26|27|30|33|34)-?\\d{8}-?\\d',
  digits: 11,
  punctuated: '\\d{2}-\\d{8}-\\d',
  words: 'cui[tl]',
  valid(value) {
    const check = (11 - (weighted(value, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
    return check !== 10 && check === Number(value.charAt(10));
  },
};
