import type { NationalId } from './national-id.js';

/** Hong Kong identity card: one or two letters, six digits, a check in brackets, modulus 11. */
export const hkId: NationalId = {
  id: 'hk-id',
  shape: '[A-Z]{1,2}\\d{6}\\([0-9A]\\)',
  digits: 6,
  alone: 0.97,
  words: 'hkid|identity card',
  valid(value) {
    const body = value.slice(0, value.indexOf('(')).padStart(8, ' ');
    let sum = 0;
    for (let i = 0; i < 8; i++) {
      const code = body.charCodeAt(i);
      sum += (9 - i) * (code === 32 ? 36 : code < 58 ? code - 48 : code - 55);
    }
    const last = value.charAt(value.indexOf('(') + 1);
    return (sum + (last === 'A' ? 10 : Number(last))) % 11 === 0;
  },
};
