import { ran, type SuspicionRule } from '../rule.js';

/** What test runners count. */
export const testRules: readonly SuspicionRule[] = [
  {
    id: 'tests-failed',
    families: ['shell', 'tests', 'other'],
    where: 'any',
    ofPart: true,
    pattern:
      /^(?:=+ )?(?:\d+ \w+, )*[1-9]\d* (?:failed|errors?)(?:, \d+ \w+)* in [\d.]+ ?m?s|^\s*(?:Tests?|Test Files|Test Suites|Suites|Specs):?\s+(?:\d+ \w+,? ?\|? ?)*[1-9]\d* failed\b|^\s*[1-9]\d* failing\b|^(?:#|ℹ) fail [1-9]|^not ok \d+(?!.*# (?:TODO|SKIP))|^\s*--- FAIL: |^FAIL(?:\t|$)|^test result: FAILED|^FAILED \((?:failures|errors|unexpected successes)=|Tests run: \d+, (?:Failures: [1-9]|Failures: 0, Errors: [1-9])|^\d+ examples?, [1-9]\d* failures?|^(?:FAILURES|ERRORS)!$|^Failed! {1,3}- Failed: +[1-9]|[1-9]\d* tests? failed out of \d+|^(?:FAILED|ERROR) \S+\.py(?:::\S+|$| - )/,
    score: 0.93,
    says: 'tests failed',
    fails: [
      ran('pytest -q', 'F.\n1 failed, 1 passed in 0.02s'),
      ran('npx vitest run', ' Test Files  1 failed (1)\n      Tests  2 failed | 3 passed (5)'),
      ran('npx mocha', '  3 passing (8ms)\n  1 failing'),
      ran('go test ./...', '--- FAIL: TestMoor (0.00s)\nFAIL\nFAIL\ttide\t0.003s'),
      ran('cargo test', 'test result: FAILED. 1 passed; 1 failed; 0 ignored'),
      ran('python -m unittest', 'Ran 2 tests in 0.001s\n\nFAILED (failures=1)'),
      ran('mvn test', 'Tests run: 3, Failures: 1, Errors: 0, Skipped: 0'),
      { tool: 'run_tests', arguments: { path: 'tide' }, result: 'not ok 3 - moors' },
    ],
    passes: [
      ran('pytest -q', '2 passed in 0.02s'),
      ran('pytest -q', '1 passed, 1 xfailed in 0.02s'),
      ran('npx vitest run', '      Tests  5 passed (5)'),
      ran('cargo test', 'test result: ok. 2 passed; 0 failed'),
      ran('mvn test', 'Tests run: 3, Failures: 0, Errors: 0, Skipped: 0'),
      ran('prove', 'not ok 3 - moors # TODO rope'),
      ran('cat report.txt', '1 failed, 1 passed in 0.02s'),
    ],
  },
  {
    id: 'counts-failures',
    families: ['shell', 'tests', 'other'],
    where: 'last',
    ofPart: true,
    pattern:
      /^\W{0,4}(?:(?:tests?|summary|results?|total)[:,]? )?(?:\d+ (?:tests?|passed|skipped|ok|succeeded)\s?[,;|/·]\s?)*[1-9]\d* (?:tests? )?(?:failed|failures?|failing)\b(?!\s+[a-z]+ )/i,
    score: 0.88,
    says: 'it counts what failed',
    fails: [
      { tool: 'run_tests', arguments: { path: 'tide' }, result: '1 failed' },
      { tool: 'run_tests', arguments: { path: 'tide' }, result: '3 passed, 2 failed' },
      ran('./check', 'Tests: 4 passed, 1 failed'),
    ],
    passes: [
      { tool: 'run_tests', arguments: { path: 'tide' }, result: '4 passed, 0 failed' },
      ran('./import', '3 rows failed validation and were skipped'),
      ran('./import', '2 failed attempts were repeated'),
    ],
  },
  {
    id: 'no-tests',
    families: ['shell', 'tests'],
    where: 'last',
    ofPart: true,
    command: /\b(?:py\.?test)\b/,
    pattern: /^(?:=+ )?(?:\d+ deselected|no tests (?:ran|collected))\b/,
    score: 0.85,
    says: 'no test ran',
    fails: [ran('pytest tide.py', '==== no tests ran in 0.01s ====')],
    passes: [ran('pytest tide.py', '==== 1 passed in 0.01s ====')],
  },
];
