import { baseName, insertedAfter } from './command/program.js';
import type { Framework, TestCommand } from './framework.js';
import { readJunit } from './reading/junit.js';

export const nextest: Framework = {
  id: 'nextest',
  title: 'cargo nextest',
  detect({ files }) {
    return files.some((path) => /(^|\/)\.config\/nextest\.toml$/.test(path)) ? 0.95 : 0;
  },
  starts: (argv) => runAt(argv) >= 0,
  usual: () => ['cargo', 'nextest', 'run', '--offline', '--no-fail-fast'],
  command(argv, { folder, look }): TestCommand {
    const at = runAt(argv);
    if (at < 0) return { argv: [...argv], env: {}, reports: [] };
    const named = argv.findIndex((word) => word === '--profile' || word === '-P');
    const profile = named > 0 ? (argv[named + 1] ?? 'default') : 'default';
    const report = `${folder}/nextest.xml`;
    const settings = `${folder}/nextest.toml`;
    // The report is asked for by a file of settings alone; those of the repository go before it, so theirs is looked for too.
    const script = 'printf "[profile.%s.junit]\\npath = \\"%s\\"\\n" "$1" "$2" >"$3"; shift 3; exec "$@"';
    const own = insertedAfter(argv, at, ['--tool-config-file', `sluice:${settings}`]);
    const theirs = /\bjunit\b/.test(look.read('.config/nextest.toml') ?? '') ? [`target/nextest/${profile}/*.xml`] : [];
    return {
      argv: ['sh', '-c', script, 'sh', profile, report, settings, ...own],
      env: {},
      reports: [report, ...theirs],
    };
  },
  report: (files) => readJunit(files, ({ suites, name }) => [suites.at(-1) ?? '', name].filter(Boolean).join(' ')),
  output(text) {
    const crash = /^error(?:\[E\d{4}\])?: [^\n]{1,300}/m.exec(text);
    return crash ? { tests: [], collection_error: crash[0] } : null;
  },
};

function runAt(argv: readonly string[]): number {
  const at = argv.findIndex((word) => word === 'nextest' || baseName(word) === 'cargo-nextest');
  return at >= 0 && argv[at + 1] === 'run' ? at + 1 : -1;
}
