import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cargoTest } from '../../../src/main/verify/qa/frameworks/cargo-test.js';
import { unittest } from '../../../src/main/verify/qa/frameworks/unittest.js';

type Outcome = 'ok' | 'FAILED' | 'ignored, not here';
const read = { ok: 'passed', FAILED: 'failed', 'ignored, not here': 'skipped' } as const;

/** What cargo writes of tests; `noise`: what they write themselves, between a test's name and its outcome; `before`: a line's beginning. */
function written(tests: readonly { name: string; outcome: Outcome; noise: string; before?: string }[]): string {
  const failed = tests.filter(({ outcome }) => outcome === 'FAILED').map(({ name }) => name);
  return [
    '     Running unittests src/lib.rs (target/debug/deps/slug-043899b7e537ffa6)',
    '',
    `running ${tests.length} tests`,
    ...tests.map(({ name, outcome, noise, before = '' }) => `${before}test ${name} ... ${noise}${outcome}`),
    '',
    ...(failed.length === 0
      ? []
      : [
          'failures:',
          '',
          ...failed.flatMap((name) => [`---- ${name} stdout ----`, 'thread panicked: ok', '']),
          '',
          'failures:',
          ...failed.map((name) => `    ${name}`),
          '',
        ]),
    `test result: ${failed.length === 0 ? 'ok' : 'FAILED'}. 0 measured; finished in 0.00s`,
    '',
  ].join('\n');
}

const outcomesOf = (text: string) =>
  Object.fromEntries((cargoTest.output?.(text)?.tests ?? []).map(({ id, outcome }) => [id, outcome]));

describe('words of cargo test', () => {
  it.each([
    'Error: "no such service"\n',
    'first\nsecond\n',
    'without an end of line',
    'this is ok\nthat is FAILED\n',
    'a line, and one that does not end: ',
    'all ok here ',
    '\n\n',
  ])('are read where tests write between a name and its outcome: %j', (noise) => {
    const tests = [
      { name: 'tests::a', outcome: 'ok' as const, noise: '' },
      { name: 'tests::b', outcome: 'FAILED' as const, noise },
      { name: 'tests::c - should panic', outcome: 'ok' as const, noise },
      { name: 'tests::d', outcome: 'ignored, not here' as const, noise: '' },
      { name: 'tests::e', outcome: 'ok' as const, noise },
    ];
    expect(outcomesOf(written(tests))).toEqual({
      'slug src/lib.rs tests::a': 'passed',
      'slug src/lib.rs tests::b': 'failed',
      'slug src/lib.rs tests::c': 'passed',
      'slug src/lib.rs tests::d': 'skipped',
      'slug src/lib.rs tests::e': 'passed',
    });
  });

  it('are read whatever tests write that is no word of cargo’s', () => {
    const noise = fc
      .array(fc.constantFrom('Error: x', 'ok then', 'it has FAILED, twice', ' ', '\n', 'é', '42'), { maxLength: 8 })
      .map((parts) => parts.join(''));
    const outcome = fc.constantFrom<Outcome>('ok', 'FAILED', 'ignored, not here');
    const before = fc.constantFrom('', '', 'Error: ', 'Error: "no such service', '"');
    fc.assert(
      fc.property(fc.array(fc.record({ outcome, noise, before }), { minLength: 1, maxLength: 8 }), (all) => {
        const tests = all.map((test, index) => ({ ...test, name: `tests::t${index}` }));
        expect(outcomesOf(written(tests))).toEqual(
          Object.fromEntries(tests.map((test) => [`slug src/lib.rs ${test.name}`, read[test.outcome]])),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('are read where a name stands in the middle of what another test writes, and only there', () => {
    const text = [
      '     Running unittests src/lib.rs (target/debug/deps/slug-043899b7e537ffa6)',
      '',
      'running 3 tests',
      'Error: test tests::a ... "no such serviceok',
      '"',
      'test tests::b ... FAILED',
      'test tests::c ... ok',
      '',
      'test result: FAILED. 2 passed; 1 failed',
      '     Running tests/cases.rs (target/debug/deps/cases-8849c375b7cedeb4)',
      '',
      'running 1 test',
      'a test tests::x ... that is told of',
      'test two ... ok',
      '',
      'test result: ok. 1 passed',
    ].join('\n');
    expect(outcomesOf(text)).toEqual({
      'slug src/lib.rs tests::a': 'passed',
      'slug src/lib.rs tests::b': 'failed',
      'slug src/lib.rs tests::c': 'passed',
      'cases tests/cases.rs two': 'passed',
    });
  });

  it('say of a test that began and never ended that it went wrong', () => {
    const text = written([{ name: 'tests::a', outcome: 'ok', noise: '' }]).replace(
      'test tests::a ... ok',
      'test tests::a ... ok\ntest tests::b ... ',
    );
    expect(outcomesOf(text)).toEqual({ 'slug src/lib.rs tests::a': 'passed', 'slug src/lib.rs tests::b': 'error' });
  });
});

describe('words of Django', () => {
  it('are read where tests write between a name and its outcome', () => {
    const text = [
      'Found 5 test(s).',
      'test_one (app.tests.SlugTest) ... ok',
      'test_two (app.tests.SlugTest) ... printed: ok',
      'and a second line',
      'FAIL',
      'test_three (app.tests.SlugTest)',
      'What it is about ... written ERROR',
      'test_four (app.tests.SlugTest.test_four) ... skipped "not here"',
      'test_five (app.tests.SlugTest) ... half a lineok',
      'test_six (app.tests.SlugTest) ... ',
      '',
      '='.repeat(70),
      'FAIL: test_two (app.tests.SlugTest)',
      '-'.repeat(70),
      'Ran 5 tests in 0.1s',
    ].join('\n');
    const { tests = [] } = unittest.output?.(text) ?? {};
    expect(
      Object.fromEntries(tests.map(({ id, outcome }) => [id.replace('app.tests.SlugTest.', ''), outcome])),
    ).toEqual({
      test_one: 'passed',
      test_two: 'failed',
      test_three: 'error',
      test_four: 'skipped',
      test_five: 'passed',
      test_six: 'error',
    });
  });
});
