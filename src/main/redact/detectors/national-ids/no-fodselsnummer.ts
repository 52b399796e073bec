import { isDate, weighted } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** Norwegian fødselsnummer (Skatteetaten): date, individual number, two check digits modulus 11. */
export const noFodselsnummer: NationalId = {
  id: 'no-fodselsnummer',
  shape: '\\d{6} ?\\d{5}',
  digits: 11,
  alone: 0.9,
  words: 'f[øo]dselsnummer|personnummer|d-nummer|fnr',
  valid(value) {
    const day = Number(value.slice(0, 2));
    if (!isDate(Number(value.slice(2, 4)), day > 40 ? day - 40 : day)) return false;
    return (
      weighted(value, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0 &&
      weighted(value, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
    );
  },
};
