import { digit, digitPlaces, slotFamily } from '../../forms/slots.js';

/**
 * US social security numbers in the ranges that can be issued (SSA). Tag: five digits, a foreign number passes for one of
 * ours once in 100,000; the last four digits alone have no room for it.
 */
export const socialSecurityNumbers = slotFamily('ssn', (value) => {
  const places = digitPlaces(value);
  if (places.length !== 9) return [];
  const slots: (string | null)[] = value.split('').map(() => null);
  for (const [order, at] of places.entries()) slots[at] = order === 0 ? '12345678' : digit;
  return [
    {
      slots,
      seal(chars) {
        const digits = places.map((at) => chars[at]).join('');
        return !/^666|^...00|0000$/.test(digits);
      },
    },
  ];
});
