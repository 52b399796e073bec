import { luhn } from '../../forms/checksums.js';
import { isRepdigit } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** Canadian social insurance number (Service Canada): nine digits, Luhn; 0 and 8 are not issued as first digit. */
export const caSin: NationalId = {
  id: 'ca-sin',
  shape: '[1-79]\\d{2}([ -]?)\\d{3}\\1\\d{3}',
  digits: 9,
  words: 'sin(?: ?(?:no|number|#))?|social insurance(?: ?(?:no|number))?|nas',
  valid: (value) => luhn(value) && !isRepdigit(value),
};
