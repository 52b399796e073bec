import type { NationalId } from './national-id.js';

/** UK National Insurance number (HMRC manual NIM39110): prefixes that are issued, six digits, A to D. */
export const gbNino: NationalId = {
  id: 'gb-nino',
  shape: '(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\\d{2} ?\\d{2} ?\\d{2} ?[A-D]',
  digits: 6,
  alone: 0.9,
  words: 'ni(?:no)?|national insurance(?: ?(?:no|number))?',
  valid: () => true,
};
