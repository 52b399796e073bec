import type { DigitDetector, Span } from './types.js';

/**
 * Hardware addresses (IEEE 802, EUI-48) with colons or dashes, 0.9; the Cisco form `0011.2233.4455` after a word that
 * names it. All zeros, all ones and multicast groups name no machine.
 */
export const macAddressDetector: DigitDetector = {
  id: 'mac-address',
  entity: 'MAC_ADDRESS',
  digits: 0,
  find(text) {
    const spans: Span[] = [];
    for (const [mark, code] of marks) {
      for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + 1)) {
        // Five more separators, three apart, before anything dearer is looked at.
        if (text.charCodeAt(at + 3) !== code || text.charCodeAt(at + 6) !== code || text.charCodeAt(at + 12) !== code)
          continue;
        const start = at - 2;
        const value = text.slice(Math.max(0, start), at + 15);
        if (!shape.test(value) || nobody.test(value) || !stands(text, start, at + 15)) continue;
        // `log-week-27-08-31-03-09-05`: days and times in a name.
        if (/^[\d-]+$/.test(value) && /[a-z_]-$/i.test(text.slice(Math.max(0, start - 2), start))) continue;
        spans.push({ start, end: at + 15, confidence: 0.9 });
        at += 14;
      }
    }
    return spans;
  },
};

const marks = [
  [':', 58],
  ['-', 45],
] as const;
const shape = /^[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}$/i;
const nobody = /^(?:00(?:.00){5}|ff(?:.ff){5}|01.00.5e.*|33.33.*)$/i;

/** Not a part of something longer: a fingerprint of a key, an EUI-64, a UUID. */
function stands(text: string, start: number, end: number): boolean {
  // The dash after a word that is no number: `backup-3c-3d-…`.
  const before = text.slice(Math.max(0, start - 2), start).replace(/^[g-z_]-$/i, '');
  return (
    !/[0-9a-f][:-]?$|[:-]$|\w$/i.test(before.replace(/\\[nrt]$/, '')) &&
    !/^(?:[:-][0-9a-f]|\w)/i.test(text.slice(end, end + 2))
  );
}
