import lengths from '../../../../resources/redaction/iban-lengths.json' with { type: 'json' };
import { mod97 } from '../forms/checksums.js';
import type { DigitDetector, Span } from './types.js';

const countries: Readonly<Record<string, number>> = lengths.countries;
const shape = /(?:(?<![A-Za-z0-9]|[0-9A-Fa-f]{4}-)|(?<=\\[nrt]))[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}/g;

/** What any begins with: seen sooner than that nothing stands before it. */
const beginning = /[A-Za-z]{2}\d{2}[ -]?[A-Za-z0-9]/;

/** IBANs (ISO 13616): the country's length (SWIFT registry) and MOD 97-10 agree. Confidence 1. */
export const ibanDetector: DigitDetector = {
  id: 'iban',
  entity: 'IBAN',
  digits: 6,
  find(text) {
    const spans: Span[] = [];
    if (!beginning.test(text)) return spans;
    for (const match of text.matchAll(shape)) {
      const length = countries[match[0].slice(0, 2).toUpperCase()];
      if (length === undefined) continue;
      const value = leading(match[0], length);
      // ISO 13616: check digits run from 02 to 98.
      if (value === null || /^..(?:00|01|99)/.test(value) || !mod97(value.replace(/[ -]/g, '').toUpperCase())) continue;
      // Written in capitals, or in small letters without gaps; other mixtures are ids that pass by chance.
      if (!/^(?:[A-Z0-9 -]{15,64}|[a-z0-9]{15,34})$/.test(value)) continue;
      // Hexadecimal throughout: the countries whose letters are have eight digits behind the check digits.
      if (/^[0-9a-f -]+$/i.test(value) && !/^.{4}(?:[ -]?\d){8}/.test(value)) continue;
      const end = match.index + value.length;
      if (/[A-Za-z0-9]/.test(text.charAt(end))) continue;
      spans.push({ start: match.index, end, confidence: 1 });
    }
    return spans;
  },
};

/** The beginning of `text` that holds `count` letters and digits; the words after an IBAN are not part of it. */
function leading(text: string, count: number): string | null {
  let seen = 0;
  for (let i = 0; i < text.length; i++) {
    if (/[A-Za-z0-9]/.test(text.charAt(i)) && ++seen === count) return text.slice(0, i + 1);
  }
  return null;
}
