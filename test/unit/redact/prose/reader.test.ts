import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readProse } from '../../../../src/main/redact/prose/reader.js';

const runs = (text: string) => readProse(text).runs.map(({ words }) => words.map(({ text: word }) => word).join(' '));

describe('capitalised words of prose', () => {
  it.each([
    ['joins what stands together', 'then Jane van der Berg met J. Roe', ['Jane Berg', 'J Roe']],
    ['leaves identifiers', 'see SessionStore, a.Value, std::String, Foo(x), $Jane and x_Jane', []],
    ['cuts the possessive', "it was Jane's, and O'Brien’s", ['Jane', "O'Brien"]],
    ['leaves lines of code', 'const a = { Jane: [Roe] };\nreturn Jane;\nimport Jane', []],
    ['leaves headings', '## Jane Roe', []],
    ['reads after a fence', '```\nJane\n```\nand Roe', ['Roe']],
    ['keeps hyphens', 'the Mayo-Walters case', ['Mayo-Walters']],
    ['leaves plurals of acronyms', 'many APIs and CDNs', []],
  ])('%s', (_name, text, expected) => expect(runs(text)).toEqual(expected));

  it('tells texts about people from texts about software', () => {
    expect(readProse('Jane moved to a new flat last week and is happy there.').plain()).toBe(true);
    expect(readProse('Jane fixed the API, the tests and the config of the server.').plain()).toBe(false);
  });

  it('only answers places that exist, for any text', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        for (const { words } of readProse(text).runs)
          for (const { start, end, text: word } of words) expect(text.slice(start, end).startsWith(word)).toBe(true);
      }),
    ));
});
