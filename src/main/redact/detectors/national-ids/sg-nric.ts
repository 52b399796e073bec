import { weighted } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** Singapore NRIC and FIN (ICA): prefix, seven digits, a letter by weights 2 7 6 5 4 3 2 modulo 11. */
export const sgNric: NationalId = {
  id: 'sg-nric',
  shape: '[STFGM]\\d{7}[A-Z]',
  digits: 7,
  alone: 0.97,
  words: 'nric|fin(?: ?(?:no|number))?',
  valid(value) {
    const first = value.charAt(0);
    const offset = first === 'T' || first === 'G' ? 4 : first === 'M' ? 3 : 0;
    const rest = (weighted(value.slice(1, 8), [2, 7, 6, 5, 4, 3, 2]) + offset) % 11;
    if (first === 'S' || first === 'T') return 'JZIHGFEDCBA'.charAt(rest) === value.charAt(8);
    if (first === 'M') return 'KLJNPQRTUWX'.charAt(10 - rest) === value.charAt(8);
    return 'XWUTRQPNMLK'.charAt(rest) === value.charAt(8);
  },
};
