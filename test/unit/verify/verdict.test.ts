import { describe, expect, it } from 'vitest';
import type { FrameworkReport, ReportedTest } from '../../../src/main/verify/qa/frameworks/framework.js';
import { classOf, type TestRun, verdictOf } from '../../../src/main/verify/qa/verdict.js';

type Outcomes = Record<string, ReportedTest['outcome']>;

function run(
  outcomes: Outcomes,
  more: Partial<Omit<TestRun, 'report'>> & { report?: Partial<FrameworkReport> } = {},
): TestRun {
  const tests = Object.entries(outcomes).map(([id, outcome]) => ({ id, outcome }));
  const bad = tests.some(({ outcome }) => outcome === 'failed' || outcome === 'error');
  return {
    exit_code: bad ? 1 : 0,
    ended_by: 'itself',
    ...more,
    report: {
      tier: 'report',
      tests,
      evidence: tests.some(({ outcome }) => outcome !== 'skipped'),
      ...more.report,
    } as FrameworkReport,
  };
}

const plainRun = (exit_code: number): TestRun => ({
  exit_code,
  ended_by: 'itself',
  report: { tier: 'exit_code', tests: [], evidence: false },
});

const verdict = (base: TestRun[], fixed: TestRun[], exitCodeNamed = false) => verdictOf({ base, fixed, exitCodeNamed });

describe('classes of tests', () => {
  it.each([
    [['failed', 'failed'], ['passed', 'passed', 'passed'], 'fail_to_pass'],
    [['error', 'failed'], ['passed'], 'fail_to_pass'],
    [['missing'], ['passed'], 'fail_to_pass'],
    [['passed'], ['passed'], 'pass_to_pass'],
    [['skipped'], ['passed'], 'stable_pass'],
    [[], ['passed', 'passed'], 'stable_pass'],
    [['failed'], ['failed'], 'stable_fail'],
    [['passed'], ['failed'], 'stable_fail'],
    [['failed'], ['skipped'], 'stable_fail'],
    [['passed'], ['missing'], 'stable_fail'],
    [['failed'], ['passed', 'failed', 'passed'], 'flaky'],
    [['passed', 'failed'], ['passed'], 'flaky'],
    [['failed'], ['passed', 'skipped'], 'flaky'],
    [['failed'], ['passed', 'missing'], 'flaky'],
    [['skipped'], ['skipped'], 'skipped'],
    [['missing'], ['skipped'], 'skipped'],
  ] as const)('%j before and %j after: %s', (base, fixed, kind) => {
    expect(classOf(base, fixed)).toBe(kind);
  });
});

