import { createHmac } from 'node:crypto';
import type { Entity } from '../policy/entities.js';

/** Pseudonyms kept at hand; the same few values come up again and again. */
const remembered = 4096;

/**
 * Typed, keyed pseudonyms: `<EMAIL_7f3a9c21>`, 8 hex of HMAC-SHA-256(key, entity NUL normalised value).
 * The same value has the same pseudonym under one key and cannot be found again without it.
 */
export function createPseudonyms(key: Uint8Array): (entity: Entity, value: string) => string {
  if (key.length < 16) throw new RangeError('the pseudonym key needs at least 16 bytes');
  const made = new Map<string, string>();
  return (entity, value) => {
    const subject = `${entity}\0${normalise(entity, value)}`;
    const cached = made.get(subject);
    if (cached !== undefined) return cached;
    const digest = createHmac('sha256', key).update(subject).digest('hex');
    const pseudonym = `<${entity}_${digest.slice(0, 8)}>`;
    if (subject.length <= 256) {
      if (made.size >= remembered) made.clear();
      made.set(subject, pseudonym);
    }
    return pseudonym;
  };
}

/** One spelling for values that are the same to people: `+1 (415) 555-2671` and `415-555-2671`. */
export function normalise(entity: Entity, value: string): string {
  switch (entity) {
    case 'EMAIL':
      return value.toLowerCase();
    case 'PHONE': {
      const digits = value.replace(/\D/g, '').replace(/^00/, '');
      return digits.length === 11 && digits.startsWith('1') ? digits.slice(1) : digits;
    }
    case 'CREDIT_CARD':
    case 'SSN':
      return value.replace(/\D/g, '');
    case 'IBAN':
    case 'NATIONAL_ID':
      return value.replace(/[^A-Za-z0-9]/g, '').toUpperCase();
    default:
      return value;
  }
}
