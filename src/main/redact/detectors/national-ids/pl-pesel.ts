import { isDate, weighted } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** Polish PESEL (Ministry of the Interior): date of birth, the century in the month, weights 1 3 7 9. */
export const plPesel: NationalId = {
  id: 'pl-pesel',
  shape: '\\d{11}',
  digits: 11,
  words: 'pesel(?: ?(?:nr|numer|number))?',
  valid(value) {
    const month = Number(value.slice(2, 4));
    if (!isDate(month % 20, Number(value.slice(4, 6)))) return false;
    return (weighted(value, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) + Number(value.charAt(10))) % 10 === 0;
  },
};
