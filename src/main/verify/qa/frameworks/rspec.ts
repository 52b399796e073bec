import { parseJson } from '../../../ground/json.js';
import { insertedAfter, programAt } from './command/program.js';
import type { Framework, ReportedTest, TestCommand } from './framework.js';
import { shortMessage } from './reading/text.js';

const names = new Set(['rspec']);
const outcomes: Readonly<Record<string, ReportedTest['outcome']>> = {
  passed: 'passed',
  failed: 'failed',
  pending: 'skipped',
};

export const rspec: Framework = {
  id: 'rspec',
  title: 'RSpec',
  detect({ files, read }) {
    if (files.includes('.rspec')) return 0.95;
    if (files.some((path) => /(^|\/)spec\/.{0,200}_spec\.rb$/.test(path))) return 0.9;
    return /\brspec\b/.test(read('Gemfile') ?? '') ? 0.8 : 0;
  },
  starts: (argv) => programAt(argv, names) >= 0,
  usual: ({ files }) => (files.includes('Gemfile') ? ['bundle', 'exec', 'rspec'] : ['rspec']),
  command(argv, { folder }): TestCommand {
    const report = `${folder}/rspec.json`;
    const flags = ['--format', 'progress', '--format', 'json', '--out', report];
    const at = programAt(argv, names);
    // By something else (rake): RSpec reads the variable.
    if (at < 0) return { argv: [...argv], env: { SPEC_OPTS: flags.join(' ') }, reports: [report] };
    return { argv: insertedAfter(argv, at, flags), env: {}, reports: [report] };
  },
  report(files) {
    const tests: ReportedTest[] = [];
    let any = false;
    let crash: string | undefined;
    for (const { text } of files) {
      const report = parseJson(text);
      if (!isObject(report) || !Array.isArray(report.examples)) continue;
      any = true;
      for (const example of report.examples) if (isObject(example)) tests.push(testOf(example));
      const summary = isObject(report.summary) ? report.summary : {};
      if (Number(summary.errors_outside_of_examples_count) > 0) {
        const said = Array.isArray(report.messages) ? report.messages.map(String).join('\n') : '';
        crash = shortMessage(said) ?? 'An error outside of examples.';
      }
    }
    return any ? { tests, ...(crash === undefined ? {} : { collection_error: crash }) } : null;
  },
};

function testOf(example: Record<string, unknown>): ReportedTest {
  const error = isObject(example.exception) ? example.exception : null;
  const message = error ? shortMessage(`${error.class}: ${error.message}`) : undefined;
  const outcome = outcomes[String(example.status)] ?? 'error';
  const assertion =
    error === null || /ExpectationNotMet|MultipleExpectations|PendingExampleFixed/.test(String(error.class));
  return {
    // Not the example's own id, which counts places: another example above it would be another test.
    id: `${String(example.file_path ?? '').replace(/^\.\//, '')} ${String(example.full_description ?? example.description ?? '')}`,
    outcome: outcome === 'failed' && !assertion ? 'error' : outcome,
    ...(message === undefined ? {} : { message }),
    ...(typeof example.run_time === 'number' ? { seconds: example.run_time } : {}),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
