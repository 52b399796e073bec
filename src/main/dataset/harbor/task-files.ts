import type { TaskFile, TaskParts } from '../../../shared/model/index.js';
import { preparedFolder, workFolder } from '../../ground/sandbox.js';
import { testFile } from './diffs.js';
import { environmentOf } from './environments.js';
import { runFiles, runFilesHash } from './run-files.js';
import { shell } from './shell.js';
import { type Task, taskName, type WrittenTask } from './task.js';

/** Where the files of a list of patches stand: `0001.patch` and so on. */
export function patchPath(folder: string, index: number): string {
  return `${folder}/${String(index + 1).padStart(4, '0')}.patch`;
}
export const patchFolders = { prior_edits: 'environment/prior', solution: 'solution', tests: 'tests' } as const;

/**
 * A task as Harbor 1.4 reads it (harbor/models/task): instruction, settings, environment, tests, solution, and the prior context. Every
 * value that was captured stands in a quoted text or in a file of its own.
 */
export function taskFiles(task: WrittenTask): TaskFile[] {
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
    ...(task.run == null
      ? [
          { path: 'tests/test.sh', text: testScript(task), script: true as const },
          { path: 'solution/solve.sh', text: solveScript(task), script: true as const },
        ]
      : runFiles(task.run)),
    ...(task.trajectory === null
      ? []
      : [{ path: 'trajectory.json', text: `${JSON.stringify(task.trajectory, null, 2)}\n` }]),
    ...patches,
  ];
}

/** What holds of the files that are written: a policy that hides a part of them makes others than were tried. */
export function proofOf({ run, proof }: Pick<WrittenTask, 'run'> & Pick<Task, 'proof'>): Task['proof'] {
  if (proof.state !== 'proven' || (run != null && runFilesHash(runFiles(run)) === proof.files_hash)) return proof;
  return { ...proof, state: 'not_proven', reason: 'The policy of this dataset changed the files that were proven.' };
}

function settings(task: WrittenTask): string {
  const { repository, proof } = task;
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
    ...(proof === undefined ? [] : proofLines(proofOf({ ...task, proof }))),
    '',
    '[agent]',
    'timeout_sec = 3600.0',
    '',
    '[verifier]',
    'timeout_sec = 1800.0',
    '',
    '[environment]',
    'build_timeout_sec = 1800.0',
    `workdir = ${toml(task.run == null ? '/app' : workFolder)}`,
    '',
  ].join('\n');
}

/** What a task says of whether it was tried. */
function proofLines(proof: Task['proof']): string[] {
  return [
    `proof = ${toml(proof.state)}`,
    `proof_reason = ${toml(proof.reason)}`,
    ...(proof.run_id === null ? [] : [`proof_run = ${toml(proof.run_id)}`]),
    ...(proof.exit_code_before === null ? [] : [`exit_code_before = ${proof.exit_code_before}`]),
    ...(proof.exit_code_after === null ? [] : [`exit_code_after = ${proof.exit_code_after}`]),
    ...(proof.run_id === null ? [] : [`fail_to_pass = [${proof.fail_to_pass.map(toml).join(', ')}]`]),
    ...(proof.run_id === null ? [] : [`pass_to_pass = [${proof.pass_to_pass.map(toml).join(', ')}]`]),
  ];
}

function dockerfile({ repository, prior_edits, run }: WrittenTask): string {
  const { image, install } = run == null ? environmentOf(repository.test_command) : { image: run.image, install: null };
  const [url, commit] = [shell(repository.url), shell(repository.commit_before)];
  return [
    `FROM ${image.replace(/\s/g, '')}`,
    ...(run == null ? [] : environmentLines(run)),
    'RUN if command -v apt-get > /dev/null; then apt-get update && apt-get install -y --no-install-recommends git ca-certificates && rm -rf /var/lib/apt/lists/*; fi',
    `WORKDIR ${run == null ? '/app' : workFolder}`,
    '# That commit and no later one: the solution must not lie in the history.',
    `RUN git init -q . && git fetch -q --depth 1 ${url} ${commit} && git checkout -q --detach FETCH_HEAD && git tag sluice-base && rm -f .git/FETCH_HEAD`,
    ...(prior_edits.length === 0
      ? []
      : [
          'COPY prior /tmp/prior',
          'RUN for patch in /tmp/prior/*.patch; do git apply --whitespace=nowarn "$patch" || exit 1; done && rm -r /tmp/prior',
        ]),
    ...(run == null
      ? [
          '# Only what the repository names itself; add here what its tests need besides.',
          ...(install === null ? [] : [`RUN ${install}`]),
        ]
      : preparation(run)),
    '',
  ].join('\n');
}

/** The environment that the run of tests had, which is the same on every day. */
function environmentLines({ image_id, env }: TaskParts): string[] {
  return [
    ...(image_id === null ? [] : [`# The tests ran in ${image_id.replace(/[^\w:.-]/g, '')}.`]),
    ...env.map(({ name, value }) => `ENV ${name.replace(/\W/g, '_')}=${JSON.stringify(value).replaceAll('$', '\\$')}`),
  ];
}

/** What the run was prepared by: its commands, with the files that they read, in the folder above the repository. */
function preparation({ prepare, dependencies }: TaskParts): string[] {
  if (prepare.length === 0) return [];
  return [
    // Without paths it would give all there is.
    ...(dependencies.length === 0
      ? []
      : [`RUN git archive sluice-base -- ${dependencies.map(shell).join(' ')} | tar -x -C ${preparedFolder}`]),
    `WORKDIR ${preparedFolder}`,
    ...prepare.map(({ argv }) => `RUN ${JSON.stringify(argv)}`),
    `WORKDIR ${workFolder}`,
  ];
}

function testScript({ repository, tests, solution }: WrittenTask): string {
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

function solveScript({ repository, solution }: WrittenTask): string {
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

/** The same pattern as `grep -E` takes it. */
function portable({ source }: RegExp): string {
  return source.replaceAll('(?:', '(').replaceAll('\\/', '/');
}
