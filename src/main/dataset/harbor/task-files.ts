import { testFile } from './diffs.js';
import { environmentOf } from './environments.js';
import { type Task, taskName } from './task.js';

export interface TaskFile {
  path: string;
  text: string;
  /** Scripts are run. */
  script?: true;
}

/** Where the files of a list of patches stand: `0001.patch` and so on. */
export function patchPath(folder: string, index: number): string {
  return `${folder}/${String(index + 1).padStart(4, '0')}.patch`;
}
export const patchFolders = { prior_edits: 'environment/prior', solution: 'solution', tests: 'tests' } as const;

/**
 * A task as Harbor 1.4 reads it (harbor/models/task): instruction, settings, environment, tests, solution, and the prior context. Every
 * value that was captured stands in a quoted text or in a file of its own.
 */
export function taskFiles(task: Task): TaskFile[] {
  const patches = Object.entries(patchFolders).flatMap(([list, folder]) =>
    task[list as keyof typeof patchFolders].map(({ patch }, index) => ({
      path: patchPath(folder, index),
      text: patch,
    })),
  );
  return [
    { path: 'instruction.md', text: task.instruction },
    { path: 'task.toml', text: settings(task) },
    { path: 'environment/Dockerfile', text: dockerfile(task) },
    { path: 'tests/test.sh', text: testScript(task), script: true },
    { path: 'solution/solve.sh', text: solveScript(task), script: true },
    ...(task.trajectory === null
      ? []
      : [{ path: 'trajectory.json', text: `${JSON.stringify(task.trajectory, null, 2)}\n` }]),
    ...patches,
  ];
}

function settings(task: Task): string {
  const { repository } = task;
  return [
    'schema_version = "1.4"',
    '',
    '[task]',
    `name = ${toml(`sluice/${taskName(task)}`)}`,
    'description = "A captured session, to be gone on with from one of its steps."',
    'keywords = ["agent-traces"]',
    '',
    '[metadata]',
    `trace_id = ${toml(task.trace_id)}`,
    `from_step = ${task.from_step}`,
    `step_id = ${toml(task.step_id)}`,
    `repository = ${toml(repository.url)}`,
    `commit_before = ${toml(repository.commit_before)}`,
    ...(repository.commit_after === null ? [] : [`commit_after = ${toml(repository.commit_after)}`]),
    `test_command = ${toml(repository.test_command)}`,
    `prior_edits = ${task.prior_edits.length}`,
    `not_replayed = ${task.not_replayed}`,
    '',
    '[agent]',
    'timeout_sec = 3600.0',
    '',
    '[verifier]',
    'timeout_sec = 1800.0',
    '',
    '[environment]',
    'build_timeout_sec = 1800.0',
    'workdir = "/app"',
    '',
  ].join('\n');
}

function dockerfile({ repository, prior_edits }: Task): string {
  const { image, install } = environmentOf(repository.test_command);
  const [url, commit] = [shell(repository.url), shell(repository.commit_before)];
  return [
    `FROM ${image}`,
    'RUN if command -v apt-get > /dev/null; then apt-get update && apt-get install -y --no-install-recommends git ca-certificates && rm -rf /var/lib/apt/lists/*; fi',
    'WORKDIR /app',
    '# That commit and no later one: the solution must not lie in the history.',
    `RUN git init -q . && git fetch -q --depth 1 ${url} ${commit} && git checkout -q --detach FETCH_HEAD && git tag sluice-base && rm -f .git/FETCH_HEAD`,
    ...(prior_edits.length === 0
      ? []
      : [
          'COPY prior /tmp/prior',
          'RUN for patch in /tmp/prior/*.patch; do git apply --whitespace=nowarn "$patch" || exit 1; done && rm -r /tmp/prior',
        ]),
    '# Only what the repository names itself; add here what its tests need besides.',
    ...(install === null ? [] : [`RUN ${install}`]),
    '',
  ].join('\n');
}

function testScript({ repository, tests, solution }: Task): string {
  const { url, commit_before, commit_after, test_command } = repository;
  const own = tests.length > 0;
  const files = [...new Set(tests.map(({ file }) => file))];
  const fetched = !own && solution.length === 0 && commit_after !== null;
  return [
    '#!/bin/bash',
    '# Runs the captured test command over the tests as they were when the session ended.',
    'cd /app || exit 1',
    'mkdir -p /logs/verifier',
    'echo 0 > /logs/verifier/reward.txt',
    ...(own
      ? [
          `for file in ${files.map(shell).join(' ')}; do`,
          '  git checkout -q sluice-base -- "$file" 2> /dev/null || rm -f -- "$file"',
          'done',
          'for patch in "$(dirname "$0")"/*.patch; do git apply --whitespace=nowarn "$patch" || exit 1; done',
        ]
      : []),
    ...(fetched
      ? [
          `git fetch -q --depth 1 ${shell(url)} ${shell(commit_before)} || exit 1`,
          'before=$(git rev-parse FETCH_HEAD)',
          `git fetch -q --depth 1 ${shell(url)} ${shell(commit_after)} || exit 1`,
          `git diff --name-only "$before" FETCH_HEAD | grep -E ${shell(portable(testFile))} | while IFS= read -r file; do`,
          '  git checkout -q FETCH_HEAD -- "$file" 2> /dev/null || rm -f -- "$file"',
          'done',
        ]
      : []),
    `if ${test_command}; then echo 1 > /logs/verifier/reward.txt; fi`,
    '',
  ].join('\n');
}

function solveScript({ repository, solution }: Task): string {
  const { url, commit_after } = repository;
  return [
    '#!/bin/bash',
    '# The captured change.',
    'set -e',
    'cd /app',
    ...(solution.length > 0
      ? ['for patch in "$(dirname "$0")"/*.patch; do git apply --whitespace=nowarn "$patch"; done']
      : commit_after === null
        ? ['# Nothing was edited from this step on.']
        : [
            `git fetch -q --depth 1 ${shell(url)} ${shell(commit_after)}`,
            'git checkout -q FETCH_HEAD -- .',
            '# What the change deleted.',
            'git diff --name-only --diff-filter=D sluice-base FETCH_HEAD | while IFS= read -r file; do rm -f -- "$file"; done',
          ]),
    '',
  ].join('\n');
}

/** A basic string of TOML 1.0: JSON's escapes are among its own, but for DEL. */
function toml(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll('\u007f', '\\u007f');
}

/** One word of a shell, and of one line of a Dockerfile, whatever stands in it. */
function shell(word: string): string {
  return `'${word.replace(/[\r\n\0]/g, ' ').replaceAll("'", "'\\''")}'`;
}

/** The same pattern as `grep -E` takes it. */
function portable({ source }: RegExp): string {
  return source.replaceAll('(?:', '(').replaceAll('\\/', '/');
}
