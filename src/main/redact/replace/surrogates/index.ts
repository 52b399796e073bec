import { keyed } from '../../keys/keyed.js';
import { normalise } from '../../keys/pseudonyms.js';
import type { Entity } from '../../policy/entities.js';
import { characterRuns, keyRuns } from './character-run.js';
import { creditCards } from './credit-card.js';
import { cryptoAddresses } from './crypto-address.js';
import { moments } from './date-time.js';
import { emails } from './email.js';
import type { Family } from './family.js';
import { coordinates } from './gps.js';
import { ibans } from './iban.js';
import { ipAddresses, macAddresses } from './machines.js';
import { nationalNumbers } from './national-id.js';
import { phones } from './phone.js';
import { socialSecurityNumbers } from './ssn.js';
import { urls } from './url.js';
import { wordFamily } from './words.js';

const people = wordFamily('person', { person: true });
const places = wordFamily('place');
const wordy = [people, places];
/** Whose surrogates are told by their form, whatever a detector or the name of a key takes them for. */
const formed = [
  ...[keyRuns, emails, urls, ibans, creditCards, socialSecurityNumbers, phones, nationalNumbers],
  ...[ipAddresses, macAddresses, cryptoAddresses, coordinates, moments],
];

/** Who invents values of an entity, and a usual shape for where the value itself is not known; null: it has no surrogates. */
const families: { readonly [entity in Entity]: { family: Family; usual: string } | null } = {
  API_KEY: { family: keyRuns, usual: 'sk-Aa0Aa0Aa0Aa0Aa0Aa0Aa0Aa0Aa0Aa0Aa0Aa0Aa0Aa0' },
  CLOUD_KEY: { family: keyRuns, usual: 'AKIAA0A0A0A0A0A0A0A0' },
  TOKEN: { family: keyRuns, usual: 'a0Aa0Aa0Aa0Aa0Aa0Aa0Aa0Aa0Aa0Aa0' },
  JWT: { family: characterRuns, usual: 'eyJaaaaaaaaaaaaa.eyJaaaaaaaaaaaaaaaa.aA0aA0aA0aA0aA0aA0aA0' },
  PRIVATE_KEY: {
    family: characterRuns,
    usual: '-----BEGIN PRIVATE KEY-----\nAa0Aa0Aa0Aa0Aa0Aa0Aa0Aa0Aa0Aa0\n-----END PRIVATE KEY-----',
  },
  PASSWORD: { family: characterRuns, usual: 'aaAaaa0aa0' },
  SECRET: { family: characterRuns, usual: 'a0Aa0Aa0Aa0Aa0Aa' },
  COOKIE: { family: characterRuns, usual: 'a0a0a0a0a0a0a0a0' },
  CUSTOM: { family: characterRuns, usual: 'aaaaaaaaaa' },
  EMAIL: { family: emails, usual: 'a.a@a.a' },
  PHONE: { family: phones, usual: '+1 212 555 0100' },
  CREDIT_CARD: { family: creditCards, usual: '4000 0000 0000 0002' },
  IBAN: { family: ibans, usual: 'DE00 0000 0000 0000 0000 00' },
  SSN: { family: socialSecurityNumbers, usual: '100-10-1000' },
  NATIONAL_ID: { family: nationalNumbers, usual: 'A00000000A' },
  IP_ADDRESS: { family: ipAddresses, usual: '0.0.0.0' },
  MAC_ADDRESS: { family: macAddresses, usual: '00:00:00:00:00:00' },
  CRYPTO_ADDRESS: { family: cryptoAddresses, usual: `0x${'0'.repeat(40)}` },
  PASSPORT: { family: characterRuns, usual: 'A00A00A00' },
  DRIVING_LICENCE: { family: characterRuns, usual: 'A000000000' },
  ID_NUMBER: { family: characterRuns, usual: 'AAA-000000' },
  HEALTH_ID: { family: characterRuns, usual: 'A000000000' },
  GPS: { family: coordinates, usual: '10.00000, 10.00000' },
  USER_NAME: { family: wordFamily('user'), usual: 'aa' },
  PERSON: { family: people, usual: 'Aa Aa' },
  ORGANISATION: { family: wordFamily('organisation'), usual: 'Aa Group' },
  LOCATION: { family: places, usual: 'Aa' },
  ADDRESS: { family: places, usual: '10 Aa Street' },
  URL: { family: urls, usual: 'https://a/aaaaaa' },
  DATE_TIME: { family: moments, usual: '' },
  // Too small to carry a tag: their values would be replaced anew each time they are seen.
  DATE_OF_BIRTH: null,
  DATE: null,
  AGE: null,
  TITLE: null,
  NRP: null,
};

const wordFamilies: ReadonlySet<Family> = new Set([
  people,
  places,
  ...[families.ORGANISATION, families.USER_NAME].flatMap((each) => each?.family ?? []),
]);

/** Invented values kept at hand. */
const remembered = 4096;

export interface Surrogates {
  /** An invented value in place of `value`; null where its shape has no room for one. */
  make(entity: Entity, value: string): string | null;
  /** An invented value of a usual shape, for a value known only by its pseudonym. */
  ofPseudonym(entity: Entity, pseudonym: string): string | null;
  /** Whether this is a value that `make` under the same key could have made. */
  isOurs(entity: Entity, value: string): boolean;
}

/** Invented values under one key: the same value has the same surrogate, and no table is kept. */
export function createSurrogates(key: Uint8Array): Surrogates {
  const numbers = keyed(key);
  const made = new Map<string, string | null>();
  const judged = new Map<string, boolean>();
  return {
    make(entity, value) {
      const family = families[entity]?.family;
      if (family === undefined) return null;
      const name = `${entity}\0${value}`;
      const cached = made.get(name);
      if (cached !== undefined) return cached;
      const answer = family.make(value, normalise(entity, value), numbers);
      if (name.length <= 256) {
        if (made.size >= remembered) made.clear();
        made.set(name, answer);
      }
      return answer;
    },
    ofPseudonym(entity, pseudonym) {
      const entry = families[entity];
      return !entry || entry.usual === '' ? null : entry.family.make(entry.usual, pseudonym, numbers);
    },
    isOurs(entity, value) {
      const family = families[entity]?.family;
      if (family === undefined) return false;
      const name = `${entity}\0${value}`;
      const cached = judged.get(name);
      if (cached !== undefined) return cached;
      // What its form told the first time, the name of its key may tell the second.
      const likely = wordFamilies.has(family) ? wordy : formed;
      const answer = family.isOurs(value, numbers) || likely.some((each) => each.isOurs(value, numbers));
      if (name.length <= 256) {
        if (judged.size >= remembered) judged.clear();
        judged.set(name, answer);
      }
      return answer;
    },
  };
}
