import { isDate, remainder } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** Czech and Slovak birth number: date with 50 added to women's months, a multiple of eleven since 1954. */
export const czRodneCislo: NationalId = {
  id: 'cz-rodne-cislo',
  shape: '\\d{6}/?\\d{4}',
  digits: 10,
  punctuated: '\\d{6}/\\d{4}',
  words: 'rodn[ée] [čc][íi]slo|r\\.?č\\.?',
  valid(value) {
    const month = Number(value.slice(2, 4)) % 50;
    return isDate(month > 20 ? month - 20 : month, Number(value.slice(4, 6))) && remainder(value, 11) === 0;
  },
};
