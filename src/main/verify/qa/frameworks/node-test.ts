import { packageJson, scriptOf } from './command/package-json.js';
import { insertedAfter, programAt, withoutFlags } from './command/program.js';
import type { Framework, TestCommand } from './framework.js';
import { readJunit } from './reading/junit.js';

const names = new Set(['node']);
const replaced = ['--test-reporter', '--test-reporter-destination'];

export const nodeTest: Framework = {
  id: 'node-test',
  title: 'node:test',
  detect(look) {
    const script = packageJson(look).scripts.test;
    if (typeof script === 'string' && /\bnode\b[^&|;]{0,200}--test\b/.test(script)) return 0.95;
    const tests = look.files
      .filter((path) => /(^|\/)(test\/[^/]+|[^/]*[.-]test|test-[^/]+)\.[cm]?[jt]s$/.test(path))
      .slice(0, 20);
    return tests.some((path) => /['"]node:test['"]/.test(look.read(path) ?? '')) ? 0.85 : 0;
  },
  starts: (argv, look) => isNodeTest(argv) || isNodeTest(scriptOf(argv, look) ?? []),
  usual: () => ['node', '--test'],
  command(argv, { folder, look }): TestCommand {
    const report = `${folder}/node-test.xml`;
    const flags = [
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      '--test-reporter=junit',
      `--test-reporter-destination=${report}`,
    ];
    if (isNodeTest(argv)) {
      const cleaned = withoutFlags(argv, replaced, ['--watch']);
      const node = programAt(cleaned, names);
      // In front of the files: what stands behind them is theirs.
      return { argv: insertedAfter(cleaned, node, flags), env: {}, reports: [report] };
    }
    // Of a script, node reads the flags from the variable.
    const known = isNodeTest(scriptOf(argv, look) ?? []);
    return { argv: [...argv], env: known ? { NODE_OPTIONS: flags.join(' ') } : {}, reports: known ? [report] : [] };
  },
  report(files) {
    const reading = readJunit(files, ({ suites, name, attributes: { file } }) =>
      [file ?? '', ...suites, name].filter(Boolean).join(' > '),
    );
    if (!reading) return null;
    // A file that crashes while it is loaded is a test of its own name.
    for (const test of reading.tests)
      if (test.outcome !== 'passed' && /\.[cm]?[jt]sx?$/.test(test.id)) test.loading = true;
    const crash = reading.tests.find(({ loading }) => loading);
    return crash ? { ...reading, collection_error: `${crash.id}: ${firstLine(crash.message)}` } : reading;
  },
};

function isNodeTest(argv: readonly string[]): boolean {
  return programAt(argv, names) >= 0 && argv.includes('--test');
}

function firstLine(text = ''): string {
  return text.split('\n')[0] ?? '';
}
