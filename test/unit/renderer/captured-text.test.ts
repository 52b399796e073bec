import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeholderSpans } from '../../../src/renderer/src/components/placeholders.js';
import { chunksOf } from '../../../src/renderer/src/features/exchange/chunks.js';
import { previewOf } from '../../../src/renderer/src/features/tool-calls/preview.js';

describe('placeholderSpans', () => {
  const found = (text: string, known?: string[], action: 'mask' | 'surrogate' = 'mask') =>
    placeholderSpans(text, known && new Map(known.map((each) => [each, { entity: 'EMAIL', action }]))).map(
      ({ start, end }) => text.slice(start, end),
    );

  it('finds pseudonyms, and masks only where a finding names them', () => {
    const text = 'mail <EMAIL_7f3a9c21>, key <API_KEY_5d41402a>, <PASSWORD>, <DIV>, <b>';
    expect(found(text)).toEqual(['<EMAIL_7f3a9c21>', '<API_KEY_5d41402a>']);
    expect(found(text, ['<PASSWORD>'])).toEqual(['<EMAIL_7f3a9c21>', '<API_KEY_5d41402a>', '<PASSWORD>']);
  });

  it('finds invented values where a finding names them', () => {
    const text = 'write to a.b12@x.example (or a.b12@x.example) and <EMAIL_7f3a9c21>';
    const values = ['a.b12@x.example', '@x.example'];
    expect(found(text, values, 'surrogate')).toEqual([values[0], values[0], '<EMAIL_7f3a9c21>']);
    expect(found(text, values)).toEqual(['<EMAIL_7f3a9c21>']);
  });

  it('reads text that only looks alike in one pass', () => {
    const text = `<${'A_'.repeat(200_000)}`.repeat(2);
    expect(found(text)).toEqual([]);
  });
});

describe('chunksOf', () => {
  it('loses nothing and tears no placeholder', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('word ', '<EMAIL_7f3a9c21>', '\n', 'x'.repeat(700)), { maxLength: 200 }),
        (pieces) => {
          const text = pieces.join('');
          const chunks = chunksOf(text);
          expect(chunks.join('')).toBe(text);
          const count = (part: string) => part.split('<EMAIL_7f3a9c21>').length - 1;
          expect(chunks.reduce((sum, chunk) => sum + count(chunk), 0)).toBe(count(text));
        },
      ),
    );
  });
});

describe('previewOf', () => {
  it('is one short line of whatever it is', () => {
    expect(previewOf({ command: 'npm\n  test', timeout: 60 })).toBe('command: npm test, timeout: 60');
    expect(previewOf(['a', { b: 1 }, [1, 2]])).toBe('a, {…}, [2]');
    expect(previewOf({})).toBe('{}');
    expect(previewOf(null)).toBe('null');
    expect(previewOf('x'.repeat(1e6)).length).toBeLessThanOrEqual(240);
  });
});
