import { luhn } from '../../forms/checksums.js';
import { isRepdigit } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** Israeli identity number (Population and Immigration Authority): nine digits, Luhn. */
export const ilId: NationalId = {
  id: 'il-id',
  shape: '\\d{8}-?\\d',
  digits: 9,
  words: 'teudat zehut|israeli id|ת\\.?ז\\.?|תעודת זהות',
  valid: (value) => luhn(value) && !isRepdigit(value),
};
