import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { toolEnv } from './node.mjs';
import { root, stateDir } from './root.mjs';
import { run } from './run.mjs';

/**
 * What a check gives: how many tests passed, failed and were skipped, what to show when some failed, their names, and
 * those of tests that passed at a second try only.
 * @typedef {{ passed: number, failed: number, skipped: number, output: string, notes: string[], broken?: string[],
 *   shaky?: string[] }} Result
 */

const bin = (...path) => join(root, 'node_modules', ...path);

/** A tool that says yes or no counts as one test. */
async function verdict(node, script, args) {
  const { code, output } = await run(node, [script, ...args], { env: toolEnv(node) });
  const passed = code === 0 ? 1 : 0;
  return { passed, failed: 1 - passed, skipped: 0, output, notes: [] };
}

/** Runs a test runner that writes a JSON report; a missing or unreadable report is a failure of its own. */
async function reported(node, script, args, env, file, read, under = []) {
  mkdirSync(stateDir, { recursive: true });
  const path = join(stateDir, file);
  rmSync(path, { force: true });
  // Engines are started a hundred times: what V8 compiled of them is kept.
  const kept = { NODE_COMPILE_CACHE: join(stateDir, 'compile-cache') };
  const [command, ...rest] = [...under, node, script, ...args];
  const { code, output } = await run(command, rest, { env: toolEnv(node, { ...kept, ...env(path) }) });
  let counts;
  try {
    counts = read(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return { passed: 0, failed: 1, skipped: 0, output: `${output}\nNo report was written.`, notes: [] };
  }
  // The runner can fail without a failed test: an error outside of any, a file that could not be loaded.
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  return { ...counts, output };
}

function vitestCounts(report) {
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  const skipped = tests.filter(({ status }) => ['pending', 'skipped', 'todo', 'disabled'].includes(status));
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed: tests.filter(({ status }) => status === 'failed').length + brokenFiles.length,
    skipped: skipped.length,
    notes: skipped.map(({ fullName }) => fullName),
    broken: [
      ...brokenFiles.map(({ name }) => relative(root, name)),
      ...report.testResults.flatMap(({ name, assertionResults }) =>
        assertionResults
          .filter(({ status }) => status === 'failed')
          .map(({ fullName }) => `${relative(root, name)}: ${fullName}`),
      ),
    ],
  };
}

function playwrightCounts(report) {
  const specs = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specs)];
  const tests = report.suites.flatMap(specs).flatMap((spec) => spec.tests.map(({ status }) => ({ status, spec })));
  const count = (...states) => tests.filter(({ status }) => states.includes(status)).length;
  const named = (state) =>
    tests.filter(({ status }) => status === state).map(({ spec }) => `${spec.file}: ${spec.title}`);
  return {
    passed: count('expected', 'flaky'),
    failed: count('unexpected') + report.errors.length,
    skipped: count('skipped'),
    notes: tests.filter(({ status }) => status === 'skipped').map(({ spec }) => spec.title),
    broken: named('unexpected'),
    shaky: named('flaky'),
  };
}

const vitest = (project) => (node) => {
  const args = ['run', '--project', project, '--reporter=default', '--reporter=json'];
  const outputFile = join(stateDir, `vitest-${project}.json`);
  return reported(
    node,
    bin('vitest', 'vitest.mjs'),
    [...args, `--outputFile.json=${outputFile}`],
    () => ({ NO_COLOR: '1' }),
    `vitest-${project}.json`,
    vitestCounts,
  );
};

const playwright = (project, under) => (node) =>
  reported(
    node,
    bin('@playwright', 'test', 'cli.js'),
    ['test', '--project', project, '--reporter=list,json'],
    (path) => ({ NO_COLOR: '1', PLAYWRIGHT_JSON_OUTPUT_FILE: path }),
    `playwright-${project}.json`,
    playwrightCounts,
    under?.(),
  );

const xvfb = '/usr/bin/xvfb-run';
const headless = () => process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;

/** Why the window's tests cannot run here and how to get them to, or null. */
async function noWindow() {
  const { findElectron } = await import(pathToFileURL(join(root, 'out', 'main', 'window.js')).href);
  if (!findElectron()) return 'Electron’s program is not installed here; to get it, npx install-electron';
  if (process.platform === 'linux' && process.getuid() === 0)
    return 'as root Chromium has no sandbox, and the window opens only inside one; run npm test as an ordinary user';
  if (headless() && !existsSync(xvfb)) return 'there is no display; to get one, install xvfb and xauth';
  return null;
}

/** A screen of its own where there is none. */
const onScreen = () => (headless() ? [xvfb, '-a', '-s', '-screen 0 1600x1000x24'] : []);

/** Every check by name, in the order of the fastest answer first. Those of one group run side by side. */
export const groups = [
  [
    { name: 'types', run: (node) => verdict(node, bin('typescript', 'bin', 'tsc'), ['-b']) },
    { name: 'lint and format', run: (node) => verdict(node, bin('@biomejs', 'biome', 'bin', 'biome'), ['check', '.']) },
  ],
  [
    {
      name: 'import rules',
      run: (node) =>
        verdict(node, bin('dependency-cruiser', 'bin', 'dependency-cruiser.mjs'), [
          '--config',
          '.dependency-cruiser.cjs',
          'src',
        ]),
    },
    { name: 'unused code', run: (node) => verdict(node, bin('knip', 'bin', 'knip.js'), ['--no-progress']) },
  ],
  [{ name: 'unit tests', run: vitest('unit') }],
  [{ name: 'integration tests', run: vitest('integration') }],
  [{ name: 'browser tests', needs: 'Chromium', run: playwright('studio') }],
  [{ name: 'Electron tests', needs: 'Electron', unless: noWindow, run: playwright('electron', onScreen) }],
];
