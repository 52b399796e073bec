import { isRepdigit, weighted } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** Dutch BSN (Rijksdienst voor Identiteitsgegevens): nine digits, the eleven test with -1 as last weight. */
export const nlBsn: NationalId = {
  id: 'nl-bsn',
  shape: '\\d{4}\\.?\\d{2}\\.?\\d{3}',
  digits: 9,
  words: 'bsn(?: ?(?:nr|nummer))?|burgerservicenummer|sofi(?: ?nummer)?',
  valid: (value) => weighted(value, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0 && !isRepdigit(value),
};
