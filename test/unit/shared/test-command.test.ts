import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../../src/shared/errors.js';
import { testCommand } from '../../../src/shared/test-command.js';

const refusal = (text: string): string => {
  try {
    testCommand(text);
  } catch (error) {
    expect(error).toBeInstanceOf(SluiceError);
    expect((error as SluiceError).code).toBe('qa_command_refused');
    return (error as Error).message;
  }
  throw new Error(`${text} was taken`);
};

describe('a command is split as a shell does', () => {
  it.each([
    ['pytest', ['pytest']],
    ['  python -m  pytest\t-q \n', ['python', '-m', 'pytest', '-q']],
    [`pytest 'tests/test_a.py::test_b[x y]'`, ['pytest', 'tests/test_a.py::test_b[x y]']],
    [`a "b \\"c\\" \\$d \\e" ''`, ['a', 'b "c" $d \\e', '']],
    ['a b\\ c \\$HOME', ['a', 'b c', '$HOME']],
    [`a pre'mid'"post"`, ['a', 'premidpost']],
    ['a \\\n b', ['a', 'b']],
    ['env CI=1 npm test -- --grep=x', ['env', 'CI=1', 'npm', 'test', '--', '--grep=x']],
    [`sh -c 'a && b | c'`, ['sh', '-c', 'a && b | c']],
    ['go test ./...', ['go', 'test', './...']],
    ['a {} {x} b#c x~', ['a', '{}', '{x}', 'b#c', 'x~']],
    [`a "{x,y}" '*'`, ['a', '{x,y}', '*']],
    ['a\\ ', ['a ']],
  ])('%s', (text, argv) => {
    expect(testCommand(text)).toEqual(argv);
  });

  it('an argument vector stays, whatever stands in it', () => {
    expect(testCommand(['sh', '-c', 'a && $b *'])).toEqual(['sh', '-c', 'a && $b *']);
  });

  it('gives what sh gives, for words of any characters in quotes', () => {
    const word = fc.stringMatching(/^[ -~\t\nä]{0,8}$/);
    const quote = fc.constantFrom('single', 'backslash', 'double');
    const inQuotes = (text: string, how: string) => {
      if (how === 'single') return `'${text.replaceAll("'", `'\\''`)}'`;
      if (how === 'double') return `"${text.replace(/[$`"\\]/g, '\\$&')}"`;
      return text.includes('\n') || text === '' ? `'${text.replaceAll("'", `'\\''`)}'` : text.replace(/./gu, '\\$&');
    };
    fc.assert(
      fc.property(fc.array(fc.tuple(word, quote), { minLength: 1, maxLength: 5 }), (words) => {
        const text = `printf '%s\\0' ${words.map(([each, how]) => inQuotes(each, how)).join(' ')}`;
        const { stdout } = spawnSync('sh', ['-c', text], { encoding: 'utf8' });
        expect(testCommand(text).slice(2)).toEqual(stdout.split('\0').slice(0, -1));
      }),
      { numRuns: 60 },
    );
  });
});

describe('what only a shell can do is refused with the reason', () => {
  it.each([
    ['a && b', '`&&` joins two commands'],
    ['a || b', '`||` joins'],
    ['a; b', '`;` joins'],
    ['a\nb', 'A new line joins'],
    ['a | tee x', '`|` leads the output into another command'],
    ['a &', '`&` lets'],
    ['a > x', '`>` leads'],
    ['a 2>&1', '`>` leads'],
    ['a < x', '`<` reads'],
    ['(a)', '`(` begins'],
    ['a $HOME', '`$` stands'],
    ['a "$(b)"', '`$` stands'],
    ['a `b`', '``` runs'],
    ['a "`b`"', '``` runs'],
    ['a *.py', '`*` stands for names'],
    ['a test_x[1]', '`[` stands for names'],
    ['a x?', '`?` stands for names'],
    ['a {x,y}', '`{x,y}` stands for several words'],
    ['a {1..3}', '`{1..3}` stands for several words'],
    ['CI=1 a', '`CI=1` sets a variable: begin with `env`, as in `env CI=… command`'],
    ['CI="1 2" a', 'sets a variable'],
    ['cd x', '`cd` is a word of the shell'],
    ['! a', '`!` is a word of the shell'],
    ['a # b', '`#` begins a remark'],
    ['a ~/b', '`~` stands for a home folder'],
    [`a 'b`, "A quote (') is not closed"],
    ['a "b', 'A quote (") is not closed'],
    ['a \\', 'It ends in a backslash'],
    ['', 'It names no program'],
    ['  ', 'It names no program'],
    [`'' a`, 'It names no program'],
    ['a \0', 'It has a byte of zero'],
    [`a ${'b '.repeat(201)}`, 'more than 200 words'],
    [`a ${'b'.repeat(5000)}`, 'more than 4096 characters'],
  ])('%s', (text, why) => {
    expect(refusal(text)).toContain(why);
  });

  it('also of an argument vector, what no program can be given', () => {
    expect(() => testCommand([])).toThrow('names no program');
    expect(() => testCommand(['a', 'b\0'])).toThrow('byte of zero');
  });
});
