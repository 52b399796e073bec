import { isDate, remainder } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** Belgian national number (Rijksregister): date, serial, 97 minus the number modulo 97, with a 2 before it since 2000. */
export const beRijksregister: NationalId = {
  id: 'be-rijksregister',
  shape: '\\d{2}[.]?\\d{2}[.]?\\d{2}-?\\d{3}[.]?\\d{2}',
  digits: 11,
  alone: 0.9,
  punctuated: '\\d{2}\\.\\d{2}\\.\\d{2}-\\d{3}\\.\\d{2}',
  words: 'rijksregister(?:nummer)?|registre national|niss|insz',
  valid(value) {
    if (!isDate(Number(value.slice(2, 4)) % 20, Number(value.slice(4, 6)))) return false;
    const check = Number(value.slice(9));
    return [value.slice(0, 9), `2${value.slice(0, 9)}`].some((number) => 97 - remainder(number, 97) === check);
  },
};
