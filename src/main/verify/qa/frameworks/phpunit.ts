import { insertedAfter, programAt, withoutFlags } from './command/program.js';
import type { Framework, TestCommand } from './framework.js';
import { readJunit } from './reading/junit.js';

const names = new Set(['phpunit', 'pest', 'paratest']);

export const phpunit: Framework = {
  id: 'phpunit',
  title: 'PHPUnit',
  description: 'Pest and ParaTest write the same report',
  detect({ files, read }) {
    if (files.some((path) => /^phpunit(\.dist)?\.xml(\.dist)?$/.test(path))) return 0.95;
    return /"(?:phpunit\/phpunit|pestphp\/pest)"/.test(read('composer.json') ?? '') ? 0.9 : 0;
  },
  starts: (argv) => programAt(argv, names) >= 0,
  usual: ({ files }) => [files.includes('vendor/bin/phpunit') ? 'vendor/bin/phpunit' : 'phpunit'],
  command(argv, { folder }): TestCommand {
    const report = `${folder}/phpunit.xml`;
    const cleaned = withoutFlags(argv, ['--log-junit']);
    const at = programAt(cleaned, names);
    if (at < 0) return { argv: [...argv], env: {}, reports: [] };
    return { argv: insertedAfter(cleaned, at, ['--log-junit', report]), env: {}, reports: [report] };
  },
  report: (files) =>
    readJunit(
      files,
      ({ suites, name, attributes: { class: className, classname } }) =>
        `${className ?? classname ?? suites.at(-1) ?? ''}::${name}`,
    ),
  output(text) {
    const crash = /^(?:PHP )?(?:Parse error|Fatal error): [^\n]{1,300}/m.exec(text);
    return crash ? { tests: [], collection_error: crash[0] } : null;
  },
};
