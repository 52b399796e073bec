import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { frameworkFor } from '../../../src/main/verify/qa/frameworks/index.js';
import { readRun } from '../../../src/main/verify/qa/frameworks/read.js';
import { makeSampleRepository } from '../../../src/main/verify/qa/sample.js';
import { type TestRun, verdictOf } from '../../../src/main/verify/qa/verdict.js';

const folder = mkdtempSync(join(tmpdir(), 'sample-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('the sample fails before its fix and passes after it, in bare Python', async () => {
  const path = join(folder, 'repository');
  const sample = await makeSampleRepository(join(import.meta.dirname, '../../../resources'), path);
  const look = { files: ['tests/test_intervals.py'], read: (name: string) => readFileSync(join(path, name), 'utf8') };
  const framework = frameworkFor(sample.test_command, look);
  expect(framework.id).toBe(sample.framework);
  const runAt = (commit: string): TestRun => {
    spawnSync('git', ['-C', path, 'checkout', '--quiet', commit]);
    const command = framework.command(sample.test_command, { folder, look });
    const [report] = command.reports as [string];
    rmSync(report, { force: true });
    const env = { ...process.env, ...command.env, PYTHONDONTWRITEBYTECODE: '1' };
    const { status, stderr } = spawnSync(command.argv[0] as string, command.argv.slice(1), { cwd: path, env });
    const output = { head: stderr, tail: new Uint8Array(), dropped_bytes: 0 };
    const left = { workdir: path, reports: new Map([[report, readFileSync(report)]]), output, exit_code: status };
    return { report: readRun(framework, command, left), exit_code: status, ended_by: 'itself' };
  };
  const verdict = verdictOf({
    base: [runAt(sample.commit_before)],
    fixed: [runAt(sample.commit_after)],
    exitCodeNamed: false,
  });
  expect(verdict).toMatchObject({
    verdict: 'passed',
    counts: { fail_to_pass: 2, pass_to_pass: 7, skipped: 1 },
  });
});

it('is made in its own folder, also where this process was started by git', async () => {
  const other = join(folder, 'other');
  spawnSync('git', ['init', '--quiet', other]);
  const path = join(folder, 'by-hook');
  const before = { ...process.env };
  Object.assign(process.env, { GIT_DIR: join(other, '.git'), GIT_WORK_TREE: other, GIT_INDEX_FILE: join(other, 'i') });
  try {
    await makeSampleRepository(join(import.meta.dirname, '../../../resources'), path);
  } finally {
    for (const name of ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE'])
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
  }
  const { stdout } = spawnSync('git', ['-C', path, 'log', '--format=%an'], { encoding: 'utf8' });
  expect(stdout).toBe('Sluice\nSluice\n');
  expect(spawnSync('git', ['-C', other, 'rev-list', '--all'], { encoding: 'utf8' }).stdout).toBe('');
});
