import { describe, expect, it } from 'vitest';
import { jsonLines, maxDepth, preview } from '../../../src/renderer/src/components/json-lines.js';

const all = { defaultDepth: 99, toggled: new Set<string>() };

describe('jsonLines', () => {
  it('draws what is open and folds what lies deeper', () => {
    const lines = jsonLines({ a: { b: [1, 2] }, c: [] }, { defaultDepth: 1, toggled: new Set() });
    expect(lines.map(({ name, kind, depth }) => [name, kind, depth])).toEqual([
      [null, 'open', 0],
      ['a', 'collapsed', 1],
      ['c', 'value', 1],
      [null, 'close', 0],
    ]);
  });

  it('opens one container by its path, keys escaped', () => {
    const openness = { defaultDepth: 1, toggled: new Set(['/x~1y']) };
    const lines = jsonLines({ 'x/y': { z: true } }, openness);
    expect(lines.map(({ name }) => name)).toEqual([null, 'x/y', 'z', null, null]);
    expect(new Set(lines.map(({ path }) => path)).size).toBe(lines.length);
  });

  it('keeps a long list folded until asked for', () => {
    const lines = jsonLines({ list: Array.from({ length: 5000 }, (_, index) => index) }, all);
    expect(lines).toHaveLength(3);
  });

  it('stops at a depth that no stack would survive', () => {
    let value: unknown = 'end';
    for (let depth = 0; depth < 50_000; depth += 1) value = [value];
    const lines = jsonLines(value, { defaultDepth: Number.POSITIVE_INFINITY, toggled: new Set() });
    expect(lines).toHaveLength(2 * maxDepth + 1);
  });

  it('previews without reading everything', () => {
    expect(preview({ path: 1, mode: 2 }, 2)).toBe('{ path, mode }');
    expect(preview({ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 }, 6)).toBe('{ a, b, c, d, … 2 more }');
    expect(preview([1], 1)).toBe('[ 1 item ]');
  });
});
