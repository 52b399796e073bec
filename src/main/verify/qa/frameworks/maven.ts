import { programAt } from './command/program.js';
import type { Framework, TestCommand } from './framework.js';
import { javaReport } from './reading/java.js';

const names = new Set(['mvn', 'mvnw', 'mvnd']);

export const maven: Framework = {
  id: 'maven',
  title: 'Maven',
  description: 'JUnit and TestNG by Surefire and Failsafe',
  detect: ({ files }) => (files.includes('pom.xml') ? 0.9 : 0),
  starts: (argv) => programAt(argv, names) >= 0,
  usual: () => ['mvn', '-o', 'test'],
  command(argv, { look }): TestCommand {
    if (!maven.starts(argv, look)) return { argv: [...argv], env: {}, reports: [] };
    const asked = [
      '--batch-mode',
      '-Dsurefire.useFile=true',
      '-DdisableXmlReport=false',
      '-Dmaven.test.failure.ignore=false',
    ];
    // Modules behind one whose tests fail are tested all the same.
    const modules = argv.some((word) => /^-f(ae|n|f)$|^--fail-/.test(word)) ? [] : ['--fail-at-end'];
    return {
      argv: [...argv, ...asked.filter((flag) => !argv.includes(flag)), ...modules],
      env: {},
      reports: ['**/target/surefire-reports/TEST-*.xml', '**/target/failsafe-reports/TEST-*.xml'],
    };
  },
  report: javaReport,
  output(text) {
    const crash = /^\[ERROR\] (?:COMPILATION ERROR|[^\n]{1,200}\.java:\[\d+[^\n]{1,200})/m.exec(text);
    const where = /^\[ERROR\] ([^\n]{1,200}\.java:\[\d+[^\n]{1,200})/m.exec(text);
    return crash ? { tests: [], collection_error: where?.[1] ?? crash[0] } : null;
  },
};
