import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { align } from '../../../../src/shared/align/align.js';
import { commonRuns } from '../../../../src/shared/align/diff.js';
import { stepHash } from '../../../../src/shared/align/step-hash.js';
import type { Step } from '../../../../src/shared/model/index.js';

const letters = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 });

/** Length of a longest common subsequence, by the table. */
function longest(a: readonly string[], b: readonly string[]): number {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let x = 1; x <= a.length; x++) {
    for (let y = 1; y <= b.length; y++) {
      const [up, left, across] = [table[x - 1]?.[y], table[x]?.[y - 1], table[x - 1]?.[y - 1]] as number[];
      (table[x] as number[])[y] =
        a[x - 1] === b[y - 1] ? (across as number) + 1 : Math.max(up as number, left as number);
    }
  }
  return table[a.length]?.[b.length] as number;
}

describe('what two lists have in common', () => {
  it('is a longest common subsequence', () => {
    fc.assert(
      fc.property(letters, letters, (a, b) => {
        const runs = commonRuns(a, b);
        for (const run of runs) {
          expect(a.slice(run.a, run.a + run.length)).toEqual(b.slice(run.b, run.b + run.length));
        }
        expect(runs.reduce((sum, { length }) => sum + length, 0)).toBe(longest(a, b));
      }),
    );
  });

  it('aligned tells every place of both once, in order', () => {
    fc.assert(
      fc.property(letters, letters, fc.boolean(), (a, b, withKinds) => {
        const kind = (value: string) => (value < 'c' ? 'low' : 'high');
        const { rows, first_difference } = align(a, b, withKinds ? { a: a.map(kind), b: b.map(kind) } : undefined);
        expect(rows.flatMap((row) => (row.a === null ? [] : [row.a]))).toEqual(a.map((_, at) => at));
        expect(rows.flatMap((row) => (row.b === null ? [] : [row.b]))).toEqual(b.map((_, at) => at));
        for (const { kind: how, a: left, b: right } of rows) {
          if (how === 'same') expect(a[left as number]).toBe(b[right as number]);
          if (how === 'changed') expect(a[left as number]).not.toBe(b[right as number]);
          if (how === 'changed' && withKinds)
            expect(kind(a[left as number] as string)).toBe(kind(b[right as number] as string));
        }
        expect(first_difference === null).toBe(a.join() === b.join());
      }),
    );
  });

  it('is found in 500 x 500 and in 20,000 x 20,000', () => {
    const list = (size: number, seed: number, kinds: number) =>
      Array.from({ length: size }, (_, at) => String(Math.imul(at + seed, 2_654_435_761) % kinds));
    align(list(500, 1, 20), list(500, 400, 20));
    align(list(500, 1, 1e9), list(500, 7000, 1e9));
    const long = list(20_000, 1, 1e9);
    const { rows } = align(
      long,
      long.flatMap((each, at) => (at % 10 === 3 ? ['new', each] : at % 10 === 7 ? [] : [each])),
    );
    expect(rows.filter(({ kind }) => kind === 'same')).toHaveLength(18_000);
  });
});

describe('a step’s hash', () => {
  const step = (rest: object): Step =>
    ({ step_id: crypto.randomUUID(), seq: 3, timestamp: new Date().toISOString(), ...rest }) as Step;

  it('is of what it says, whatever run it stands in', () => {
    const [one, two] = [
      { q: 1, r: [2] },
      { r: [2], q: 1 },
    ].map((args, seq) =>
      step({ seq, type: 'tool_call', tool_call_id: `id-${seq}`, name: 'search', arguments: args, status: 'ok' }),
    ) as [Step, Step];
    expect(stepHash(one)).toBe(stepHash(two));
    expect(stepHash(one)).toMatch(/^[0-9a-f]{16}$/);
  });

  it('is another for another word, role or type', () => {
    const steps = [
      step({ type: 'message', role: 'user', content: 'x' }),
      step({ type: 'message', role: 'assistant', content: 'x' }),
      step({ type: 'message', role: 'user', content: 'y' }),
      step({ type: 'reasoning', content: 'x' }),
    ];
    expect(new Set(steps.map(stepHash)).size).toBe(4);
  });
});
