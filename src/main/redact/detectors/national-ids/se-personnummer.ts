import { luhn } from '../../forms/checksums.js';
import { isDate } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** Swedish personnummer (Skatteverket): date of birth, serial, Luhn over the last ten digits; day plus 60 for samordningsnummer. */
export const sePersonnummer: NationalId = {
  id: 'se-personnummer',
  shape: '(?:19|20)?\\d{6}[-+]?\\d{4}',
  digits: 10,
  punctuated: '(?:(?:19|20)\\d{6}|\\d{6})[-+]\\d{4}',
  words: 'person(?:al)?[ -]?(?:nummer|number|nr)|samordningsnummer|pnr',
  valid(value) {
    const ten = value.replace('+', '').slice(-10);
    const day = Number(ten.slice(4, 6));
    return isDate(Number(ten.slice(2, 4)), day > 60 ? day - 60 : day) && luhn(ten);
  },
};
