import { describe, expect, it } from 'vitest';
import { completeQuery, parseQuery, printQuery } from '../../../src/shared/query/index.js';

describe('fields with a dot in their name', () => {
  it.each([
    'consent:yes',
    'consent.basis:contract',
    'consent.scope:eval*',
    'licence:"CC BY"',
    '-terms:restricted',
    'consent.subject:"<PERSON_0a1b2c3d>"',
  ])('reads and prints %s', (source) => {
    expect(printQuery(parseQuery(source, 'traces'))).toBe(source);
    expect(printQuery(parseQuery(source, 'tool_calls'))).toBe(source);
  });

  it('are fields by themselves, not keys of the field before the dot', () => {
    expect(parseQuery('consent.basis:public', 'traces')).toMatchObject({ field: 'consent.basis', key: null });
    expect(parseQuery('score.judge>3', 'traces')).toMatchObject({ field: 'score', key: 'judge' });
  });

  it.each([
    ['consent.bases:public', 'consent.basis'],
    ['consent.basis:hope', 'public'],
    ['consent:maybe', 'yes'],
    ['consent>1', 'no order'],
    ['label.x:accepted', 'takes nothing after a dot'],
  ])('refuses %s and says what could stand there', (source, hint) => {
    expect(() => parseQuery(source, 'traces')).toThrow(hint === 'public' ? /cannot be|Did you mean/ : new RegExp(hint));
  });

  it('are offered while they are written', () => {
    expect(completeQuery('consent', 7, 'traces').options.map(({ text }) => text)).toEqual([
      'consent:',
      'consent.basis:',
      'consent.scope:',
      'consent.subject:',
    ]);
    expect(completeQuery('consent.basis:le', 16, 'traces').options.map(({ text }) => text)).toEqual([
      'legitimate_interest',
      'legal_obligation',
    ]);
    expect(completeQuery('consent.scope:tr', 16, 'traces').values).toEqual({ field: 'consent.scope', prefix: 'tr' });
  });
});
