import { createHash } from 'node:crypto';
import type { TaskFile, TaskParts } from '../../../shared/model/index.js';
import { taskReportFolder, workFolder } from '../../ground/sandbox.js';
import { scriptWord } from './shell.js';

/** Where the files of a task's list stand: `0001.file` and so on, whatever they are called in the repository. */
export function partPath(folder: 'tests' | 'solution', index: number): string {
  return `${folder}/${String(index + 1).padStart(4, '0')}.file`;
}

/** The folders `tests` and `solution` of a task that is made of what a run of tests used; nothing of them needs git or a network. */
export function runFiles(parts: TaskParts): TaskFile[] {
  const folders = (['tests', 'solution'] as const).flatMap((folder) =>
    parts[folder].flatMap(({ text }, index) => (text === null ? [] : [{ path: partPath(folder, index), text }])),
  );
  return [
    { path: 'tests/test.sh', text: testScript(parts), script: true },
    { path: 'solution/solve.sh', text: solveScript(parts), script: true },
    ...folders,
  ];
}

/** SHA-256 over them: what was tried is what is written. */
export function runFilesHash(files: readonly TaskFile[]): string {
  const hash = createHash('sha256');
  for (const { path, text } of files) hash.update(`${JSON.stringify([path, text])}\n`);
  return hash.digest('hex');
}

function testScript({ test_command, test_env, tests }: TaskParts): string {
  return [
    '#!/bin/bash',
    '# Runs the tests as they are after the change, by the command that the run of tests had.',
    'here=$(cd "$(dirname "$0")" && pwd)',
    `cd ${workFolder} || exit 1`,
    'mkdir -p /logs/verifier',
    'echo 0 > /logs/verifier/reward.txt',
    ...laid('tests', tests).map((line) => `${line} || exit 1`),
    `rm -rf ${taskReportFolder} && mkdir -p ${taskReportFolder}`,
    ...test_env.map(({ name, value }) => `export ${name.replace(/\W/g, '_')}=${scriptWord(value)}`),
    test_command.map(scriptWord).join(' '),
    'code=$?',
    'echo "$code" > /logs/verifier/exit-code.txt',
    'if [ "$code" -eq 0 ]; then echo 1 > /logs/verifier/reward.txt; fi',
    '',
  ].join('\n');
}

function solveScript({ solution }: TaskParts): string {
  return [
    '#!/bin/bash',
    '# The change, without its tests.',
    'set -e',
    'here=$(cd "$(dirname "$0")" && pwd)',
    `cd ${workFolder}`,
    ...laid('solution', solution),
    '',
  ].join('\n');
}

/** Lines that lay files where they belong. */
function laid(folder: 'tests' | 'solution', files: TaskParts['tests']): string[] {
  return files.map(({ path, text, executable }, index) => {
    const place = scriptWord(`./${path}`);
    if (text === null) return `rm -f -- ${place}`;
    const above = path.includes('/')
      ? `mkdir -p -- ${scriptWord(`./${path.slice(0, path.lastIndexOf('/'))}`)} && `
      : '';
    const from = `"$here"/${partPath(folder, index).slice(folder.length + 1)}`;
    return `${above}rm -f -- ${place} && cp -- ${from} ${place} && chmod ${executable ? 755 : 644} -- ${place}`;
  });
}
