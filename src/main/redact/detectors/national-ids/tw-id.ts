import { weighted } from './check-digits.js';
import type { NationalId } from './national-id.js';

const letters = 'ABCDEFGHJKLMNPQRSTUVXYWZIO';

/** Taiwanese identity number: a letter as two digits, sex, seven digits, weights to a multiple of ten. */
export const twId: NationalId = {
  id: 'tw-id',
  shape: '[A-Z][1289]\\d{8}',
  digits: 9,
  words: 'taiwan(?:ese)?(?: national)? id|身分證(?:字號)?|arc(?: ?number)?',
  valid(value) {
    const area = letters.indexOf(value.charAt(0)) + 10;
    const sum = Math.floor(area / 10) + (area % 10) * 9 + weighted(value.slice(1), [8, 7, 6, 5, 4, 3, 2, 1, 1]);
    return sum % 10 === 0;
  },
};
