import { weighted } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** Portuguese NIF (Autoridade Tributária): nine digits, weights 9 to 2, modulus 11. */
export const ptNif: NationalId = {
  id: 'pt-nif',
  shape: '[1-35-9]\\d{2} ?\\d{3} ?\\d{3}',
  digits: 9,
  words: 'nif|n[úu]mero de contribuinte|contribuinte',
  valid(value) {
    const rest = weighted(value, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    return Number(value.charAt(8)) === (rest < 2 ? 0 : 11 - rest);
  },
};
