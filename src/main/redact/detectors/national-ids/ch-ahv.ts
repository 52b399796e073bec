import { weighted } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** Swiss AHV number (BSV): 756, nine digits, the check digit of EAN-13. */
export const chAhv: NationalId = {
  id: 'ch-ahv',
  shape: '756\\.?\\d{4}\\.?\\d{4}\\.?\\d{2}',
  digits: 13,
  alone: 0.97,
  words: 'ahv(?:[ -]?(?:nr|nummer))?|avs|oasi',
  valid: (value) => (weighted(value, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) + Number(value.charAt(12))) % 10 === 0,
};
