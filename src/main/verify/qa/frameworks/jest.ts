import { packageJson, startsProgram, withFlags } from './command/package-json.js';
import type { Framework, TestCommand } from './framework.js';
import { readJestJson } from './reading/jest-json.js';

const names = new Set(['jest', 'jest-cli', 'react-scripts']);

export const jest: Framework = {
  id: 'jest',
  title: 'Jest',
  detect(look) {
    const { packages, keys } = packageJson(look);
    if (look.files.some((path) => /^jest\.config\.[cm]?[jt]s(on)?$/.test(path)) || keys.has('jest')) return 0.95;
    return packages.has('jest') || packages.has('react-scripts') ? 0.9 : 0;
  },
  starts: (argv, look) => startsProgram(argv, look, names),
  usual: () => ['npx', '--no-install', 'jest'],
  command(argv, { folder, look }): TestCommand {
    const report = `${folder}/jest.json`;
    const flags = ['--ci', '--watchAll=false', '--json', `--outputFile=${report}`];
    const made = withFlags(argv, look, names, {
      flags,
      replaced: ['--outputFile'],
      switches: ['--watchAll', '--watch', '--json', '--ci'],
    });
    return { argv: made, env: { CI: 'true' }, reports: startsProgram(argv, look, names) ? [report] : [] };
  },
  report: readJestJson,
  /** Where it finds no tests, it writes no report. */
  output: (text) => (/^No tests found, exiting with code \d/m.test(text) ? { tests: [] } : null),
};
