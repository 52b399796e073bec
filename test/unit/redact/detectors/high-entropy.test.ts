import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { characters, redactor } from '../support.js';

const random = ['q8Zt1vLmX4nR', '7yKdW2pGhB9s', 'TfJ5cQ3uEa6M'].join('');
const took = (text: string) =>
  redactor()
    .spans(text)
    .findings.filter(({ detector }) => detector === 'high-entropy')
    .map(({ start, end }) => text.slice(start, end));

describe('strings too random for words', () => {
  it.each([
    ['an assignment', `const vendor = "${random}";`],
    ['a setting', `handshake: '${random}'`],
    ['a line below its announcement', `Here is the deploy key:\n\n${random}\n`],
  ])('%s', (_name, text) => expect(took(text)).toEqual([random]));

  it.each([
    ['under names of hashes', `etag: "${random}", contentHash = "${random}"`],
    ['ids with their kind', `const it = "call_${random}"; x = "toolu_${random}"`],
    ['integrity', `"integrity": "sha512-${characters('base62', 86)}=="`],
    ['a git hash', `head: "9fceb02d0ae598e95dc970b74767f19372d61af8"`],
    ['a UUID', 'owner: "550e8400-e29b-41d4-a716-446655440000"'],
    ['identifiers', 'handler = "getUserAccountByIdentifierAndTenant2"; x = "application/vnd.oasis.opendocument"'],
    ['paths', 'target: "src/Main/Redact/Detectors/HighEntropy2"'],
    ['alphabets', 'base = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"'],
    ['images', `icon = "${random}${random}${random}${random}"`],
    ['SVG paths', 'd="M10.5 3C7.2 3 4.5 5.7 4.5 9v6c0 .8.7 1.5 1.5 1.5"'],
    ['stand-ins', 'vendor = "YOUR_OWN_VALUE_GOES_HERE_24x", it: "xxxxXXXX1111xxxxXXXX1111xxxx"'],
    ['part of a longer string', `vendor = "${random} and more"`],
  ])('none: %s', (_name, text) => expect(took(text)).toEqual([]));

  it('never takes words, whatever their case', () => {
    const word = fc.constantFrom('user', 'Order', 'HTTP', 'list', 'Id', 'get', 'Stream', 'v2', 'Name', 'token', 'Page');
    const name = fc.array(word, { minLength: 5, maxLength: 14 }).map((words) => words.join(''));
    fc.assert(
      fc.property(name, (text) => took(`handler = "${text}"`).length === 0),
      { numRuns: 500 },
    );
  });
});
