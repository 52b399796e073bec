import { isCard } from '../../detectors/credit-card.js';
import { luhn } from '../../forms/checksums.js';
import { digit, digitPlaces, slotFamily } from '../../forms/slots.js';

/**
 * Cards of the same network, grouping and length with a right Luhn digit. Tag: five digits or more, a foreign card passes
 * for one of ours once in 100,000. Shorter numbers (security codes) have no surrogate.
 */
export const creditCards = slotFamily('card', (value) => {
  const places = digitPlaces(value);
  if (places.length < 12) return [];
  const slots: (string | null)[] = value.split('').map(() => null);
  const kept = value.charAt(places[0] as number) === '4' ? 1 : 4;
  for (const at of places.slice(kept, -1)) slots[at] = digit;
  const last = places[places.length - 1] as number;
  const real = isCard(value);
  return [
    {
      slots,
      seal(chars) {
        const digits = () => places.map((at) => chars[at]).join('');
        for (const check of digit) {
          chars[last] = check;
          if (luhn(digits())) return !real || isCard(chars.join(''));
        }
        return false;
      },
    },
  ];
});
