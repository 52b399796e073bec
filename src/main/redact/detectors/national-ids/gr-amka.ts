import { luhn } from '../../forms/checksums.js';
import { isDate } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** Greek AMKA: date of birth, serial, Luhn. */
export const grAmka: NationalId = {
  id: 'gr-amka',
  shape: '\\d{11}',
  digits: 11,
  words: 'amka|αμκα',
  valid: (value) => isDate(Number(value.slice(2, 4)), Number(value.slice(0, 2))) && luhn(value),
};
