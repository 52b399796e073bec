import type { Keyed } from '../keys/keyed.js';
import type { Family } from '../replace/surrogates/family.js';

/** What may stand at each place of a value: a set of characters, or null for what stays or `seal` writes. */
export interface Form {
  slots: readonly (string | null)[];
  /** Writes the check characters; false where this content has none, or is one that nobody issues. */
  seal?(chars: string[]): boolean;
}

export const digit = '0123456789';
export const firstDigit = '123456789';
export const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
export const lower = 'abcdefghijklmnopqrstuvwxyz';

/** Contents that are tried before a shape is given up. */
const mostAttempts = 16;
/** A tag takes the last free places until a chance match is rarer than this, or, in short shapes, than `rare`. */
const veryRare = 4e6;
const rare = 1e4;
/** Values of one shape that must stay apart, else the shape has no surrogates. */
const fewest = 500;

/**
 * A family whose values are of fixed shape, place by place. The last free places hold the tag: an HMAC of the free
 * places before them. A foreign value passes for one of ours with a probability of 2.5e-7, in shapes with less room
 * (under some 36 bits) below 1e-4; shapes that would then leave fewer than 500 values have no surrogate. The forms of a
 * value must depend only on what its surrogates have in common with it. `attempts`: more where dates and check digits rule
 * many contents out.
 */
export function slotFamily(id: string, formsOf: (value: string) => readonly Form[], attempts = mostAttempts): Family {
  const family: Family = {
    id,
    make(value, subject, keyed) {
      for (const form of formsOf(value)) {
        const made = fill(id, value, subject, form, keyed, attempts, (out) => family.isOurs(out, keyed));
        if (made !== null) return made;
      }
      return null;
    },
    isOurs: (value, keyed) => formsOf(value).some((form) => carriesTag(id, value, form, keyed)),
  };
  return family;
}

function fill(
  id: string,
  value: string,
  subject: string,
  form: Form,
  keyed: Keyed,
  attempts: number,
  isOurs: (value: string) => boolean,
): string | null {
  const parts = divide(form.slots);
  if (parts === null) return null;
  const numbers = keyed(id, subject);
  const chars = value.split('');
  for (let attempt = 0; attempt < attempts; attempt++) {
    for (const at of parts.content) {
      const set = form.slots[at] as string;
      chars[at] = set.charAt(numbers.next(set.length));
    }
    writeTag(id, chars, form.slots, parts, keyed);
    if (form.seal && !form.seal(chars)) continue;
    const made = chars.join('');
    if (made !== value && isOurs(made)) return made;
  }
  return null;
}

function carriesTag(id: string, value: string, form: Form, keyed: Keyed): boolean {
  const parts = divide(form.slots);
  if (parts === null) return false;
  const chars = value.split('');
  for (const at of parts.content) if (!(form.slots[at] as string).includes(chars[at] as string)) return false;
  writeTag(id, chars, form.slots, parts, keyed);
  // Check characters are dear to find; hardly a foreign value comes this far.
  if (parts.tag.some((at) => chars[at] !== value.charAt(at))) return false;
  return (form.seal ? form.seal(chars) : true) && chars.join('') === value;
}

interface SlotPlaces {
  content: number[];
  tag: number[];
}

function divide(slots: Form['slots']): SlotPlaces | null {
  const free = slots.flatMap((set, at) => (set !== null && set.length > 1 ? [at] : []));
  const sizes = free.map((at) => (slots[at] as string).length);
  const room = sizes.reduce((sum, size) => sum + Math.log(size), 0);
  const wanted = room >= Math.log(veryRare) + Math.log(veryRare) ? veryRare : rare;
  let tag = 1;
  let from = free.length;
  while (from > 0 && tag <= wanted) tag *= sizes[--from] as number;
  if (tag <= wanted || Math.exp(room) / tag < fewest) return null;
  return { content: free.slice(0, from), tag: free.slice(from) };
}

function writeTag(id: string, chars: string[], slots: Form['slots'], { content, tag }: SlotPlaces, keyed: Keyed): void {
  const numbers = keyed(`tag:${id}`, content.map((at) => chars[at]).join(''));
  for (const at of tag) {
    const set = slots[at] as string;
    chars[at] = set.charAt(numbers.next(set.length));
  }
}

/** Letters stay letters of their case, digits digits; a number does not begin to start with a zero. */
export function slotOf(char: string): string | null {
  if (char >= '0' && char <= '9') return digit;
  if (char >= 'A' && char <= 'Z') return upper;
  if (char >= 'a' && char <= 'z') return lower;
  if (char < '\x80' || /\s/.test(char)) return null;
  return /\p{Lu}/u.test(char) ? upper : lower;
}

/** Places of all digits in a value. */
export function digitPlaces(value: string): number[] {
  return [...value.matchAll(/\d/g)].map(({ index }) => index);
}
