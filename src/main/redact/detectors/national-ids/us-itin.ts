import type { NationalId } from './national-id.js';

/** US individual taxpayer number (IRS): 9xx, with the middle digits that the IRS issues. */
export const usItin: NationalId = {
  id: 'us-itin',
  shape: '9\\d{2}([ -]?)(?:5\\d|6[0-5]|7\\d|8[0-8]|9[0-24-9])\\1\\d{4}',
  digits: 9,
  punctuated: '\\d{3}-\\d{2}-\\d{4}',
  words: 'itin|tax(?:payer)? ?id(?:entification)?(?: ?(?:no|number))?',
  valid: () => true,
};
