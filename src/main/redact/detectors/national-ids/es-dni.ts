import type { NationalId } from './national-id.js';

const letters = 'TRWAGMYFPDXBNJZSQVHLCKE';

/** Spanish DNI and NIE (Ministerio del Interior): the letter is the number modulo 23; X, Y, Z stand for 0, 1, 2. */
export const esDni: NationalId = {
  id: 'es-dni',
  shape: '(?:\\d{8}|[XYZ]-?\\d{7})-?[A-HJ-NP-TV-Z]',
  digits: 7,
  alone: 0.97,
  words: 'dni|nie|nif|documento(?: nacional)?',
  valid(value) {
    const number = value.slice(0, -1).replace(/^[XYZ]/, (first) => String('XYZ'.indexOf(first)));
    return letters.charAt(Number(number) % 23) === value.slice(-1);
  },
};
