import { insertedAfter, programAt, withoutFlags } from './command/program.js';
import type { Framework, TestCommand } from './framework.js';
import { readJunit } from './reading/junit.js';

const names = new Set(['ctest']);
const building = 'cmake -S . -B build && cmake --build build && exec ctest --test-dir build "$@"';

export const ctest: Framework = {
  id: 'ctest',
  title: 'CTest',
  detect({ files, read }) {
    if (!files.includes('CMakeLists.txt')) return 0;
    return /\b(?:enable_testing|add_test|include\s*\(\s*CTest)\b/i.test(read('CMakeLists.txt') ?? '') ? 0.9 : 0.4;
  },
  starts: (argv) => ctestAt(argv) >= 0,
  usual: () => ['sh', '-c', building, 'ctest'],
  command(argv, { folder }): TestCommand {
    const report = `${folder}/ctest.xml`;
    const cleaned = withoutFlags(argv, ['--output-junit', '--no-tests']);
    const at = ctestAt(cleaned);
    if (at < 0) return { argv: [...argv], env: {}, reports: [] };
    // Words: of a CTest before 3.21 the output is all there is.
    return {
      argv: insertedAfter(cleaned, at, ['--output-junit', report, '--no-tests=error', '--output-on-failure']),
      env: {},
      reports: [report],
      words: true,
    };
  },
  report: (files) => {
    const reading = readJunit(files, ({ name }) => name);
    // A program that is not there, or was not built.
    for (const test of reading?.tests ?? [])
      if (test.outcome === 'skipped' && /Unable to find executable|NOT_BUILT|NOT_AVAILABLE/i.test(test.message ?? ''))
        test.outcome = 'error';
    return reading;
  },
  output(text) {
    const tests = [
      ...text.matchAll(
        /^ *\d{1,6}\/\d{1,6} Test +#\d{1,6}: (\S{1,300}) \.+ *(?:\*{3})?(Passed|Failed|Skipped|Not Run|Timeout|Exception[^\n]{0,40})/gm,
      ),
    ].map(([, id, word]) => ({
      id: id as string,
      outcome:
        word === 'Passed'
          ? ('passed' as const)
          : word === 'Skipped'
            ? ('skipped' as const)
            : word === 'Failed'
              ? ('failed' as const)
              : ('error' as const),
    }));
    const crash = /^CMake Error[^\n]{0,300}|^[^\n]{1,300}: (?:fatal )?error: [^\n]{1,200}/m.exec(text);
    if (tests.length === 0 && !crash) return null;
    return { tests, ...(crash && tests.length === 0 ? { collection_error: crash[0] } : {}) };
  },
};

/** CTest itself, or the name that stands for it in the script of `usual`. */
function ctestAt(argv: readonly string[]): number {
  return argv[0] === 'sh' && argv[2] === building ? 3 : programAt(argv, names);
}
