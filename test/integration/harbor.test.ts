import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportDataset } from '../../src/main/dataset/index.js';
import type { Step } from '../../src/shared/model/index.js';
import { sessionSource, testId, testTrace } from '../support/traces.js';

/** Harbor’s own models; test/integration/trainers.test.ts says how to get them. */
const python = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sluice-tests/trainers-1/bin/python');
const load = `
import json, pathlib, sys
from harbor.models.task.task import Task
from harbor.models.trajectories import Trajectory
told = []
for folder in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    task = Task(folder)
    path = task.paths.trajectory_path
    steps = len(Trajectory.model_validate_json(path.read_text()).steps) if path.is_file() else None
    told.append([Task.is_valid_dir(folder), task.name, task.config.schema_version, task.config.metadata["from_step"], steps])
print(json.dumps(told))
`;

const root = mkdtempSync(join(tmpdir(), 'sluice-harbor-'));
const origin = join(root, 'origin');
const out = join(root, 'out');
const remote = 'https://git.example.com/acme/clock';
let tasks: string[];

function sh(cwd: string, script: string) {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b.c' };
  const run = spawnSync('bash', ['-c', script], {
    cwd,
    encoding: 'utf8',
    env: { ...env, GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b.c' },
  });
  return { code: run.status, out: run.stdout.trim(), err: run.stderr };
}

const edit = (file: string, before: string, after: string) =>
  `--- a/${file}\n+++ b/${file}\n@@ -1 +1 @@\n-${before}\n+${after}\n`;

beforeAll(async () => {
  mkdirSync(origin);
  writeFileSync(join(origin, 'zone.txt'), 'one\n');
  mkdirSync(join(origin, 'tests'));
  writeFileSync(join(origin, 'tests/check.sh'), 'exit 0\n');
  const commit = (message: string) => sh(origin, `git add -A && git commit -qm ${message} && git rev-parse HEAD`).out;
  sh(origin, 'git init -q . && git config uploadpack.allowAnySHA1InWant true');
  const commit_before = commit('before');
  writeFileSync(join(origin, 'zone.txt'), 'three\n');
  writeFileSync(join(origin, 'tests/check.sh'), 'grep -q three zone.txt\n');
  const commit_after = commit('after');
  const told = [
    { type: 'message', role: 'user', content: 'Zone is wrong' },
    { type: 'reasoning_step', content: 'Which one is it?' },
    { type: 'code_edit', file: 'zone.txt', diff: edit('zone.txt', 'one', 'two') },
    { type: 'code_edit', file: 'tests/check.sh', diff: edit('tests/check.sh', 'exit 0', 'grep -q three zone.txt') },
    { type: 'code_edit', file: 'zone.txt', diff: edit('zone.txt', 'two', 'three') },
  ];
  const repo = { url: remote, commit_before, commit_after, test_command: 'sh tests/check.sh' };
  const traces = [told, told.slice(0, 2)].map((each, number) =>
    testTrace({
      trace_id: testId(1, number),
      metadata: { repo },
      steps: each.map(
        (step, at) => ({ step_id: testId(4, at), seq: at + 1, timestamp: '2026-11-21T09:30:00.000Z', ...step }) as Step,
      ),
    }),
  );
  await exportDataset(
    { layout: 'harbor-task', format: 'harbor', query: '', seed: 0, pseudonyms: 'project' },
    sessionSource(traces.map((trace) => ({ trace, messages: new Map() }))),
    out,
    { signal: new AbortController().signal, onProgress: () => undefined },
  );
  tasks = readdirSync(join(out, 'data')).sort();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

it.runIf(existsSync(python))('harbor’s own models load every task with its prior context', () => {
  const run = spawnSync(python, ['-c', load, join(out, 'data')], { encoding: 'utf8' });
  expect(run.stderr).toBe('');
  const id = testId(1, 0);
  expect(JSON.parse(run.stdout)).toEqual([
    [true, `sluice/${id}-step-00002`, '1.4', 2, null],
    [true, `sluice/${id}-step-00004`, '1.4', 4, 3],
    [true, `sluice/${id}-step-00005`, '1.4', 5, 4],
    [true, `sluice/${testId(1, 1)}-step-00002`, '1.4', 2, null],
  ]);
});

describe.skipIf(process.platform === 'win32')('the scripts of a task', () => {
  it('fail where the session began and pass with its solution, from every step, by edits and by a commit', () => {
    expect(tasks).toHaveLength(4);
    for (const task of tasks) {
      const app = join(root, `app-${task}`);
      const logs = join(root, `logs-${task}`);
      mkdirSync(app);
      const here = (text: string) =>
        text
          .replaceAll(remote, origin)
          .replaceAll('/app', app)
          .replaceAll('/logs', logs)
          .replaceAll('/tmp/prior', join(app, '../prior'));
      const file = (name: string) => join(out, 'data', task, name);
      const docker = readFileSync(file('environment/Dockerfile'), 'utf8').split('\n');
      sh(root, `rm -rf prior; cp -r ${file('environment/prior')} prior`);
      for (const line of docker.filter((each) => /^RUN (?:git init|for patch)/.test(each))) {
        const ran = sh(app, here(line.slice(4)));
        expect(ran, `${task} ${line} ${ran.err}`).toMatchObject({ code: 0 });
      }
      const script = (name: string) => {
        // In its own folder, where its patches lie.
        writeFileSync(file(`${name}.here`), here(readFileSync(file(name), 'utf8')));
        return sh(app, `bash ${file(`${name}.here`)}`);
      };
      const reward = () => {
        const ran = script('tests/test.sh');
        return [ran.code, readFileSync(join(logs, 'verifier/reward.txt'), 'utf8').trim(), ran.err];
      };
      expect(reward().slice(0, 2), task).toEqual([0, '0']);
      expect(script('solution/solve.sh'), task).toMatchObject({ code: 0 });
      expect(reward(), task).toEqual([0, '1', '']);
      // No later commit can be looked up.
      expect(sh(app, 'git log --oneline | wc -l').out).toBe('1');
    }
  });
});
