import {
  type QaAttempt,
  type QaTest,
  type QaVerdict,
  type TestClass,
  type TestOutcome,
  testClasses,
} from '../../../shared/model/qa.js';
import type { FrameworkReport } from './frameworks/framework.js';

/** One time that the tests ran, as far as it decides anything. */
export interface TestRun {
  report: FrameworkReport;
  exit_code: number | null;
  ended_by: QaAttempt['ended_by'];
}

export interface Runs {
  /** Empty where nothing of before is there to run. */
  base: readonly TestRun[];
  fixed: readonly TestRun[];
  /** Somebody said that the exit code decides: then 0 counts without a report. */
  exitCodeNamed: boolean;
}

export interface Verdict {
  verdict: QaVerdict;
  /** Null where the environment kept the tests from saying anything. */
  tests_passed: boolean | null;
  /** One sentence. */
  reason: string;
  tests: QaTest[];
  /** Of every class, 0 too. */
  counts: Record<TestClass, number>;
}

/** Stands for the whole command where only its exit code is known. */
const wholeCommand = '(exit code)';
/** Exit codes of a shell that found no program, or could not start it. */
const notStarted = new Set([126, 127]);

/**
 * What the runs before and after a change come to (docs/verify.md). With the tests of before restored it is the same question
 * asked of other runs.
 */
export function verdictOf(runs: Runs): Verdict {
  const tests = testsOf(runs);
  const said = decided(runs, tests);
  const counts = Object.fromEntries(testClasses.map((kind) => [kind, 0])) as Verdict['counts'];
  for (const test of tests) counts[test.class]++;
  return { ...said, tests_passed: said.verdict === 'environment' ? null : said.verdict === 'passed', tests, counts };
}

type Decision = Pick<Verdict, 'verdict' | 'reason'>;

function decided({ base, fixed, exitCodeNamed }: Runs, tests: readonly QaTest[]): Decision {
  return (
    cutOff(base, fixed) ??
    withoutEvidence(base, fixed) ??
    (fixed.some(({ report }) => report.tier === 'exit_code')
      ? byExitCode(base, fixed, tests, exitCodeNamed)
      : byTests(base, fixed, tests))
  );
}

/** Runs that did not come to their end by themselves. A base that hangs may be the very fault that was mended. */
function cutOff(base: readonly TestRun[], fixed: readonly TestRun[]): Decision | null {
  if (fixed.length === 0) return { verdict: 'no_evidence', reason: 'Nothing was run after the change.' };
  for (const { ended_by } of [...fixed, ...base]) {
    if (ended_by === 'engine') return { verdict: 'environment', reason: 'The engine of containers ended a run.' };
    if (ended_by === 'memory') return { verdict: 'environment', reason: 'A run was out of memory.' };
    if (ended_by === 'cancel') return { verdict: 'no_evidence', reason: 'A run was cancelled.' };
  }
  return fixed.some(({ ended_by }) => ended_by === 'timeout')
    ? { verdict: 'timeout', reason: 'A run after the change took longer than it may.' }
    : null;
}

function withoutEvidence(base: readonly TestRun[], fixed: readonly TestRun[]): Decision | null {
  const silent = fixed.find(({ report }) => report.tier !== 'exit_code' && !report.evidence);
  const broken = fixed.find(({ report, exit_code }) => outsideOf(report, exit_code) !== null);
  const outside = broken ? outsideOf(broken.report, broken.exit_code) : null;
  // What was there before the change and is not after it, the change took away.
  if (outside !== null && !base.some(({ report }) => report.evidence))
    return { verdict: 'environment', reason: outside };
  if (!silent) return null;
  const { collection_error, tests } = silent.report;
  if (collection_error !== undefined)
    return { verdict: 'failed', reason: `After the change the tests could not be loaded: ${collection_error}` };
  if (outside !== null) return { verdict: 'failed', reason: `Only after the change: ${outside}` };
  return {
    verdict: 'no_evidence',
    reason:
      tests.length > 0 ? 'After the change every test was skipped.' : 'Nothing shows that tests ran after the change.',
  };
}

