import type { NationalId } from './national-id.js';

const odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

/** Italian codice fiscale (D.M. 23/12/1976): odd places by a table, even ones by value, modulo 26. */
export const itCodiceFiscale: NationalId = {
  id: 'it-codice-fiscale',
  shape: '[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]',
  digits: 3,
  alone: 0.99,
  words: 'codice fiscale|c\\.?f\\.?',
  valid(value) {
    let sum = 0;
    for (let i = 0; i < 15; i++) {
      const code = value.charCodeAt(i);
      const rank = code < 58 ? code - 48 : code - 65;
      sum += i % 2 === 0 ? (odd[rank] as number) : rank;
    }
    return sum % 26 === value.charCodeAt(15) - 65;
  },
};
