import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../../src/shared/errors.js';
import {
  parseQuery,
  printQuery,
  type Query,
  type QueryErrorDetails,
  type QueryScope,
  queryFields,
  queryScopes,
  quote,
} from '../../../src/shared/query/index.js';

const shape = (query: Query): unknown =>
  JSON.parse(JSON.stringify(query, (key, value: unknown) => (key === 'span' ? undefined : value)));

function failure(source: string, scope: QueryScope = 'traces'): QueryErrorDetails & { text: string } {
  try {
    parseQuery(source, scope);
  } catch (error) {
    expect(error).toBeInstanceOf(SluiceError);
    expect((error as SluiceError).code).toBe('query_invalid');
    return { ...((error as SluiceError).details as QueryErrorDetails), text: (error as SluiceError).message };
  }
  throw new Error(`"${source}" was accepted`);
}

describe('parseQuery', () => {
  it('reads the query of the docs', () => {
    const source =
      'kind:agent tool:search status:error score.judge>=3.5 label:accepted model:gpt* "exact text" -tag:draft';
    const query = parseQuery(source, 'traces');
    expect(query?.type).toBe('and');
    expect(printQuery(query)).toBe(source);
  });

  it('knows AND, OR, NOT, minus and parentheses, with OR binding weakest', () => {
    expect(printQuery(parseQuery('a AND b OR NOT (c OR d)', 'traces'))).toBe('a b OR -(c OR d)');
    expect(printQuery(parseQuery('(a OR b) c', 'traces'))).toBe('(a OR b) c');
    expect(printQuery(parseQuery('-(a b)', 'traces'))).toBe('-(a b)');
    expect(printQuery(parseQuery('kind!=agent', 'traces'))).toBe('-kind:agent');
  });

  it('gives spans in UTF-16 units', () => {
    const query = parseQuery('"🗼 tower" kind:agent', 'traces');
    expect(query).toMatchObject({
      items: [
        { span: { start: 0, end: 10 } },
        { span: { start: 11, end: 21 }, value: { span: { start: 16, end: 21 } } },
      ],
    });
  });

  it('reads the empty query as everything', () => {
    expect(parseQuery('  ', 'traces')).toBeNull();
    expect(printQuery(null)).toBe('');
  });

  it.each([
    ['knid:agent', 'knid', ['kind']],
    ['kind:agnet', 'agnet', ['agent']],
    ['model:x statsu:error', 'statsu', ['status']],
    ['label:acepted', 'acepted', ['accepted']],
    ['is:revieved', 'revieved', ['reviewed']],
  ])('points at the mistake in %s', (source, word, suggestions) => {
    const error = failure(source);
    expect(error.word).toBe(word);
    expect(source.slice(error.start, error.end)).toBe(word);
    expect(error.suggestions).toEqual(expect.arrayContaining(suggestions));
    expect(error.text).toContain(suggestions[0]);
  });

  it.each([
    ['"open', '"open'],
    ['(a', '('],
    ['a)', ')'],
    ['()', '()'],
    ['a OR', 'OR'],
    ['NOT', 'NOT'],
    ['OR a', 'OR'],
    ['cost>', 'cost'],
    ['cost>cheap', 'cheap'],
    ['duration>5parsecs', '5parsecs'],
    ['started:2026-02-30', '2026-02-30'],
    ['started>tomorrowish', 'tomorrowish'],
    ['rating:1..x', 'x'],
    ['rating:..', '..'],
    ['kind>agent', 'kind>agent'],
    ['score>3', 'score'],
    ['kind.x:agent', 'kind.x'],
    ['fo*o', 'fo*o'],
    ['!!!', '!!!'],
    ['🎉', '🎉'],
    ['cost:>=', 'cost'],
    ['https://example.com', 'https'],
  ])('refuses %s and points at %s', (source, word) => {
    expect(failure(source).word).toBe(word);
  });

  it('refuses what is no longer written by hand', () => {
    expect(failure('a '.repeat(2001)).message).toContain('characters');
    expect(failure('a '.repeat(101)).message).toContain('conditions');
    expect(failure('('.repeat(60)).message).toContain('nest');
    expect(failure(`${'-'.repeat(60)}a`).message).toContain('nest');
  });

  it('takes values in their units and every way of comparing', () => {
    for (const query of [
      'duration>5s',
      'duration:1m30s..2m',
      'cost<=0.25',
      'tokens>1e4',
      'started>-2h',
      'started:today',
      'started:2026-11-21',
      'started:2026-11-21T09:30+01:00..',
      'score.my-rubric:1..3',
      'rating:>=4',
      'model:"gpt 5 (preview)"',
    ]) {
      expect(parseQuery(query, 'traces'), query).not.toBeNull();
    }
    for (const query of ['status:4xx', 'status:200', 'status>=400', 'status:error', 'bytes>1MB', 'ttfb<250ms']) {
      expect(parseQuery(query, 'exchanges'), query).not.toBeNull();
    }
  });

  it('fails with query_invalid alone, whatever it is given', () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom('(', ')', '"', ' ', '-', 'OR', 'NOT', ':', '..', '*', '\\', '>=', 'kind:agent', 'cost>', '\0'),
      fc.constantFrom(...queryFields.traces.map(({ name }) => `${name}:`)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), fc.constantFrom(...queryScopes), (pieces, scope) => {
        const source = pieces.join('');
        try {
          const query = parseQuery(source, scope);
          const printed = printQuery(query);
          expect(shape(parseQuery(printed, scope))).toEqual(shape(query));
          expect(printQuery(parseQuery(printed, scope))).toBe(printed);
        } catch (error) {
          if (!(error instanceof SluiceError)) throw error;
          const { start, end, word } = error.details as QueryErrorDetails;
          expect(error.code).toBe('query_invalid');
          expect(0 <= start && start <= end && end <= source.length).toBe(true);
          expect(source.slice(start, end)).toBe(word);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('finds any text again that was quoted', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        fc.pre(/[\p{L}\p{N}]/u.test(text));
        expect(parseQuery(quote(text), 'traces')).toMatchObject({ type: 'text', text, quoted: true });
        expect(parseQuery(`title:${quote(text)}`, 'traces')).toMatchObject({ field: 'title', value: { text } });
      }),
    );
  });
});
