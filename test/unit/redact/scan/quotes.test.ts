import { describe, expect, it } from 'vitest';
import { beforeClosingQuote } from '../../../../src/main/redact/scan/quotes.js';
import { redactor } from '../support.js';

const pairs = ["''", '""', '``', '‘’', '“”', '„“', '„”', '«»', '»«', '‹›', '「」', '『』'] as const;

describe('the quote that closes a value', () => {
  it.each(pairs)('%s stays where it opens directly before it', (pair) => {
    const [open, close] = [...pair] as [string, string];
    const address = '27 Fennel Road, Whitby';
    const text = redactor().text(`office = ${open}${address}${close}\nfloor = 2`).text;
    expect(text).not.toContain('Fennel');
    expect(text).toMatch(new RegExp(`^office = ${open}.*${close}\nfloor = 2$`));
  });

  it('stays in literals of three quotes, and where a key says what the value is', () => {
    for (const quotes of ["'''", '"""', "'"]) {
      const text = redactor().text(`home_address = ${quotes}9 Tansy Street, Leeds${quotes}\nnext = 3`).text;
      expect(text).not.toContain('Tansy');
      expect(text.startsWith(`home_address = ${quotes}`) && text.endsWith(`${quotes}\nnext = 3`), text).toBe(true);
    }
  });

  it('goes with the find where it does not open before it', () => {
    const name = "x = Lane, Leeds'";
    expect(beforeClosingQuote(name, 4, name.length)).toBe(name.length);
    expect(beforeClosingQuote("'a'", 1, 3)).toBe(2);
    expect(beforeClosingQuote("''a''", 2, 5)).toBe(3);
    expect(beforeClosingQuote("''", 1, 2)).toBe(2);
  });
});
