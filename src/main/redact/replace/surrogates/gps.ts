import { digit, type Form, slotFamily } from '../../forms/slots.js';

/**
 * Places somewhere else on earth with as many decimals. The last decimals carry the tag: a foreign place passes for one of
 * ours in less than one of 10,000 cases. Places of few decimals have no surrogate.
 */
export const coordinates = slotFamily('gps', (value): Form[] => {
  const slots: (string | null)[] = value.split('').map(() => null);
  for (const { index, 0: number } of value.matchAll(/\d{1,3}(?:\.\d{1,20})?/g)) {
    const whole = number.indexOf('.') === -1 ? number.length : number.indexOf('.');
    for (let i = 0; i < number.length; i++) {
      if (i === whole) continue;
      // Hundreds stay; minutes and seconds are below sixty, latitudes below ninety.
      if (i > whole) slots[index + i] = digit;
      else if (whole - i === 1) slots[index + i] = whole === 1 ? '3456789' : digit;
      else if (whole - i === 2) slots[index + i] = '12345';
    }
  }
  return [{ slots }];
});
