import type { Package } from './package.js';

/** Sessions with a repository, commits and tests; its one layout cuts them into tasks. */
export const harborTaskPackage = {
  id: 'harbor-task',
  title: 'Harbor tasks',
  description:
    'Sessions of which the repository, the commit before, the change and a test command are known, as tasks that an agent goes on with from any of their steps.',
  layout: 'harbor-task',
  gives: [],
} satisfies Package;
