import { describe, expect, it } from 'vitest';
import {
  formatAgo,
  formatBytes,
  formatCost,
  formatCount,
  formatDuration,
} from '../../../src/renderer/src/components/format.js';

describe('format', () => {
  it.each([
    [0, '0 ms'],
    [0.4, '<1 ms'],
    [84.4, '84 ms'],
    [999.6, '1.00 s'],
    [1420, '1.42 s'],
    [59_960, '1 m 00 s'],
    [185_000, '3 m 05 s'],
    [8_040_000, '2 h 14 m'],
    [3_599_600, '1 h 00 m'],
  ])('%d ms is %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [3449, '3.4 kB'],
    [48_213_377, '48.2 MB'],
    [999_600, '1 MB'],
  ])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it('counts and costs keep the digits that matter', () => {
    expect([914, 12_440, 999_499, 1_234_000].map(formatCount)).toEqual(['914', '12.4k', '999k', '1.23M']);
    expect([0, 0.00001, 0.0042, 1.2749, 31.4].map(formatCost)).toEqual([
      '$0',
      '<$0.0001',
      '$0.0042',
      '$1.275',
      '$31.40',
    ]);
  });

  it('tells how long ago', () => {
    const now = Date.parse('2026-11-21T12:00:00Z');
    expect(formatAgo('2026-11-21T11:59:58Z', now)).toBe('just now');
    expect(formatAgo('2026-11-21T11:59:18Z', now)).toBe('42 s ago');
    expect(formatAgo('2026-11-21T11:56:00Z', now)).toBe('4 min ago');
    expect(formatAgo('2026-11-21T09:00:00Z', now)).toBe('3 h ago');
  });
});
