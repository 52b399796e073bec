import { insertedAfter, programAt, withoutFlags } from './command/program.js';
import type { Framework, Reading, TestCommand } from './framework.js';
import { readJunit } from './reading/junit.js';

const names = new Set(['pytest', 'py.test']);
const configured = /\[tool\.pytest|\[pytest\]|\[tool:pytest\]/;

export const pytest: Framework = {
  id: 'pytest',
  title: 'pytest',
  detect({ files, read }) {
    if (files.some((path) => /(^|\/)(pytest\.ini|conftest\.py)$/.test(path))) return 0.95;
    const settings = ['pyproject.toml', 'setup.cfg', 'tox.ini'].map((path) => read(path) ?? '').join('\n');
    if (configured.test(settings)) return 0.95;
    const wanted = ['requirements.txt', 'requirements-dev.txt', 'requirements-test.txt', 'setup.py'];
    if (/\bpytest\b/.test(settings + wanted.map((path) => read(path) ?? '').join('\n'))) return 0.85;
    const tests = files.filter((path) => /(^|\/)(test_[^/]*|[^/]*_test)\.py$/.test(path)).slice(0, 20);
    if (tests.some((path) => /^\s*(?:import|from) pytest\b/m.test(read(path) ?? ''))) return 0.9;
    return tests.some((path) => /^(?:async )?def test/m.test(read(path) ?? '')) ? 0.7 : 0;
  },
  starts: (argv) => programAt(argv, names) >= 0,
  usual: () => ['python3', '-m', 'pytest'],
  command(argv, { folder }): TestCommand {
    const report = `${folder}/pytest.xml`;
    const flags = ['-o', 'junit_family=xunit2', `--junitxml=${report}`];
    const cleaned = withoutFlags(argv, ['--junitxml', '--junit-xml']);
    const at = programAt(cleaned, names);
    // Started by something else (make, tox, a script): pytest reads the variable.
    if (at < 0) return { argv: [...argv], env: { PYTEST_ADDOPTS: flags.join(' ') }, reports: [report] };
    return { argv: insertedAfter(cleaned, at, flags), env: {}, reports: [report] };
  },
  report(files) {
    const reading = readJunit(files, ({ name, attributes: { classname = '' } }) =>
      classname === '' ? name : `${classname}::${name}`,
    );
    if (!reading) return null;
    for (const test of reading.tests)
      if (test.outcome === 'error' && test.message?.startsWith('collection failure')) test.loading = true;
    const crashed = reading.tests.find(({ loading }) => loading);
    if (!crashed) return reading;
    const said =
      crashed.message?.split('\n').findLast((line) => line.startsWith('E ')) ?? crashed.message?.split('\n')[1];
    return { ...reading, collection_error: `${crashed.id}: ${said?.replace(/^E +/, '') ?? 'collection failure'}` };
  },
  output(text) {
    const crashed = /^(?:E {3}[^\n]{1,300}|ImportError while loading conftest [^\n]{1,300}|ERROR: [^\n]{1,300})$/m.exec(
      text,
    );
    const collecting = /^(?:=+ ERRORS =+|ImportError while loading conftest|INTERNALERROR>|ERROR: )/m.test(text);
    const collection_error =
      collecting && /error(?:s)? during collection|conftest|INTERNALERROR|^ERROR: (?!not found)/m.test(text)
        ? (crashed?.[0] ?? 'errors during collection')
        : undefined;
    const tests = told(text);
    if (tests.length === 0 && collection_error === undefined) return null;
    return { tests, ...(collection_error === undefined ? {} : { collection_error }) };
  },
};

const words = {
  PASSED: 'passed',
  XPASS: 'passed',
  FAILED: 'failed',
  ERROR: 'error',
  SKIPPED: 'skipped',
  XFAIL: 'skipped',
} as const;

/** Lines of `-v`. */
function told(text: string): Reading['tests'] {
  return [...text.matchAll(/^(\S{1,300}::[^\n]{1,300}?) (PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)\b/gm)].map(
    ([, id, word]) => ({
      id: id as string,
      outcome: words[word as keyof typeof words],
    }),
  );
}
