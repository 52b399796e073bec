import { luhn } from '../../forms/checksums.js';
import { isDate } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** South African identity number (Department of Home Affairs): date, sex, citizenship 0 to 2, Luhn. */
export const zaId: NationalId = {
  id: 'za-id',
  shape: '\\d{6} ?\\d{4} ?[012]\\d{2}',
  digits: 13,
  words: '(?:sa |south african )?id(?:entity)?(?: ?(?:no|number))',
  valid: (value) => isDate(Number(value.slice(2, 4)), Number(value.slice(4, 6))) && luhn(value),
};
