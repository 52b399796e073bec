import type { Reading, ReportedTest, ReportFile } from '../framework.js';
import { secondsOf, shortMessage } from './text.js';
import { readXml } from './xml.js';

export interface JunitCase {
  /** Names of the suites around it, outermost first. */
  suites: readonly string[];
  name: string;
  attributes: Readonly<Record<string, string>>;
}

/** How a dialect names a test: the rest of JUnit's XML is the same everywhere. */
export type NameOf = (test: JunitCase) => string;

const most = 200_000;
const bad: Readonly<Record<string, 'failed' | 'error' | 'skipped'>> = {
  failure: 'failed',
  error: 'error',
  skipped: 'skipped',
  disabled: 'skipped',
};
/** A run of the test that a later one did not confirm (Surefire and nextest). */
const flakyRuns = new Set(['flakyFailure', 'flakyError']);

/** The tests of JUnit XML files, in the words of `nameOf`; null where none of the files is one. */
export function readJunit(files: readonly ReportFile[], nameOf: NameOf): Reading | null {
  const tests: ReportedTest[] = [];
  const broken: string[] = [];
  let incomplete: string | undefined;
  let any = false;
  for (const { path, text } of files) {
    if (!/<testsuites?[\s>/]/.test(text.slice(0, 5000)) && !text.includes('<testcase')) continue;
    any = true;
    if (!readFile(text, nameOf, tests, broken)) incomplete = `${path} ends in the middle.`;
  }
  if (!any) return null;
  return {
    tests,
    ...(broken.length > 0 ? { collection_error: broken[0] } : {}),
    ...(incomplete === undefined ? {} : { incomplete }),
  };
}

function readFile(text: string, nameOf: NameOf, tests: ReportedTest[], broken: string[]): boolean {
  const suites: string[] = [];
  let test: (ReportedTest & { said: string }) | null = null;
  let inside = '';
  let outside = false;
  const whole = readXml(text, {
    open(name, attributes) {
      if (name === 'testsuite') suites.push(attributes.name ?? '');
      else if (name === 'testcase') {
        finish();
        const id = nameOf({ suites, name: attributes.name ?? '', attributes });
        test = { id, outcome: statusOf(attributes), said: '' };
        const seconds = secondsOf(attributes.time ?? attributes.duration);
        if (seconds !== undefined) test.seconds = seconds;
      } else if (test && bad[name] !== undefined) {
        test.outcome = worse(test.outcome, bad[name]);
        test.said ||= [attributes.type, attributes.message].filter(Boolean).join(': ');
        inside = name;
      } else if (test && flakyRuns.has(name)) test.flaky = true;
      else if (!test && name === 'error' && suites.length > 0) {
        // PHPUnit, Gradle and others: what went wrong around all tests of a suite.
        outside = true;
        broken.push(shortMessage(attributes.message ?? '') ?? suites.at(-1) ?? '');
      }
    },
    text(said) {
      if (test && inside !== '' && test.said.length < 2000) test.said += `${test.said === '' ? '' : '\n'}${said}`;
      else if (outside) broken[broken.length - 1] ||= shortMessage(said) ?? '';
    },
    close(name) {
      if (name === inside) inside = '';
      if (name === 'testcase') finish();
      else if (name === 'testsuite') suites.pop();
      else if (name === 'error') outside = false;
    },
  });
  // A case that the file breaks off in has not said how it ended.
  return whole && tests.length < most;

  function finish(): void {
    if (!test || tests.length >= most) return;
    const { said, ...told } = test;
    const message = shortMessage(said);
    tests.push(message === undefined ? told : { ...told, message });
    test = null;
  }
}

/** CTest, GoogleTest and others say it in an attribute as well. */
function statusOf({ status, result }: Readonly<Record<string, string>>): ReportedTest['outcome'] {
  const said = `${status ?? ''} ${result ?? ''}`.toLowerCase();
  if (/\b(fail|failed)\b/.test(said)) return 'failed';
  return /\b(disabled|notrun|skipped|suppressed)\b/.test(said) ? 'skipped' : 'passed';
}

function worse(one: ReportedTest['outcome'], other: ReportedTest['outcome']): ReportedTest['outcome'] {
  const order = ['passed', 'skipped', 'failed', 'error'] as const;
  return order.indexOf(other) > order.indexOf(one) ? other : one;
}
