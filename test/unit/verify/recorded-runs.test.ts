import { describe, expect, it } from 'vitest';
import { detected, frameworkFor } from '../../../src/main/verify/qa/frameworks/index.js';
import { verdictOf } from '../../../src/main/verify/qa/verdict.js';
import { readRecorded, recordedFrameworks, recording, sampleLook } from './recorded.js';

const wholeRuns = { ended_by: 'itself' } as const;

function runOf(id: string, state: string) {
  const { exit_code, ...report } = readRecorded(id, state);
  return { report, exit_code, ...wholeRuns };
}

/** What the samples are made of: the same tests, as far as each framework knows such. */
const mended: Record<string, string> = {
  'cargo-test': 'slug src/lib.rs tests::every_space',
  ctest: 'every_space',
  'go-test': 'example.com/slug.TestEverySpace',
  gradle: 'com.example.SlugTest.cases[a b c d]',
  jest: 'slug.test.js > slug > takes every space',
  maven: 'com.example.SlugTest.everySpace',
  mocha: 'test/slug.js > slug takes every space',
  'node-test': 'test/slug.js > slug > takes every space',
  phpunit: 'SlugTest::testEverySpace',
  pytest: 'tests.test_slug::test_every_space',
  rspec: 'spec/slug_spec.rb slug takes every space',
  tap: 'every space',
  unittest: 'tests.test_slug.SlugTest.test_every_space',
  vitest: 'slug.test.js > slug > takes every space',
};
/** Their JSON is for nightly compilers. */
const byWords = new Set(['cargo-test']);

describe.each(recordedFrameworks)('%s, as it was run', (id) => {
  it('is known by the look of its repository and by its command', () => {
    const look = sampleLook(id, 'base');
    expect(detected(look)[0]?.framework.id).toBe(id);
    expect(frameworkFor(recording(id, 'base').command, look).id).toBe(id);
  });

  it('has tests that the change mended, kept and left as they were', () => {
    const [base, fixed] = [runOf(id, 'base'), runOf(id, 'fix')];
    const { verdict, tests, reason } = verdictOf({
      base: [base, base],
      fixed: [fixed, fixed, fixed],
      exitCodeNamed: false,
    });
    expect({ verdict, reason }).toMatchObject({ verdict: 'passed' });
    const classes = new Map(tests.map((test) => [test.id, test.class]));
    expect(classes.get(mended[id] as string)).toBe('fail_to_pass');
    const all = [...classes.values()];
    for (const kind of ['pass_to_pass', 'stable_fail', 'skipped']) expect(all).toContain(kind);
    // Without what is on both sides in the same state nothing is left: no id differs between two runs.
    expect(tests.filter(({ base: before }) => before.includes('missing'))).toEqual([]);
    expect(base.report.tier).toBe(byWords.has(id) ? 'output' : 'report');
  });

  it('has no evidence where nothing could be loaded, and says why', () => {
    const crash = runOf(id, 'crash');
    expect(crash.report).toMatchObject({ evidence: false });
    expect(crash.report.collection_error).toMatch(/not.?there|cannot find symbol|slug|setup_file/i);
    const { verdict } = verdictOf({ base: [runOf(id, 'base')], fixed: [crash], exitCodeNamed: false });
    expect(verdict).toBe('failed');
  });

  it('is no pass where there are no tests', () => {
    const none = runOf(id, 'none');
    expect(none.report).toMatchObject({ evidence: false, tests: [] });
    expect(verdictOf({ base: [], fixed: [none, none], exitCodeNamed: false }).tests_passed).toBe(false);
  });
});

it('takes what was run again and passed as flaky', () => {
  const { tests } = readRecorded('maven', 'fix');
  expect(tests.filter((test) => test.flaky).map(({ id }) => id)).toEqual(['com.example.SlugTest.secondTime']);
});
