import type { Reading, ReportedTest, ReportFile } from '../framework.js';
import { readJunit } from './junit.js';

/** Reports of Surefire, Failsafe and Gradle. A test that stands there again after it failed was run again: it is flaky. */
export function javaReport(files: readonly ReportFile[]): Reading | null {
  const seen = new Set<string>();
  // Gradle's patterns overlap.
  const once = files.filter(({ path }) => !seen.has(path) && seen.add(path));
  const reading = readJunit(
    once,
    ({ suites, name, attributes: { classname } }) => `${classname ?? suites.at(-1) ?? ''}.${name}`,
  );
  return reading ? { ...reading, tests: retriesJoined(reading.tests) } : null;
}

function retriesJoined(tests: readonly ReportedTest[]): ReportedTest[] {
  const last = new Map<string, ReportedTest>();
  const joined: ReportedTest[] = [];
  for (const test of tests) {
    const before = last.get(test.id);
    if (before && before.outcome !== test.outcome && before.outcome !== 'skipped' && test.outcome !== 'skipped') {
      before.flaky = true;
      before.outcome = test.outcome;
      continue;
    }
    const own = { ...test };
    last.set(test.id, own);
    joined.push(own);
  }
  return joined;
}
