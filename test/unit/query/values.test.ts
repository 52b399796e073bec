import { describe, expect, it } from 'vitest';
import { completeQuery, parseDate, parseDuration, parseNumber, parseSize } from '../../../src/shared/query/index.js';

const now = Date.UTC(2026, 10, 21, 12) * 1000;
const utc = (...parts: [number, number, number, number?, number?, number?]) => Date.UTC(...parts) * 1000;

describe('values', () => {
  it.each([
    ['5s', 5e6],
    ['250ms', 250_000],
    ['1h30m', 5400e6],
    ['1.5m', 90e6],
    ['12', 12_000],
    ['5 s', null],
    ['-5s', null],
    ['s', null],
  ])('duration %s', (text, micros) => expect(parseDuration(text)).toBe(micros));

  it.each([
    ['512', 512],
    ['1MB', 1e6],
    ['1.5KiB', 1536],
    ['2gb', 2e9],
    ['1XB', null],
  ])('size %s', (text, bytes) => expect(parseSize(text)).toBe(bytes));

  it.each([
    ['3.5', 3.5],
    ['-1e3', -1000],
    ['.5', 0.5],
    ['Infinity', null],
    ['0x10', null],
    ['1e999', null],
    ['', null],
  ])('number %s', (text, value) => expect(parseNumber(text)).toBe(value));

  it.each([
    ['2026', utc(2026, 0, 1), utc(2027, 0, 1)],
    ['2026-12', utc(2026, 11, 1), utc(2027, 0, 1)],
    ['2026-11-21', utc(2026, 10, 21), utc(2026, 10, 22)],
    ['2026-11-21T09:30', utc(2026, 10, 21, 9, 30), utc(2026, 10, 21, 9, 31)],
    ['2026-11-21T09:30:15+02:00', utc(2026, 10, 21, 7, 30, 15), utc(2026, 10, 21, 7, 30, 16)],
    ['2026-11-21T09:30:15.25Z', utc(2026, 10, 21, 9, 30, 15) + 250_000, utc(2026, 10, 21, 9, 30, 15) + 260_000],
    ['today', utc(2026, 10, 21), utc(2026, 10, 22)],
    ['yesterday', utc(2026, 10, 20), utc(2026, 10, 21)],
    ['-2h', now - 7200e6, now - 7200e6 + 1],
  ])('date %s', (text, start, end) => expect(parseDate(text, now)).toEqual({ start, end }));

  it.each(['2026-13', '2026-02-29', '2026-11-21T25:00', '2026-11-21T09:61', 'soon', '-', '21.11.2026', ''])(
    'is no date: %s',
    (text) => expect(parseDate(text, now)).toBeNull(),
  );
});

describe('completeQuery', () => {
  it('offers fields, then their values', () => {
    expect(completeQuery('kind:agent mo', 13, 'traces')).toMatchObject({
      start: 11,
      end: 13,
      options: [{ text: 'model:' }, { text: 'mode:' }],
      values: null,
    });
    expect(completeQuery('-label:acc', 10, 'traces')).toMatchObject({ start: 7, options: [{ text: 'accepted' }] });
    expect(completeQuery('(model:gp', 9, 'traces')).toMatchObject({
      start: 7,
      options: [],
      values: { field: 'model', prefix: 'gp' },
    });
    expect(completeQuery('sco', 3, 'traces').options).toEqual([expect.objectContaining({ text: 'score.' })]);
  });
});
