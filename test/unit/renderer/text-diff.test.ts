import { describe, expect, it } from 'vitest';
import { type DiffLine, foldSame, type Piece, textDiff } from '../../../src/renderer/src/components/text-diff.js';

const text = (pieces: Piece[] | null) => pieces?.map((piece) => piece.text).join('') ?? null;
const changed = (pieces: Piece[] | null) => pieces?.filter((piece) => piece.changed).map((piece) => piece.text) ?? null;
const lines = (diff: DiffLine[], side: 'before' | 'after') =>
  diff.flatMap((line) => (line[side] ? [text(line[side])] : [])).join('\n');

describe('textDiff', () => {
  it('keeps both texts whole, whatever they are', () => {
    for (const [before, after] of [
      ['', ''],
      ['', 'one\n\ntwo'],
      ['a\r\nb\n', 'b\n\n\nc'],
      ['🙂 zwei 👨‍👩‍👧 drei', '🙂 vier 👨‍👩‍👧 drei'],
      ['same\nold words here\nend', 'same\nnew words here\nend\n'],
    ] as const) {
      const diff = textDiff(before, after);
      expect(lines(diff, 'before')).toBe(before);
      expect(lines(diff, 'after')).toBe(after);
    }
  });

  it('marks the words that changed within a line, and no others', () => {
    const [first, second, third] = textDiff('keep\nrm -rf build/out\nlast', 'keep\nrm -rf dist/out\nlast');
    expect(first).toMatchObject({ kind: 'same' });
    expect(second?.kind).toBe('changed');
    expect(changed(second?.before ?? null)).toEqual(['build']);
    expect(changed(second?.after ?? null)).toEqual(['dist']);
    expect(third).toMatchObject({ kind: 'same' });
  });

  it('takes a placeholder for one word', () => {
    const [line] = textDiff('mail <EMAIL_7f3a9c21> now', 'mail <EMAIL_7f3a9c22> now');
    expect(changed(line?.before ?? null)).toEqual(['<EMAIL_7f3a9c21>']);
  });

  it('marks all of two lines that share next to nothing', () => {
    const [line] = textDiff('import numpy as n', 'The weather is as fine as it was, thank you.');
    expect(changed(line?.before ?? null)).toEqual(['import numpy as n']);
    expect(changed(line?.after ?? null)).toEqual(['The weather is as fine as it was, thank you.']);
  });

  it('compares a line of megabytes by how it begins and ends', () => {
    const [line] = textDiff(
      `${'x'.repeat(1_000_000)}old${'y'.repeat(1_000_000)}`,
      `${'x'.repeat(1_000_000)}new${'y'.repeat(1_000_000)}`,
    );
    expect(changed(line?.before ?? null)).toEqual(['old']);
    expect(changed(line?.after ?? null)).toEqual(['new']);
  });
});

describe('foldSame', () => {
  const numbered = (count: number) => Array.from({ length: count }, (_, at) => `line ${at}`).join('\n');

  it('folds equal lines away from differences, and shows each line once', () => {
    const before = numbered(60);
    const diff = textDiff(before, before.replace('line 30', 'line thirty'));
    const folds = foldSame(diff, 3);
    expect(folds.flatMap((fold) => fold.lines)).toEqual(diff);
    expect(folds.filter(({ folded }) => folded).map((fold) => fold.lines.length)).toEqual([27, 26]);
    const shown = folds.filter(({ folded }) => !folded).flatMap((fold) => fold.lines);
    expect(shown).toHaveLength(7);
  });

  it('folds nothing where that would spare no line', () => {
    const diff = textDiff('a\nb\nc\nd', 'a\nb\nc\nE');
    expect(foldSame(diff, 1).every(({ folded }) => !folded)).toBe(true);
  });
});
