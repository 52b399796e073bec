import type { Framework } from './framework.js';

export const exitCode: Framework = {
  id: 'exit-code',
  title: 'Exit code',
  description: 'Of a command that nothing else is known of',
  detect: () => 0.01,
  starts: () => false,
  usual: () => null,
  command: (argv) => ({ argv: [...argv], env: {}, reports: [] }),
};