function outsideOf(report: FrameworkReport, exitCode: number | null): string | null {
  if (report.evidence) return null;
  if (report.environment !== undefined) return report.environment;
  return exitCode !== null && notStarted.has(exitCode) && report.tests.length === 0
    ? `The command could not be started (exit code ${exitCode}).`
    : null;
}

function byExitCode(
  base: readonly TestRun[],
  fixed: readonly TestRun[],
  tests: readonly QaTest[],
  named: boolean,
): Decision {
  const failed = fixed.find(({ exit_code }) => exit_code !== 0);
  if (failed) {
    return fixed.some(({ exit_code }) => exit_code === 0)
      ? {
          verdict: 'no_evidence',
          reason: 'Runs after the change ended with different exit codes, and nothing else is known of them.',
        }
      : { verdict: 'failed', reason: `After the change the command ended with ${failed.exit_code}.` };
  }
  if (tests.some((test) => test.class === 'fail_to_pass' && failedThroughout(test.base)))
    return {
      verdict: 'passed',
      reason: 'The command failed before the change and ended with 0 after it; only its exit code is known.',
    };
  if (named) return { verdict: 'passed', reason: 'The command ended with 0; its exit code was named as what decides.' };
  return {
    verdict: 'no_evidence',
    reason: `The command ended with 0${base.length > 0 ? ' before and after the change' : ''}, and nothing shows that tests ran.`,
  };
}

function byTests(base: readonly TestRun[], fixed: readonly TestRun[], tests: readonly QaTest[]): Decision {
  const notPassed = tests.filter((test) => test.class === 'stable_fail');
  const broken = notPassed.filter((test) => !failedThroughout(test.base) && !allSkipped(test.fixed));
  const cut = fixed.find(({ report }) => report.incomplete !== undefined)?.report.incomplete;
  if (
    cut !== undefined &&
    broken.length > 0 &&
    broken.every((test) => test.fixed.every((outcome) => outcome === 'missing'))
  )
    return {
      verdict: 'no_evidence',
      reason: `${many(broken.length, 'test')} cannot be told of after the change: ${cut}`,
    };
  if (broken.length > 0)
    return {
      verdict: 'failed',
      reason: `${many(broken.length, 'test')} did not pass after the change: ${named(broken)}.`,
    };
  const skipped = notPassed.filter((test) => allSkipped(test.fixed));
  if (skipped.length > 0)
    return { verdict: 'failed', reason: `Skipped after the change, but not before: ${named(skipped)}.` };
  const crashed = fixed.find(({ report }) => report.collection_error !== undefined)?.report.collection_error;
  if (crashed !== undefined && !base.some(({ report }) => report.collection_error !== undefined))
    return { verdict: 'failed', reason: `After the change some tests could not be loaded: ${crashed}` };
  const counts = (kind: TestClass) => tests.filter((test) => test.class === kind).length;
  const [mended, kept, still] = [
    counts('fail_to_pass'),
    counts('pass_to_pass') + counts('stable_pass'),
    notPassed.length,
  ];
  const flaky = counts('flaky');
  if (mended + kept === 0) {
    return flaky > 0
      ? { verdict: 'no_evidence', reason: 'Every test that could decide is flaky.' }
      : { verdict: 'failed', reason: 'No test passes after the change.' };
  }
  if (mended === 0 && still > 0)
    return { verdict: 'failed', reason: `No test that failed before passes after the change; ${still} still fail.` };
  const outside = fixed.find(
    ({ exit_code, report }) =>
      exit_code !== 0 && !report.tests.some(({ outcome }) => outcome === 'failed' || outcome === 'error'),
  );
  if (outside)
    return {
      verdict: 'failed',
      reason: `No test failed after the change, and yet the command ended with ${outside.exit_code}.`,
    };
  return {
    verdict: 'passed',
    reason: [
      mended > 0
        ? `${many(mended, 'test')} failed before and passed after the change`
        : 'No test failed before the change',
      kept > 0 ? `${many(kept, mended > 0 ? 'other' : 'test')} passed` : null,
      still > 0 ? `${still} failed on both sides` : null,
      flaky > 0 ? `${flaky} flaky, which decide nothing` : null,
    ]
      .filter((part) => part !== null)
      .join('; ')
      .concat('.'),
  };
}