describe('verdicts', () => {
  const base = run({ bug: 'failed', old: 'passed' });

  it('passes where what failed passes and what passed still does', () => {
    expect(verdict([base, base], [run({ bug: 'passed', old: 'passed' })])).toMatchObject({
      verdict: 'passed',
      tests_passed: true,
      counts: { fail_to_pass: 1, pass_to_pass: 1 },
    });
  });

  it.each([
    ['what passed fails', run({ bug: 'passed', old: 'failed' })],
    ['what passed is missing', run({ bug: 'passed' })],
    ['what passed is skipped', run({ bug: 'passed', old: 'skipped' })],
    ['what failed is skipped', run({ bug: 'skipped', old: 'passed' })],
    ['what failed is missing', run({ old: 'passed' }, { exit_code: 0 })],
    ['what failed still fails', run({ bug: 'failed', old: 'passed' })],
    ['a new test fails', run({ bug: 'passed', old: 'passed', own: 'failed' })],
    ['no test failed and yet the command did', run({ bug: 'passed', old: 'passed' }, { exit_code: 1 })],
    ['some tests could not be loaded', run({ bug: 'passed', old: 'passed' }, { report: { collection_error: 'x' } })],
  ])('fails where %s', (_, fixed) => {
    expect(verdict([base], [fixed, fixed, fixed]).verdict).toBe('failed');
  });

  it('lets no flaky test decide', () => {
    const flaky = (outcome: 'passed' | 'failed') => run({ bug: outcome, old: 'passed' });
    expect(verdict([base], [flaky('passed'), flaky('failed'), flaky('passed')])).toMatchObject({
      verdict: 'passed',
      counts: { flaky: 1, pass_to_pass: 1 },
    });
    const only = (outcome: 'passed' | 'failed') => run({ bug: outcome });
    expect(verdict([run({ bug: 'failed' })], [only('passed'), only('failed')]).verdict).toBe('no_evidence');
    const retried = run({ bug: 'passed', old: 'passed' });
    retried.report.tests[0]!.flaky = true;
    expect(verdict([base], [retried]).counts).toMatchObject({ flaky: 1 });
  });

  it('needs evidence in every run after the change', () => {
    const empty = run({});
    expect(verdict([base], [run({ bug: 'passed', old: 'passed' }), empty]).verdict).toBe('no_evidence');
    expect(verdict([], [run({ one: 'skipped' })])).toMatchObject({ verdict: 'no_evidence', tests_passed: false });
    expect(verdict([], []).verdict).toBe('no_evidence');
  });

  it('keeps apart what is not the tests', () => {
    const outside = run({}, { exit_code: 1, report: { environment: 'Dependencies are not in the image.' } });
    expect(verdict([outside], [outside])).toMatchObject({
      verdict: 'environment',
      tests_passed: null,
      reason: 'Dependencies are not in the image.',
    });
    expect(verdict([], [run({}, { exit_code: 127 })]).verdict).toBe('environment');
    // It was there before: the change took it away.
    expect(verdict([base], [outside]).verdict).toBe('failed');
    expect(verdict([base], [run({}, { ended_by: 'memory', exit_code: null })])).toMatchObject({
      verdict: 'environment',
      tests_passed: null,
    });
    expect(verdict([base], [run({}, { ended_by: 'engine', exit_code: null })]).verdict).toBe('environment');
    expect(verdict([base], [run({ old: 'passed' }, { ended_by: 'timeout', exit_code: null })]).verdict).toBe('timeout');
    // A fault that hangs, mended.
    expect(verdict([run({}, { ended_by: 'timeout', exit_code: null })], [run({ bug: 'passed' })]).verdict).toBe(
      'passed',
    );
  });

  it('takes the first tests of a repository for what they are', () => {
    expect(verdict([plainRun(0)], [run({ own: 'passed' })])).toMatchObject({
      verdict: 'passed',
      tests: [{ id: 'own' }],
    });
    expect(verdict([base], [plainRun(0)]).verdict).toBe('no_evidence');
  });

  it('does not take what was not kept of a report for what is missing', () => {
    const cut = run({ bug: 'passed' }, { report: { incomplete: '9 bytes of the output were not kept.' } });
    expect(verdict([base], [cut]).verdict).toBe('no_evidence');
  });
});

describe('the exit code alone', () => {
  it('shows something where it differs', () => {
    expect(verdict([plainRun(1), plainRun(1)], [plainRun(0), plainRun(0)])).toMatchObject({
      verdict: 'passed',
      tests: [{ id: '(exit code)', class: 'fail_to_pass' }],
    });
    expect(verdict([plainRun(0)], [plainRun(3)]).verdict).toBe('failed');
    expect(verdict([plainRun(1)], [plainRun(0), plainRun(1)]).verdict).toBe('no_evidence');
  });

  it('shows nothing where it is 0 on both sides, unless it was named as what decides', () => {
    expect(verdict([plainRun(0)], [plainRun(0)]).verdict).toBe('no_evidence');
    expect(verdict([], [plainRun(0)]).verdict).toBe('no_evidence');
    expect(verdict([], [plainRun(0)], true).verdict).toBe('passed');
    // Not even then where the command was not there before.
    expect(verdict([plainRun(127)], [plainRun(0)]).verdict).toBe('no_evidence');
  });
});
