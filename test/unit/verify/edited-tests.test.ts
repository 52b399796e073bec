import { describe, expect, it } from 'vitest';
import { editedTests, type FileChange } from '../../../src/main/verify/qa/edited-tests.js';

const modified = (path: string, before: string | null = 'a', after: string | null = 'b'): FileChange => ({
  path,
  status: 'modified',
  before,
  after,
});

describe('files that decide what tests say', () => {
  it.each([
    ['tests/test_a.py', 'test'],
    ['src/a.test.ts', 'test'],
    ['pkg/a_test.go', 'test'],
    ['spec/a_spec.rb', 'test'],
    ['src/test/java/a/B.java', 'test'],
    ['a/ThingTests.cs', 'test'],
    ['tests/data/golden.json', 'test'],
    ['src/__snapshots__/a.snap', 'test'],
    ['t/basic.t', 'test'],
    ['conftest.py', 'setup'],
    ['sitecustomize.py', 'setup'],
    ['pytest.ini', 'settings'],
    ['tox.ini', 'settings'],
    ['jest.config.js', 'settings'],
    ['phpunit.xml.dist', 'settings'],
    ['.github/workflows/ci.yml', 'ci'],
    ['.gitlab-ci.yml', 'ci'],
  ])('%s: %s', (path, kind) => {
    expect(editedTests([modified(path)])).toMatchObject({
      edited: [{ path, kind }],
      restoration: { asBefore: [path] },
    });
  });

  it.each([
    'src/a.py',
    'latest.py',
    'src/contest.ts',
    'README.md',
    'src/attestation/a.go',
    'requirements.txt',
    'src/inspect.rb',
  ])('not %s', (path) => {
    expect(editedTests([modified(path)]).edited).toEqual([]);
  });

  it('takes back what was added, deleted and renamed', () => {
    const { edited, restoration } = editedTests([
      { path: 'tests/test_new.py', status: 'added', before: null, after: 'x' },
      { path: 'tests/test_old.py', status: 'deleted', before: 'x', after: null },
      { path: 'tests/test_b.py', from: 'tests/test_a.py', status: 'renamed', before: 'x', after: 'x' },
      { path: 'src/helper.py', from: 'tests/test_c.py', status: 'renamed', before: 'x', after: 'x' },
    ]);
    expect(edited).toHaveLength(4);
    expect(restoration).toEqual({
      asBefore: ['tests/test_old.py', 'tests/test_a.py', 'tests/test_c.py'],
      removed: ['tests/test_new.py', 'tests/test_b.py', 'src/helper.py'],
      rewritten: [],
    });
  });
});

describe('files that are of the product too', () => {
  it('package.json: its test script goes back, a new dependency stays', () => {
    const before = { scripts: { test: 'jest', build: 'tsc' }, dependencies: {} };
    const after = {
      scripts: { test: 'true', build: 'tsc -b' },
      dependencies: { a: '1' },
      jest: { testPathIgnorePatterns: ['.*'] },
    };
    const { edited, restoration } = editedTests([
      modified('package.json', JSON.stringify(before), JSON.stringify(after)),
    ]);
    expect(edited).toMatchObject([{ path: 'package.json', kind: 'build' }]);
    expect(JSON.parse(restoration.rewritten[0]?.text ?? '')).toEqual({
      scripts: { test: 'jest', build: 'tsc -b' },
      dependencies: { a: '1' },
    });
    const other = { ...before, dependencies: { a: '1' } };
    expect(editedTests([modified('package.json', JSON.stringify(before), JSON.stringify(other))]).edited).toEqual([]);
  });

  it('pyproject.toml: the sections about tests', () => {
    const before = '[project]\nname = "a"\n\n[tool.pytest.ini_options]\naddopts = "-q"\n';
    const after = '[project]\nname = "a"\ndependencies = ["b"]\n\n[tool.pytest.ini_options]\naddopts = "-k nothing"\n';
    const { restoration } = editedTests([modified('pyproject.toml', before, after)]);
    expect(restoration.rewritten[0]?.text).toBe(
      '[project]\nname = "a"\ndependencies = ["b"]\n\n[tool.pytest.ini_options]\naddopts = "-q"\n',
    );
    expect(editedTests([modified('pyproject.toml', before, before.replace('"a"', '"c"'))]).edited).toEqual([]);
  });

  it('build files are named where lines about tests differ, and stay', () => {
    const before = '<project>\n<version>1</version>\n</project>\n';
    const skipping = before.replace('</project>', '<skipTests>true</skipTests>\n</project>');
    expect(editedTests([modified('pom.xml', before, skipping)])).toMatchObject({
      edited: [{ path: 'pom.xml' }],
      kept: ['pom.xml'],
    });
    expect(editedTests([modified('pom.xml', before, before.replace('1', '2'))]).edited).toEqual([]);
    expect(editedTests([modified('Makefile', 'test:\n\tpytest\n', 'test:\n\ttrue\n')]).kept).toEqual(['Makefile']);
  });
});
