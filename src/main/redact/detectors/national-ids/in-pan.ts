import type { NationalId } from './national-id.js';

/** Indian permanent account number (Income Tax Department): the fourth letter says who holds it. */
export const inPan: NationalId = {
  id: 'in-pan',
  shape: '[A-Z]{3}[ABCFGHJLPT][A-Z]\\d{4}[A-Z]',
  digits: 4,
  words: 'pan(?: ?(?:no|number|card))?|permanent account(?: number)?',
  valid: () => true,
};
