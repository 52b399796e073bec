import { digit, type Form, slotFamily } from '../../forms/slots.js';

const shape = /^(\d{4})-(\d{2})-(\d{2})([T ])(\d{2}):(\d{2}):(\d{2})/;

/**
 * Moments of the same decade, where the time of day is given to the second: that carries the tag, one of 14,400 values or
 * more. A date alone has no room for a tag, so it has no surrogate.
 */
export const moments = slotFamily('moment', (value): Form[] => {
  const match = shape.exec(value);
  if (match === null) return [];
  const slots: (string | null)[] = value.split('').map(() => null);
  slots[3] = digit;
  slots[6] = value.charAt(5) === '0' ? '123456789' : '012';
  slots[8] = '012';
  slots[9] = '12345678';
  slots[12] = value.charAt(11) === '2' ? '0123' : digit;
  slots[14] = slots[17] = '012345';
  slots[15] = slots[18] = digit;
  return [{ slots }];
});
