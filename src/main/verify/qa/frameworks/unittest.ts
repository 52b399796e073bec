import { programAt } from './command/program.js';
import type { Framework, Reading, ReportedTest, TestCommand } from './framework.js';
import { readLines } from './reading/json-lines.js';
import { shortMessage } from './reading/text.js';
import { toldApart } from './reading/told-apart.js';
import { unittestReporter } from './unittest-reporter.js';

const names = new Set(['unittest']);
const django = new Set(['manage', 'runtests']);

export const unittest: Framework = {
  id: 'unittest',
  title: 'unittest',
  description: 'Python’s own; Django’s test runner by the words of its output',
  detect({ files, read }) {
    const tests = files.filter((path) => /(^|\/)(test[^/]*|[^/]*_test|tests)\.py$/.test(path)).slice(0, 20);
    if (tests.some((path) => /^\s*(?:import|from) (?:unittest|django\.test)\b/m.test(read(path) ?? ''))) return 0.8;
    return files.includes('manage.py') ? 0.5 : 0;
  },
  starts: (argv) => programAt(argv, names) >= 0 || djangoAt(argv) >= 0,
  usual: ({ files }) =>
    files.includes('manage.py') ? ['python3', 'manage.py', 'test'] : ['python3', '-m', 'unittest', 'discover'],
  command(argv, { folder }): TestCommand {
    const report = `${folder}/unittest.jsonl`;
    const at = programAt(argv, names);
    const module = argv[at - 1] === '-m' ? at - 1 : -1;
    if (module >= 0) {
      const own = [...argv.slice(0, module), '-c', unittestReporter, ...argv.slice(at + 1)];
      return { argv: own, env: { UNITTEST_REPORT: report }, reports: [report] };
    }
    const test = djangoAt(argv);
    if (test >= 0)
      return {
        argv: [...argv.slice(0, test + 1), '-v', '2', ...argv.slice(test + 1)],
        env: {},
        reports: [],
        words: true,
      };
    return { argv: [...argv], env: {}, reports: [] };
  },
  report(files) {
    const tests: ReportedTest[] = [];
    let collectionError: string | undefined;
    let ended = false;
    const any = readLines(files, (line) => {
      if (line.event === 'end') ended = true;
      if (line.event !== 'test' || typeof line.id !== 'string') return;
      const outcome = outcomes[line.outcome as keyof typeof outcomes];
      if (outcome === undefined) return;
      const message = typeof line.message === 'string' ? shortMessage(line.message) : undefined;
      const crash = /^unittest\.loader\._FailedTest\.(.*)$/s.exec(line.id);
      if (crash) collectionError ??= `${crash[1]}: ${lastLine(message ?? '')}`;
      tests.push({
        id: crash ? `(loading) ${crash[1]}` : line.id,
        outcome: crash ? 'error' : outcome,
        ...(crash ? { loading: true } : {}),
        ...(message === undefined ? {} : { message }),
        ...(typeof line.seconds === 'number' ? { seconds: line.seconds } : {}),
      });
    });
    if (!any) return null;
    return {
      tests,
      ...(collectionError === undefined ? {} : { collection_error: collectionError }),
      ...(ended ? {} : { incomplete: 'The report ends before the run does.' }),
    };
  },
  output(text): Reading | null {
    const told = toldApart(text, {
      named(line) {
        // What a test says of itself stands on a line of its own, before the dots.
        const [, name, where, rest = ''] = /^(\w{1,200}) \(([\w.]{1,300})\)(?: \.\.\. ?(.*))?$/.exec(line) ?? [];
        if (name === undefined || where === undefined) return null;
        return { id: idOf(name, where), rest };
      },
      over: (line) => /^(?:=|-){70}$|^Ran \d/.test(line),
      ending: /(ok|FAIL|ERROR|skipped|expected failure|unexpected success)(?: ['"].{0,300}['"])?$/,
    });
    // Who stands in the list of failures has failed, whatever else was read.
    const failures = text.matchAll(/^(FAIL|ERROR): (\w{1,200}) \(([\w.]{1,300})\)/gm);
    const failed = new Map(
      [...failures].map(([, word, name, where]) => [idOf(name as string, where as string), word as string]),
    );
    const tests = told.map(({ id, word }): ReportedTest => {
      const last = failed.get(id) ?? word;
      return { id, outcome: words[last as keyof typeof words] ?? 'error' };
    });
    const crashed =
      /^(?:ImportError: Failed to import test module: [^\n]{1,200}|ModuleNotFoundError: [^\n]{1,200})/m.exec(text);
    if (tests.length === 0 && !crashed) return null;
    return { tests, ...(crashed ? { collection_error: crashed[0] } : {}) };
  },
};

const idOf = (name: string, where: string) => (where.endsWith(`.${name}`) ? where : `${where}.${name}`);

const outcomes = {
  passed: 'passed',
  failed: 'failed',
  error: 'error',
  skipped: 'skipped',
  /** Failed, as it was said to: neither shows that something works nor that it does not. */
  expected_failure: 'skipped',
  unexpected_success: 'failed',
} as const;

const words = {
  ok: 'passed',
  FAIL: 'failed',
  ERROR: 'error',
  skipped: 'skipped',
  'expected failure': 'skipped',
  'unexpected success': 'failed',
} as const;

function djangoAt(argv: readonly string[]): number {
  const at = programAt(argv, django);
  return at >= 0 && argv[at + 1] === 'test' ? at + 1 : -1;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
