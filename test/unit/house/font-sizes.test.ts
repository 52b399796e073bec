import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..', 'src', 'renderer', 'src');
const tokens = new Set(readFileSync(join(root, 'styles', 'tokens.css'), 'utf8').match(/--s-fs-[a-z]+(?=:)/g));

/** Sizes of letters in a style sheet that are no token of tokens.css. */
function rawSizes(css: string): string[] {
  const declared = css.replaceAll(/\/\*.*?\*\//gs, '').matchAll(/(?<![-\w])(font|font-size):\s*([^;}]+)/g);
  return [...declared]
    .filter(([, property, value = '']) => {
      const token = /^var\((--s-fs-[a-z]+)\)$/.exec(value.trim())?.[1];
      return property === 'font' ? value.trim() !== 'inherit' : !tokens.has(token ?? '');
    })
    .map(([declaration]) => declaration.trim());
}

/** Sizes of letters that code sets past the style sheets. */
function sizesInCode(code: string): string[] {
  return [...code.matchAll(/\b(fontSize|fz)\b\s*[:=]\s*(?!['"{]*var\(--s-fs-)[^,}\s]+/g)].map(([found]) => found);
}

describe('font sizes', () => {
  it('come from the tokens, in every style sheet of the studio', () => {
    const found = globSync('**/*.css', { cwd: root }).map((file) => [
      file,
      rawSizes(readFileSync(join(root, file), 'utf8')),
    ]);
    expect(found.length).toBeGreaterThan(20);
    expect(found.filter(([, sizes]) => sizes?.length)).toEqual([]);
  });

  it('are set by no code', () => {
    const found = globSync('**/*.{ts,tsx}', { cwd: root }).map((file) => [
      file,
      sizesInCode(readFileSync(join(root, file), 'utf8')),
    ]);
    expect(found.filter(([, sizes]) => sizes?.length)).toEqual([]);
  });

  it('would be found', () => {
    const css = '.a { font-size: 12px } .b { font: 600 1em Inter; } .c { font-size: var(--s-fs-none); }';
    expect(rawSizes(css)).toEqual(['font-size: 12px', 'font: 600 1em Inter', 'font-size: var(--s-fs-none)']);
    expect(rawSizes('.a { font-size: var(--s-fs-body); font: inherit; font-family: x; /* font-size: 1px */ }')).toEqual(
      [],
    );
    expect(sizesInCode('style={{ fontSize: 12 }} <Text fz="xs">')).toEqual(['fontSize: 12', 'fz="xs">']);
  });
});
