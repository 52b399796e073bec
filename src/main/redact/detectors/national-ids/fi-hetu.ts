import { isDate } from './check-digits.js';
import type { NationalId } from './national-id.js';

const letters = '0123456789ABCDEFHJKLMNPRSTUVWXY';

/** Finnish henkilötunnus (Digital and Population Data Services Agency): date, century sign, serial, modulo 31. */
export const fiHetu: NationalId = {
  id: 'fi-hetu',
  shape: '\\d{6}[-+A-FU-Y]\\d{3}[0-9A-FHJ-NPR-Y]',
  digits: 6,
  alone: 0.98,
  words: 'hetu|henkil[öo]tunnus',
  valid(value) {
    // The sign is a separator to others; here it stands between the date and the serial.
    const date = value.slice(0, 6);
    const serial = value.slice(-4, -1);
    if (!isDate(Number(date.slice(2, 4)), Number(date.slice(0, 2)))) return false;
    return letters.charAt(Number(date + serial) % 31) === value.slice(-1);
  },
};
