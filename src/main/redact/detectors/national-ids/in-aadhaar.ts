import { isRepdigit, verhoeff } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** Aadhaar (UIDAI): twelve digits, the first 2 to 9, Verhoeff check. */
export const inAadhaar: NationalId = {
  id: 'in-aadhaar',
  shape: '[2-9]\\d{3}([ -]?)\\d{4}\\1\\d{4}',
  digits: 12,
  punctuated: '\\d{4} \\d{4} \\d{4}',
  words: 'aadh?aa?r(?: ?(?:no|number|card))?|uid(?:ai)?|आधार',
  valid: (value) => verhoeff(value) && !isRepdigit(value),
};
