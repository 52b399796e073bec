import type { NationalId } from './national-id.js';

const alphabet = '0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ';

/** Mexican CURP (RENAPO): letters of the name, date, sex, state, and a digit by weights 18 to 2 modulo 10. */
export const mxCurp: NationalId = {
  id: 'mx-curp',
  shape:
    '[A-Z][AEIOUX][A-Z]{2}\\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])[HMX][A-Z]{2}[B-DF-HJ-NP-TV-Z]{3}[A-Z0-9]\\d',
  digits: 6,
  alone: 0.99,
  words: 'curp',
  valid(value) {
    let sum = 0;
    for (let i = 0; i < 17; i++) sum += alphabet.indexOf(value.charAt(i)) * (18 - i);
    return (10 - (sum % 10)) % 10 === Number(value.charAt(17));
  },
};
