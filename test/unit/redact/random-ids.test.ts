import { describe, expect, it } from 'vitest';
import { randomTexts } from '../../support/random-texts.js';
import { redactor } from './support.js';

/** Ids of chance are no secrets: what looks like a number of a person in them is a part of them. */
describe('random ids stay as they are', () => {
  const { spans } = redactor();
  const { ids } = randomTexts(23);

  it.each(Object.entries(ids))('%s', (_, make) => {
    const texts = Array.from({ length: 60 }, () => Array.from({ length: 40 }, make).join(' '));
    expect(
      texts.flatMap((text) => spans(text).findings.map(({ start, end }) => text.slice(start - 20, end + 20))),
    ).toEqual([]);
  });

  it('but what stands beside them does not', () => {
    const id = 'c037f64b-c2e4-4e61-9017-43eb89c7a87b';
    for (const phone of ['0171 2345678', '030-1234567', '+49 30 1234567', '415-555-2671'])
      for (const text of [`${id} ${phone} ${id}`, `${phone}, ${id}`, `${id}: ${phone}.`])
        expect(
          spans(text).findings.map(({ entity }) => entity),
          text,
        ).toEqual(['PHONE']);
    expect(spans(`${id} DE89 3704 0044 0532 0130 00 ${id}`).findings.map(({ entity }) => entity)).toEqual(['IBAN']);
    expect(spans(`${id} 4111 1111 1111 1111 12ab`).findings.map(({ entity }) => entity)).toEqual(['CREDIT_CARD']);
  });

  it.each([
    ['a phone', 'id 00617097-7903-4381-a3dc-1776235e9d07'],
    ['a phone in braces', '{00339005-9477-4402-b58a-55072fa9f0e2}'],
    ['an IBAN in capitals', 'C-8754 EE65718E-B7FA-469C-8FF5-69C8E40268B1'],
    ['an IBAN of an object id', '_id ad94891c2b1d6eb630650a78'],
    ['a card in a dump', '563e 4037 4111 1111 1111 1111 9dbf 1e11'],
    ['an Aadhaar number in a dump', '563e 4825 3330 3694 1571 1e11 12d0'],
    ['a phone in bytes', 'e4 df 0e 06 70 94 24 21 eb fb f5'],
    ['a phone with dots', '0891.952406.cb8c'],
    ['an account of Twilio in capitals', 'ACFA483817AF513862CE52F8F6E39BA95A'],
    ['a password behind an id that ends in pwd', 'D94F1XHEQB1NJ5PWD68 YZVG8RRY05P242RQJXGB05H162'],
  ])('%s', (_, text) => {
    expect(spans(text).findings).toEqual([]);
  });
});
