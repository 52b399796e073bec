import { weighted } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** Irish PPS number (Department of Social Protection): seven digits, a letter modulo 23, since 2013 one more letter. */
export const iePps: NationalId = {
  id: 'ie-pps',
  shape: '\\d{7}[A-W][A-IW]?',
  digits: 7,
  words: 'pps(?:n| ?(?:no|number))?',
  valid(value) {
    const second = value.charAt(8);
    const extra = second === '' || second === 'W' ? 0 : (second.charCodeAt(0) - 64) * 9;
    const rest = (weighted(value, [8, 7, 6, 5, 4, 3, 2]) + extra) % 23;
    return 'WABCDEFGHIJKLMNOPQRSTUV'.charAt(rest) === value.charAt(7);
  },
};
