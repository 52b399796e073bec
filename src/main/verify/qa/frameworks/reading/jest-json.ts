import { parseJson } from '../../../../ground/json.js';
import type { Reading, ReportedTest, ReportFile } from '../framework.js';
import { shortMessage } from './text.js';

const outcomes: Readonly<Record<string, ReportedTest['outcome']>> = {
  passed: 'passed',
  failed: 'failed',
  pending: 'skipped',
  skipped: 'skipped',
  todo: 'skipped',
  disabled: 'skipped',
  focused: 'skipped',
};

/** Jest's `--json`, which Vitest's `json` reporter writes too. Ids are the file's path and the test's full name. */
export function readJestJson(files: readonly ReportFile[]): Reading | null {
  const tests: ReportedTest[] = [];
  const broken: string[] = [];
  let any = false;
  for (const { text } of files) {
    const report = parseJson(text.replace(/^\uFEFF/, ''));
    if (!isObject(report) || !Array.isArray(report.testResults)) continue;
    any = true;
    for (const file of report.testResults) {
      if (!isObject(file)) continue;
      const path = String(file.name ?? '');
      const assertions = Array.isArray(file.assertionResults) ? file.assertionResults : [];
      if (assertions.length === 0 && file.status === 'failed') {
        const said = shortMessage(String(file.message ?? file.failureMessage ?? ''));
        broken.push(`${path}: ${firstLineOf(said)}`);
        tests.push({
          id: `(loading) ${path}`,
          outcome: 'error',
          loading: true,
          ...(said === undefined ? {} : { message: said }),
        });
      }
      for (const test of assertions) if (isObject(test)) tests.push(testOf(test, path));
    }
  }
  if (!any) return null;
  return broken.length > 0 ? { tests, collection_error: broken[0] as string } : { tests };
}

function testOf(test: Record<string, unknown>, path: string): ReportedTest {
  const names = [...(Array.isArray(test.ancestorTitles) ? test.ancestorTitles : []), test.title ?? test.fullName];
  const said = Array.isArray(test.failureMessages)
    ? shortMessage(test.failureMessages.slice(0, 3).map(String).join('\n'))
    : undefined;
  const outcome = outcomes[String(test.status)] ?? 'error';
  return {
    id: [path, ...names.map(String)].filter(Boolean).join(' > '),
    outcome,
    ...(said === undefined ? {} : { message: said }),
    ...(typeof test.duration === 'number' ? { seconds: test.duration / 1000 } : {}),
    // Passed in the end, after runs that did not.
    ...(outcome === 'passed' && typeof test.invocations === 'number' && test.invocations > 1 ? { flaky: true } : {}),
  };
}

function firstLineOf(text = ''): string {
  return (
    text
      .split('\n')
      .find((line) => line.trim() !== '' && !line.includes('●'))
      ?.trim() ?? 'could not be loaded'
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
