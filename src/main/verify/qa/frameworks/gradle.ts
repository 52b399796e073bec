import { programAt } from './command/program.js';
import type { Framework, TestCommand } from './framework.js';
import { javaReport } from './reading/java.js';

const names = new Set(['gradle', 'gradlew']);
const builds = /(^|\/)(build|settings)\.gradle(\.kts)?$/;

export const gradle: Framework = {
  id: 'gradle',
  title: 'Gradle',
  detect: ({ files }) => (files.some((path) => builds.test(path) && !path.includes('/')) ? 0.9 : 0),
  starts: (argv) => programAt(argv, names) >= 0,
  usual: ({ files }) =>
    files.includes('gradlew') ? ['./gradlew', '--offline', 'test'] : ['gradle', '--offline', 'test'],
  command(argv, { look }): TestCommand {
    if (!gradle.starts(argv, look)) return { argv: [...argv], env: {}, reports: [] };
    // A task that is up to date runs nothing; a build server would outlive the run.
    const flags = ['--rerun-tasks', '--continue', '--no-daemon', '--console=plain'].filter(
      (flag) => !argv.includes(flag),
    );
    return {
      argv: [...argv, ...flags],
      env: {},
      reports: ['**/build/test-results/**/TEST-*.xml', '**/build/test-results/**/*.xml'],
    };
  },
  report: javaReport,
  output(text) {
    const crash =
      /(?:\/[^\s:]{1,300}\.(?:java|kt|groovy):\d+: error: [^\n]{1,200}|^e: [^\n]{1,300}|^> Compilation failed[^\n]{0,200}|^Compilation failed[^\n]{0,200})/m.exec(
        text,
      );
    return crash ? { tests: [], collection_error: crash[0] } : null;
  },
};
