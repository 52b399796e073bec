import { nationalIds } from '../../detectors/national-ids/index.js';
import { digit, type Form, firstDigit, slotFamily, upper } from '../../forms/slots.js';
import { characterRuns } from './character-run.js';
import type { Family } from './family.js';

/** Where the check characters stand, from the end; usually it is the last alone. None where there is none. */
const checks: { readonly [id: string]: readonly number[] } = {
  'br-cpf': [2, 1],
  'be-rijksregister': [2, 1],
  'fr-nir': [2, 1],
  'no-fodselsnummer': [2, 1],
  'tr-tckn': [2, 1],
  'au-medicare': [2],
  'dk-cpr': [],
  'gb-nino': [],
  'in-pan': [],
  'us-itin': [],
};
/** Beginnings of fixed meaning: country, region and century. */
const fixed: { readonly [id: string]: number } = { 'ch-ahv': 3, 'cn-resident-id': 8, 'us-itin': 1 };
const checkCharacters = digit + upper;
/** One number in some thirty has a date that exists; country codes and the like rule out more. */
const mostAttempts = 1500;
const longest = 20;
const numberForms = nationalIds.map(({ id, shape, valid }) => ({
  id,
  valid,
  pattern: new RegExp(`^(?:${shape})$`, 'i'),
}));

/**
 * Numbers of the same country with right check digits and dates that exist, by the rules of the detectors; those that
 * none of them knows (named by their key alone) become a run of the same shape. Tag: four digits and more, a foreign
 * number passes for one of ours in less than one of 10,000 cases. Letters stay but for check letters. Numbers with little
 * besides a date (Danish CPR) have no surrogate where fewer than 500 would be left.
 */
const numbers = slotFamily(
  'national-id',
  (value) => {
    const places = [...value.matchAll(/[A-Za-z0-9]/g)].map(({ index }) => index);
    const compact = places.map((at) => value.charAt(at).toUpperCase()).join('');
    const forms: Form[] = [];
    if (compact.length > longest) return forms;
    for (const { id, pattern, valid } of numberForms) {
      if (!pattern.test(value) || !valid(compact)) continue;
      const check = (checks[id] ?? (id === 'ie-pps' ? [compact.length - 7] : [1])).map((back) => places.length - back);
      const slots: (string | null)[] = value.split('').map(() => null);
      for (const [order, at] of places.entries()) {
        if (order < (fixed[id] ?? 0) || check.includes(order) || !/\d/.test(value.charAt(at))) continue;
        slots[at] = order === 0 && value.charAt(at) !== '0' ? firstDigit : digit;
      }
      const right = (chars: string[]) =>
        valid(places.map((at) => (chars[at] as string).toUpperCase()).join('')) && pattern.test(chars.join(''));
      const small = /[a-z]/.test(value);
      const write = (chars: string[], left: readonly number[]): boolean => {
        const [order, ...others] = left;
        if (order === undefined) return right(chars);
        const at = places[order] as number;
        const set = check.length > 1 ? digit : checkCharacters;
        for (const char of set) {
          chars[at] = small ? char.toLowerCase() : char;
          if (write(chars, others)) return true;
        }
        return false;
      };
      forms.push({ slots, seal: (chars) => write(chars, check) });
    }
    return forms;
  },
  mostAttempts,
);

export const nationalNumbers: Family = {
  id: 'national-id',
  make: (value, subject, keyed) => numbers.make(value, subject, keyed) ?? unknown(value, subject, keyed),
  isOurs: (value, keyed) => numbers.isOurs(value, keyed) || characterRuns.isOurs(value, keyed),
};

/** What a detector knows must not turn into something that it would throw out. */
function unknown(...[value, subject, keyed]: Parameters<Family['make']>): string | null {
  const compact = value.replace(/[^A-Za-z0-9]/g, '').toUpperCase();
  const checked = numberForms.some(({ pattern, valid }) => pattern.test(value) && valid(compact));
  return checked ? null : characterRuns.make(value, subject, keyed);
}
