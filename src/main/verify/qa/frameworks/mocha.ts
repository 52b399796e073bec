import { parseJson } from '../../../ground/json.js';
import { packageJson, startsProgram, withFlags } from './command/package-json.js';
import type { Framework, ReportedTest, TestCommand } from './framework.js';
import { secondsOf, shortMessage } from './reading/text.js';

const names = new Set(['mocha', '_mocha']);

export const mocha: Framework = {
  id: 'mocha',
  title: 'Mocha',
  detect(look) {
    const { packages, keys } = packageJson(look);
    if (look.files.some((path) => /^\.mocharc(\.\w+)?$/.test(path)) || keys.has('mocha')) return 0.95;
    return packages.has('mocha') ? 0.9 : 0;
  },
  starts: (argv, look) => startsProgram(argv, look, names),
  usual: () => ['npx', '--no-install', 'mocha'],
  command(argv, { folder, look }): TestCommand {
    const report = `${folder}/mocha.json`;
    const flags = ['--reporter', 'json', '--reporter-option', `output=${report}`];
    const replaced = ['--reporter', '-R', '--reporter-option', '--reporter-options', '-O'];
    const made = withFlags(argv, look, names, { flags, replaced, switches: ['--watch', '-w'] });
    return { argv: made, env: { CI: 'true' }, reports: startsProgram(argv, look, names) ? [report] : [] };
  },
  report(files) {
    const tests: ReportedTest[] = [];
    let any = false;
    for (const { text } of files) {
      const report = parseJson(text);
      if (!isObject(report) || !isObject(report.stats)) continue;
      any = true;
      const pending = keysOf(report.pending);
      for (const test of listOf(report.tests)) tests.push(testOf(test, pending));
      // A hook that fails is among the failures alone, and the tests behind it are nowhere.
      const listed = new Set(listOf(report.tests).map(keyOf));
      for (const test of listOf(report.failures))
        if (!listed.has(keyOf(test))) tests.push({ ...testOf(test, pending), outcome: 'error' });
    }
    return any ? { tests } : null;
  },
  /** Where a file cannot be loaded, Mocha writes no report. */
  output(text) {
    const crash =
      /^(?:Error: |ReferenceError: |SyntaxError: |TypeError: |.{0,40}Exception during run: )[^\n]{1,300}/m.exec(text);
    if (crash && /Exception during run|mocha\/lib|\[ERR_MODULE_NOT_FOUND\]|MODULE_NOT_FOUND/.test(text))
      return { tests: [], collection_error: crash[0] };
    const none = /Error: No test files found[^\n]{0,200}/.exec(text);
    return none ? { tests: [] } : null;
  },
};

function testOf(test: Record<string, unknown>, pending: ReadonlySet<string>): ReportedTest {
  const error = isObject(test.err) ? test.err : {};
  const failed = Object.keys(error).length > 0;
  const message = failed ? shortMessage(String(error.stack ?? error.message ?? '')) : undefined;
  const seconds = typeof test.duration === 'number' ? secondsOf(String(test.duration / 1000)) : undefined;
  return {
    id: keyOf(test),
    outcome: failed ? 'failed' : pending.has(keyOf(test)) ? 'skipped' : 'passed',
    ...(message === undefined ? {} : { message }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(!failed && Number(test.currentRetry) > 0 ? { flaky: true } : {}),
  };
}

function keyOf(test: Record<string, unknown>): string {
  return [test.file, test.fullTitle ?? test.title]
    .filter((part) => typeof part === 'string' && part !== '')
    .join(' > ');
}

function keysOf(tests: unknown): Set<string> {
  return new Set(listOf(tests).map(keyOf));
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
