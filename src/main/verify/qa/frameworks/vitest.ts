import { packageJson, startsProgram, withFlags } from './command/package-json.js';
import type { Framework, TestCommand } from './framework.js';
import { readJestJson } from './reading/jest-json.js';

const names = new Set(['vitest']);
const replaced = ['--reporter', '--outputFile', '--outputFile.json'];
const switches = ['--watch', '-w'];

export const vitest: Framework = {
  id: 'vitest',
  title: 'Vitest',
  detect(look) {
    if (look.files.some((path) => /^vitest\.(config|workspace)\.[cm]?[jt]s$/.test(path))) return 0.96;
    return packageJson(look).packages.has('vitest') ? 0.92 : 0;
  },
  starts: (argv, look) => startsProgram(argv, look, names),
  usual: () => ['npx', '--no-install', 'vitest', 'run'],
  command(argv, { folder, look }): TestCommand {
    const report = `${folder}/vitest.json`;
    // Its default reporter is another one where it believes an agent runs it: both are named.
    const flags = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const made = withFlags(argv, look, names, { flags: ['--watch=false', ...flags], replaced, switches });
    return { argv: made, env: { CI: 'true' }, reports: startsProgram(argv, look, names) ? [report] : [] };
  },
  report: readJestJson,
};
