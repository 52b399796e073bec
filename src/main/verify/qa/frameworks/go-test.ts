import { insertedAfter, keepingOutput, programAt } from './command/program.js';
import type { Framework, Reading, ReportedTest, TestCommand } from './framework.js';
import { readLines } from './reading/json-lines.js';
import { shortMessage } from './reading/text.js';

const names = new Set(['go', 'richgo']);
const ends = { pass: 'passed', fail: 'failed', skip: 'skipped' } as const;

export const goTest: Framework = {
  id: 'go-test',
  title: 'go test',
  detect({ files }) {
    if (!files.some((path) => /(^|\/)go\.mod$/.test(path))) return 0;
    return files.some((path) => path.endsWith('_test.go')) ? 0.95 : 0.6;
  },
  starts: (argv) => testAt(argv) >= 0,
  usual: () => ['go', 'test', './...'],
  command(argv, { folder }): TestCommand {
    const at = testAt(argv);
    if (at < 0) return { argv: [...argv], env: {}, reports: [] };
    const report = `${folder}/go-test.jsonl`;
    const json = argv.filter((word) => word !== '-json' && word !== '-v');
    // Results of an earlier run are no run.
    const fresh = json.some((word) => word.startsWith('-count')) ? [] : ['-count=1'];
    return { argv: keepingOutput(insertedAfter(json, at, ['-json', ...fresh]), report), env: {}, reports: [report] };
  },
  report(files): Reading | null {
    const tests: ReportedTest[] = [];
    const said = new Map<string, string>();
    const running = new Set<string>();
    const withTests = new Set<string>();
    const broken: string[] = [];
    const any = readLines(files, (line) => {
      const { Action: action, Package: name, Test: test, Output: output } = line;
      if (action === 'build-output' && typeof output === 'string') {
        if (broken.length < 20 && !output.startsWith('#')) broken.push(output.trim());
        return;
      }
      if (typeof name !== 'string' || typeof action !== 'string') return;
      const id = typeof test === 'string' ? `${name}.${test}` : name;
      if (action === 'output' && typeof output === 'string') {
        const before = said.get(id) ?? '';
        if (before.length < 4000) said.set(id, before + output);
      }
      if (typeof test !== 'string') {
        // A package that fails without a failing test did not compile, or crashed.
        if (action === 'fail' && !tests.some((one) => one.outcome === 'failed' && one.id.startsWith(`${name}.`))) {
          const message = shortMessage(said.get(name) ?? '');
          const loading = !withTests.has(name);
          if (loading) broken.push(`${name}: ${message ?? 'did not run'}`);
          tests.push({
            id: `(package) ${name}`,
            outcome: 'error',
            ...(loading ? { loading } : {}),
            ...(message === undefined ? {} : { message }),
          });
        }
        return;
      }
      withTests.add(name);
      if (action === 'run') running.add(id);
      const outcome = ends[action as keyof typeof ends];
      if (outcome === undefined) return;
      running.delete(id);
      const message = outcome === 'passed' ? undefined : shortMessage(said.get(id) ?? '');
      said.delete(id);
      tests.push({
        id,
        outcome,
        ...(message === undefined ? {} : { message }),
        ...(typeof line.Elapsed === 'number' ? { seconds: line.Elapsed } : {}),
      });
    });
    if (!any) return null;
    // Began and never ended: a panic, or os.Exit in a test.
    for (const id of running) tests.push({ id, outcome: 'error', message: 'It began and did not end.' });
    return broken.length > 0 ? { tests, collection_error: broken.slice(0, 5).join('\n') } : { tests };
  },
  /** Before Go 1.24 what does not compile is told in words alone, among the lines of JSON and by the compiler. */
  output(text) {
    const failed = /^FAIL\t(\S{1,300}) \[((?:build|setup) failed)\]/m.exec(text);
    if (!failed) return null;
    const where = /^[^\s:{][^\n:]{0,300}\.go:\d{1,7}:[^\n]{1,300}/m.exec(text);
    return { tests: [], collection_error: `${failed[1]}: ${where?.[0] ?? failed[2]}` };
  },
};

function testAt(argv: readonly string[]): number {
  const go = programAt(argv, names);
  return go >= 0 && argv[go + 1] === 'test' ? go + 1 : -1;
}
