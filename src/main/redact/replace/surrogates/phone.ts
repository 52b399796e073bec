import { countryCode } from '../../detectors/phone.js';
import { digit, digitPlaces, firstDigit, slotFamily } from '../../forms/slots.js';

/**
 * Numbers of the same country and spelling; an extension stays. North American ones keep the first digit of the area code
 * and are the same with and without the country code. Tag: five digits, a foreign number passes for one of ours once in
 * 100,000; numbers of fewer than nine free digits have no room for it.
 */
export const phones = slotFamily('phone', (value) => {
  const extension = /\s?(?:x|ext\.?)\s?\d{1,6}$/i.exec(value)?.index ?? value.length;
  const places = digitPlaces(value.slice(0, extension));
  const digits = places.map((at) => value.charAt(at)).join('');
  const zeros = value.startsWith('00') ? 2 : 0;
  const code = value.startsWith('+') || zeros > 0 ? (countryCode.exec(digits.slice(zeros))?.[0].length ?? 0) : 0;
  const national = digits.slice(zeros + code);
  const america =
    (national.length === 10 && (code === 0 || digits.charAt(zeros) === '1')) ||
    (code === 0 && national.length === 11 && national.startsWith('1'));
  // 0 before the area is how the country is dialled; the digit after it tells mobile from fixed.
  const kept = zeros + code + (america ? (national.length === 11 ? 2 : 1) : /^0/.test(national) ? 2 : 1);
  const slots: (string | null)[] = value.split('').map(() => null);
  for (const [order, at] of places.entries()) if (order >= kept) slots[at] = digit;
  if (america) {
    const office = places[places.length - 7];
    if (office !== undefined) slots[office] = firstDigit.slice(1);
    const area = places[places.length - 9];
    if (area !== undefined) slots[area] = '012345678';
  }
  return [{ slots }];
});
