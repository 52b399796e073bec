import { describe, expect, it } from 'vitest';
import { fold, readWords } from '../../../../src/main/redact/prose/front-coding.js';
import { isCity, isCountry, isWord, kinds, kindsOf } from '../../../../src/main/redact/prose/lexicon.js';

describe('word lists', () => {
  it('are read with what a word shares with the one before', () =>
    expect([...readWords(['0aaron3ia2liyah', '0bo1b'])]).toEqual(['aaron', 'aaria', 'aaliyah', 'bo', 'bb']));

  it.each([
    ['Krisztián', 'krisztian'],
    ['SØNDERGADE', 'sondergade'],
    ['Þórunn', 'thorunn'],
    ['Jane', 'jane'],
  ])('%s is looked up as %s', (word, plain) => expect(fold(word)).toBe(plain));

  it('know names, words and places', () => {
    expect(kindsOf('Hannah') & kinds.common).toBeTruthy();
    expect(kindsOf('Schmidt') & kinds.surname).toBeTruthy();
    expect(kindsOf('Jean-Luc') & kinds.given).toBeTruthy();
    expect(kindsOf('Claude') & kinds.product).toBeTruthy();
    expect(['errors', 'running', 'stopped', 'quickly', 'boxes'].every(isWord)).toBe(true);
    expect(['schmidt', 'kubernetesish'].some(isWord)).toBe(false);
    expect(isCountry('new zealand') && isCity('rotterdam')).toBe(true);
  });
});
