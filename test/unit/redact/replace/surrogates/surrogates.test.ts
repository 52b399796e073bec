import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nationalIds } from '../../../../../src/main/redact/detectors/national-ids/index.js';
import { luhn, mod97 } from '../../../../../src/main/redact/forms/checksums.js';
import { type Entity, entities } from '../../../../../src/main/redact/policy/entities.js';
import { createSurrogates } from '../../../../../src/main/redact/replace/surrogates/index.js';
import { characters, key, secrets } from '../../support.js';

const surrogates = createSurrogates(key);
const other = createSurrogates(new Uint8Array(32).fill(8));

function make(entity: Entity, value: string): string {
  const made = surrogates.make(entity, value);
  if (made === null) throw new Error(`no surrogate for a ${entity}`);
  return made;
}

/** Every letter as a, every capital as A, every digit as 0. */
function shape(value: string): string {
  return value.replace(/[a-z]/g, 'a').replace(/[A-Z]/g, 'A').replace(/[0-9]/g, '0');
}

const samples: readonly [Entity, string][] = [
  ['API_KEY', secrets.openaiProject as string],
  ['API_KEY', secrets.github as string],
  ['CLOUD_KEY', secrets.aws as string],
  ['TOKEN', secrets.slack as string],
  ['JWT', secrets.jwt as string],
  ['PRIVATE_KEY', secrets.pem as string],
  ['PASSWORD', 'correct horse 9'],
  ['SECRET', characters('hex', 32)],
  ['COOKIE', characters('base64url', 24)],
  ['PASSPORT', 'C01X00T47'],
  ['CREDIT_CARD', secrets.card as string],
  ['CREDIT_CARD', secrets.amex as string],
  ['IBAN', secrets.iban as string],
  ['SSN', secrets.ssn as string],
  ['PHONE', secrets.phone as string],
  ['PHONE', '(415) 555-2671'],
  ['EMAIL', secrets.email as string],
  ['IP_ADDRESS', '8.8.4.4'],
  ['IP_ADDRESS', '2a00:1450:4001::200e'],
  ['MAC_ADDRESS', '00:1b:44:11:3a:b7'],
  ['MAC_ADDRESS', '00-1B-44-11-3A-B7'],
  ['CRYPTO_ADDRESS', `0x${'5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'}`],
  ['CRYPTO_ADDRESS', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'],
  ['CRYPTO_ADDRESS', 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'],
  ['GPS', '52.52001, 13.40495'],
  ['PERSON', 'Jane Doe'],
  ['PERSON', 'JANE DOE'],
  ['PERSON', 'Jane'],
  ['ORGANISATION', 'Birchfield Systems Ltd'],
  ['USER_NAME', 'jdoe'],
  ['ADDRESS', '12 Elm Street, Springfield'],
  ['URL', 'https://intranet.acme.test/wiki?id=42'],
  ['DATE_TIME', '1984-03-12T09:30:15Z'],
];

describe('surrogates', () => {
  it.each(samples)(
    'of %s %s: another value, the same each time, known again, another under another key',
    (entity, value) => {
      const made = make(entity, value);
      expect(made).not.toBe(value);
      expect(createSurrogates(key).make(entity, value)).toBe(made);
      expect(surrogates.isOurs(entity, made)).toBe(true);
      expect(surrogates.isOurs(entity, value)).toBe(false);
      expect(other.make(entity, value)).not.toBe(made);
      if (entity !== 'IP_ADDRESS') expect(other.isOurs(entity, made)).toBe(false);
    },
  );

  it('keep length, separators and case', () => {
    for (const [entity, value] of samples) {
      if (['EMAIL', 'PERSON', 'ORGANISATION', 'USER_NAME', 'ADDRESS', 'URL', 'IP_ADDRESS'].includes(entity)) continue;
      if (
        value.startsWith('ghp_') ||
        entity === 'CRYPTO_ADDRESS' ||
        entity === 'MAC_ADDRESS' ||
        /^[0-9a-f]{32}$/.test(value)
      ) {
        expect(make(entity, value)).toHaveLength(value.length);
      } else expect(shape(make(entity, value))).toBe(shape(value));
    }
  });

  it('have right check digits', () => {
    const digits = fc.stringMatching(/^\d{11}$/);
    fc.assert(
      fc.property(digits, (body) => {
        const card = [...'0123456789'].map((check) => `4111${body}${check}`).find(luhn) as string;
        const made = make('CREDIT_CARD', card);
        expect(luhn(made)).toBe(true);
        expect(made).toMatch(/^4\d{15}$/);
        const iban = make('IBAN', `GB82WEST1234${body.slice(0, 10)}`);
        expect(mod97(iban)).toBe(true);
        expect(iban).toMatch(/^GB\d{2}[A-Z]{4}\d{14}$/);
      }),
      { numRuns: 200 },
    );
    const { ghp } = { ghp: make('API_KEY', secrets.github as string) };
    expect(ghp).toMatch(/^ghp_[A-Za-z0-9]{36}$/);
  });

  it('of national ids pass the rules of their country', () => {
    const known: readonly [string, string][] = [
      ['br-cpf', '123.456.789-09'],
      ['es-dni', '12345678Z'],
      ['fr-nir', '1 84 12 76 451 089 46'],
      ['gb-nhs', '943 476 5919'],
      ['nl-bsn', '111222333'],
      ['pl-pesel', '44051401359'],
      ['de-steuer-id', '86095742719'],
      ['ch-ahv', '756.9217.0769.85'],
      ['in-aadhaar', '2341 2341 2346'],
      ['it-codice-fiscale', 'RSSMRA85T10A562S'],
      ['sg-nric', 'S1234567D'],
      ['ca-sin', '046 454 286'],
      ['cl-rut', '12.345.678-5'],
    ];
    let checked = 0;
    for (const [id, value] of known) {
      const rule = nationalIds.find((each) => each.id === id);
      const compact = (text: string) => text.replace(/[^A-Za-z0-9]/g, '').toUpperCase();
      if (!rule?.valid(compact(value)) || !new RegExp(`^(?:${rule.shape})$`).test(value)) continue;
      checked++;
      const made = surrogates.make('NATIONAL_ID', value);
      if (made === null) continue;
      const passes = nationalIds.some(
        (each) => new RegExp(`^(?:${each.shape})$`).test(made) && each.valid(compact(made)),
      );
      expect([id, made, passes]).toEqual([id, made, true]);
      expect(surrogates.isOurs('NATIONAL_ID', made)).toBe(true);
    }
    expect(checked).toBeGreaterThan(8);
  });

  it('take one value for one in all its spellings', () => {
    const digits = (text: string) => text.replace(/\D/g, '').slice(-10);
    expect(digits(make('PHONE', '+1 (415) 555-2671'))).toBe(digits(make('PHONE', '415-555-2671')));
    expect(make('CREDIT_CARD', '4111111111111111')).toBe(
      make('CREDIT_CARD', '4111 1111 1111 1111').replaceAll(' ', ''),
    );
    expect(make('EMAIL', 'A@B.example.org').toLowerCase()).toBe(make('EMAIL', 'a@b.example.org'));
  });

  it('are none where the shape has no room for a tag', () => {
    for (const [entity, value] of [
      ['PASSWORD', '1234'],
      ['SSN', '1234'],
      ['DATE_OF_BIRTH', '1984-03-12'],
      ['AGE', '74 years old'],
      ['CREDIT_CARD', '123'],
    ] as const)
      expect(surrogates.make(entity, value)).toBeNull();
  });

  it('are not seen in foreign values', () => {
    const alphabet = fc.stringMatching(/^[A-Za-z0-9]{8,40}$/);
    fc.assert(
      fc.property(alphabet, (value) => {
        for (const entity of ['API_KEY', 'PASSWORD', 'PERSON', 'EMAIL', 'URL'] as const)
          expect(surrogates.isOurs(entity, value)).toBe(false);
      }),
      { numRuns: 200, seed: 7 },
    );
    let taken = 0;
    for (let i = 0; i < 1500; i++) if (surrogates.isOurs('SSN', `${100 + (i % 500)}-10-${1000 + (i >> 3)}`)) taken++;
    expect(taken).toBeLessThan(2);
  });

  it('can be made for a pseudonym of every entity that has them', () => {
    const without = entities.filter((entity) => surrogates.ofPseudonym(entity, '7f3a9c21') === null);
    expect(without.sort()).toEqual(['AGE', 'DATE', 'DATE_OF_BIRTH', 'DATE_TIME', 'NRP', 'TITLE']);
    for (const entity of entities) {
      const made = surrogates.ofPseudonym(entity, '7f3a9c21');
      if (made === null) continue;
      expect(surrogates.isOurs(entity, made)).toBe(true);
      expect(surrogates.ofPseudonym(entity, '7f3a9c22')).not.toBe(made);
    }
  });
});
