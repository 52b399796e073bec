import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..', 'src', 'renderer', 'src');

/** The classes that a style sheet gives rules to. */
function defined(css: string): Set<string> {
  const selectors = css
    .replaceAll(/\/\*.*?\*\//gs, '')
    .replaceAll(/:global\([^)]*\)/g, '')
    .matchAll(/([^{};]+)\{/g);
  return new Set(
    [...selectors].flatMap(([, selector]) => [...selector!.matchAll(/\.([A-Za-z][\w-]*)/g)].map((m) => m[1]!)),
  );
}

/** The style sheets that a component imports under a name, and the classes it takes of each. */
function used(code: string): { sheet: string; classes: string[] }[] {
  return [...code.matchAll(/import (\w+) from '([^']+\.module\.css)'/g)].map(([, name, sheet]) => ({
    sheet: sheet!,
    classes: [
      ...code
        .replaceAll(/import .*/g, '')
        .matchAll(new RegExp(`(?<!\\.)\\b${name}(?:\\.(\\w+)|\\['([\\w-]+)'\\])`, 'g')),
    ].map((m) => (m[1] ?? m[2])!),
  }));
}

/** `sheet: class` for each class that is used and stands in no sheet, or stands in one and is used by nobody. */
function strays(files: ReadonlyMap<string, string>): { missing: string[]; unused: string[] } {
  const taken = new Map<string, Set<string>>();
  for (const [file, code] of files) {
    for (const { sheet, classes } of used(code)) {
      const path = join(dirname(file), sheet);
      taken.set(path, new Set([...(taken.get(path) ?? []), ...classes]));
    }
  }
  const sheets = new Map([...files].filter(([file]) => file.endsWith('.module.css')));
  const names = new Set([...taken.keys(), ...sheets.keys()]);
  const rows = (pick: (sheet: string) => string[]) =>
    [...names].flatMap((sheet) => pick(sheet).map((name) => `${sheet}: ${name}`)).sort();
  const of = (sheet: string) => defined(sheets.get(sheet) ?? '');
  return {
    missing: rows((sheet) => [...(taken.get(sheet) ?? [])].filter((name) => !of(sheet).has(name))),
    unused: rows((sheet) => [...of(sheet)].filter((name) => !taken.get(sheet)?.has(name))),
  };
}

describe('classes of style sheets', () => {
  it('stand in the sheet they are taken of, and none stands there for nobody', () => {
    const files = new Map(
      globSync('**/*.{ts,tsx,css}', { cwd: root }).map((file) => [file, readFileSync(join(root, file), 'utf8')]),
    );
    expect(strays(files)).toEqual({ missing: [], unused: [] });
  });

  it('are told where they do not', () => {
    const files = new Map([
      ['a/A.tsx', "import classes from './a.module.css';\nclasses.here; classes['there-too']; classes.nowhere;"],
      ['b/B.tsx', "import other from '../a/a.module.css';\nother.shared;"],
      [
        'a/a.module.css',
        '.here > .there-too:hover { margin: 0.5em } @media (width < 10.5px) { .shared { top: 0 } } /* .gone {} */ .left {}',
      ],
    ]);
    const sheet = join('a', 'a.module.css');
    expect(strays(files)).toEqual({ missing: [`${sheet}: nowhere`], unused: [`${sheet}: left`] });
  });
});
