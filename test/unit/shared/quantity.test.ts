import { describe, expect, it } from 'vitest';
import { costOf, millisOfSpan, secondsOf } from '../../../src/shared/model/index.js';

describe('costs', () => {
  it.each([
    [0.2, 0.2],
    ['0.15', 0.15],
    ['$0.15', 0.15],
    ['$ 12', 12],
    ['US$1,200.50', 1200.5],
    ['3 USD', 3],
    ['15¢', 0.15],
    ['-$2', -2],
    ['€3', undefined],
    ['2,50', undefined],
    ['about a dollar', undefined],
    ['', undefined],
  ])('%s', (text, dollars) => {
    expect(costOf(text)).toBe(dollars);
  });
});

describe('spans of time', () => {
  it.each([
    [7, 7],
    ['7', 7],
    ['45s', 45],
    ['1.2s', 1.2],
    ['250ms', 0.25],
    ['2 minutes', 120],
    ['1h 5m', 3900],
    ['1 hour, 30 minutes', 5400],
    ['02:30:00', 9000],
    ['00:00:30', 30],
    ['01:30', 90],
    ['00:00:01.250', 1.25],
    ['1.02:00:00', 93_600],
    ['PT1M30S', 90],
    ['P', undefined],
    ['soon', undefined],
    ['3 parsecs', undefined],
    ['', undefined],
  ])('%s', (text, seconds) => {
    expect(secondsOf(text)).toBe(seconds);
  });

  it('are milliseconds without the dust of fractions', () => {
    expect(millisOfSpan('1.2s')).toBe(1200);
    expect(millisOfSpan('8.5s')).toBe(8500);
  });
});
