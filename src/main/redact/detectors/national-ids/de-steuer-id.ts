import { mod11_10 } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** German tax id (Bundeszentralamt für Steuern): eleven digits, one repeated among the first ten, MOD 11,10. */
export const deSteuerId: NationalId = {
  id: 'de-steuer-id',
  shape: '[1-9]\\d ?\\d{3} ?\\d{3} ?\\d{3}',
  digits: 11,
  words: 'steuer(?:liche)?[ -]?(?:id|identifikationsnummer|nummer)|idnr|tin',
  valid(value) {
    const repeated = 10 - new Set(value.slice(0, 10)).size;
    return repeated >= 1 && repeated <= 2 && mod11_10(value);
  },
};