/** Each test of any run, with its outcomes on both sides and its class. */
function testsOf({ base, fixed }: Runs): QaTest[] {
  // The command as a whole is a test where nothing is known of any other.
  const whole = [...base, ...fixed].every(({ report }) => report.tier === 'exit_code');
  const sides = [base, fixed].map((runs) => runs.map((run) => (whole ? outcomeOfCommand(run) : outcomesOf(run))));
  const ids = new Set(sides.flat().flatMap((outcomes) => [...outcomes.keys()]));
  const flaky = new Set(
    [...base, ...fixed].flatMap(({ report }) => report.tests.filter((test) => test.flaky).map(({ id }) => id)),
  );
  const [before = [], after = []] = sides;
  return [...ids].map((id) => {
    const outcomes = { base: before.map(of(id)), fixed: after.map(of(id)) };
    return { id, ...outcomes, class: flaky.has(id) ? 'flaky' : classOf(outcomes.base, outcomes.fixed) };
  });
}

const of =
  (id: string) =>
  (outcomes: ReadonlyMap<string, TestOutcome>): TestOutcome =>
    outcomes.get(id) ?? 'missing';

function outcomesOf({ report }: TestRun): Map<string, TestOutcome> {
  return new Map(report.tests.map(({ id, outcome }) => [id, outcome]));
}

function outcomeOfCommand({ exit_code }: TestRun): Map<string, TestOutcome> {
  // A program that was not found says nothing of what it would have tested.
  if (exit_code === null || notStarted.has(exit_code)) return new Map();
  return new Map([[wholeCommand, exit_code === 0 ? 'passed' : 'failed']]);
}

/** What the outcomes of one test come to; see docs/verify.md. */
export function classOf(base: readonly TestOutcome[], fixed: readonly TestOutcome[]): TestClass {
  if (!agreed(base) || !agreed(fixed)) return 'flaky';
  if (allSkipped(fixed) && base.every((outcome) => outcome === 'skipped' || outcome === 'missing')) return 'skipped';
  if (!fixed.every((outcome) => outcome === 'passed')) return 'stable_fail';
  if (unhappy(base)) return 'fail_to_pass';
  return base.length > 0 && base.every((outcome) => outcome === 'passed') ? 'pass_to_pass' : 'stable_pass';
}

function agreed(outcomes: readonly TestOutcome[]): boolean {
  return (
    new Set(outcomes.map((outcome) => (outcome === 'error' || outcome === 'missing' ? 'failed' : outcome))).size <= 1
  );
}

/** Did not pass in any run, and was not skipped: failed, crashed, or was not there. */
function unhappy(outcomes: readonly TestOutcome[]): boolean {
  return outcomes.length > 0 && outcomes.every((outcome) => outcome !== 'passed' && outcome !== 'skipped');
}

function failedThroughout(outcomes: readonly TestOutcome[]): boolean {
  return outcomes.length > 0 && outcomes.every((outcome) => outcome === 'failed' || outcome === 'error');
}

function allSkipped(outcomes: readonly TestOutcome[]): boolean {
  return outcomes.length > 0 && outcomes.every((outcome) => outcome === 'skipped');
}

function named(tests: readonly QaTest[]): string {
  const first = tests.slice(0, 3).map(({ id }) => id.slice(0, 120));
  return first.join(', ') + (tests.length > first.length ? ', …' : '');
}

function many(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
