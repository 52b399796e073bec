import { weighted } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** Japanese My Number (Ministry of Internal Affairs, Ordinance 85 of 2014): twelve digits, modulus 11. */
export const jpMyNumber: NationalId = {
  id: 'jp-my-number',
  shape: '\\d{4}([ -]?)\\d{4}\\1\\d{4}',
  digits: 12,
  words: 'my ?number|マイナンバー|個人番号',
  valid(value) {
    const rest = weighted(value, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    return Number(value.charAt(11)) === (rest <= 1 ? 0 : 11 - rest);
  },
};
