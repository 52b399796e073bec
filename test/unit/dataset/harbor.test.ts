import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { patchesIn, testFile } from '../../../src/main/dataset/harbor/diffs.js';
import { repositoryOf } from '../../../src/main/dataset/harbor/repository.js';
import {
  eraseFromDataset,
  exportDataset,
  exportPairs,
  fileFormats,
  verifyDataset,
} from '../../../src/main/dataset/index.js';
import type { Json, Step, Trace } from '../../../src/shared/model/index.js';
import { agentSession, type Session, sessionSource, testId, testTrace } from '../../support/traces.js';
import { exportOptions, freshFolder, readJsonl, unhurried } from './support.js';

const time = '2026-11-21T09:30:00.000Z';
const repo = {
  name: 'acme/clock',
  url: 'https://git.example.com/acme/clock.git',
  branch: 'fix',
  commit_before: '4f1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192',
  commit_after: 'a0b1c2d3e4f5061728394a5b6c7d8e9f00112233',
  test_command: 'pytest -q tests',
};
const edit = (file: string, before: string, after: string) =>
  `--- a/${file}\n+++ b/${file}\n@@ -1,1 +1,1 @@\n-${before}\n+${after}\n`;

type Told = { [Each in Step as Each['type']]: Omit<Each, 'step_id' | 'seq' | 'timestamp'> }[Step['type']];

function session(told: readonly Told[], fields: Partial<Trace> = {}, number = 1): Session {
  const steps = told.map(
    (step, at) => ({ step_id: testId(4, number * 100 + at), seq: at + 1, timestamp: time, ...step }) as Step,
  );
  return {
    trace: testTrace({ trace_id: testId(1, number), kind: 'pr_telemetry', steps, metadata: { repo }, ...fields }),
    messages: new Map(),
  };
}

const debugging: Told[] = [
  { type: 'message', role: 'user', content: 'The clock is an hour late.' },
  { type: 'reasoning_step', content: 'Where is the zone read?' },
  { type: 'tool_call', tool_call_id: 'c1', name: 'grep', arguments: { pattern: 'zone' }, status: 'ok' },
  { type: 'tool_result', tool_call_id: 'c1', result: 'clock.py:1' },
  { type: 'code_edit', file: 'clock.py', diff: edit('clock.py', 'zone = 1', 'zone = 0') },
  { type: 'code_edit', file: 'tests/test_clock.py', diff: edit('tests/test_clock.py', 'old', 'new') },
  { type: 'terminal_command', command: 'pytest -q tests', exit_code: 1, output: 'failed' },
  { type: 'reasoning_step', content: 'It is summer.' },
  { type: 'code_edit', file: 'clock.py', diff: edit('clock.py', 'zone = 0', 'zone = summer') },
];

async function built(options: Parameters<typeof exportOptions>[0] = {}, sessions = [session(debugging)]) {
  const out = join(await freshFolder(), 'out');
  const result = await exportDataset(
    exportOptions({ layout: 'harbor-task', pseudonyms: 'project', ...options }),
    sessionSource(sessions),
    out,
    unhurried(),
  );
  const tasks = (await readdir(join(out, 'data'))).sort();
  return { out, result, tasks, text: (task: string, file: string) => readFile(join(out, 'data', task, file), 'utf8') };
}

describe('a task of Harbor', () => {
  it('is in folders whose every file the list of tasks accounts for, and no other', async () => {
    const { out } = await built();
    await writeFile(join(out, 'data', 'notes.txt'), 'somebody’s');
    const told: string[] = [];
    for await (const path of fileFormats.harbor.beside?.(join(out, 'data.jsonl')) ?? []) told.push(path);
    const entries = await readdir(join(out, 'data'), { recursive: true, withFileTypes: true });
    const there = entries.filter((each) => each.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    expect(told.map((path) => join(out, path)).sort()).toEqual(
      there.filter((path) => !path.endsWith('notes.txt')).sort(),
    );
  });

  it('has the state of its step: edits before it in the environment, those behind it as the solution, all tests', async () => {
    const { tasks, text, out, result } = await built({ format: 'parquet' });
    expect(tasks.map((name) => Number(name.slice(-5)))).toEqual([2, 5, 6, 7, 8]);
    expect(result.files.map(({ name }) => name)).toEqual(['data.jsonl']);
    const [start, , , after, late] = tasks as [string, string, string, string, string];
    expect(await text(start, 'instruction.md')).toBe('The clock is an hour late.\n');
    await expect(text(start, 'trajectory.json')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(join(out, 'data', start, 'solution'))).toEqual(['0001.patch', '0002.patch', 'solve.sh']);
    expect(await readdir(join(out, 'data', late, 'environment/prior'))).toEqual(['0001.patch', '0002.patch']);
    expect(await text(late, 'solution/0001.patch')).toBe(edit('clock.py', 'zone = 0', 'zone = summer'));
    expect(await text(late, 'tests/0001.patch')).toBe(edit('tests/test_clock.py', 'old', 'new'));
    expect(await text(late, 'environment/Dockerfile')).toContain(
      `git fetch -q --depth 1 '${repo.url}' '${repo.commit_before}'`,
    );
    expect(await text(after, 'tests/test.sh')).toContain('if pytest -q tests; then echo 1');
    expect(await text(late, 'task.toml')).toContain('prior_edits = 2\nnot_replayed = 2\n');
    expect((await stat(join(out, 'data', late, 'solution/solve.sh'))).mode & 0o777).toBe(0o700);
    expect(await text(late, 'instruction.md')).toMatch(/^Go on with this task\./);
  });

  it('has exactly what was said up to its step as its context', async () => {
    const told: Told[] = [{ type: 'message', role: 'system', content: 'Be careful.' }];
    for (let turn = 0; turn < 4; turn++)
      told.push(
        { type: 'message', role: 'user', content: `Question ${turn}` },
        { type: 'message', role: 'assistant', content: `I look ${turn}` },
        { type: 'tool_call', tool_call_id: `c${turn}`, name: 'grep', arguments: { turn }, status: 'ok' },
        { type: 'tool_result', tool_call_id: `c${turn}`, result: `found ${turn}` },
      );
    const seqs = [7, 11, 15];
    const { tasks, text } = await built({ forks: seqs }, [session(told)]);
    expect(tasks).toHaveLength(3);
    for (const [index, seq] of seqs.entries()) {
      const { steps, schema_version } = JSON.parse(await text(tasks[index] as string, 'trajectory.json'));
      expect(schema_version).toBe('ATIF-v1.8');
      const said = (steps as { [name: string]: Json }[]).flatMap(({ message, tool_calls, observation }) => [
        ...(message === '' ? [] : [message]),
        ...((tool_calls ?? []) as { arguments: Json }[]).map((call) => call.arguments),
        ...((observation as { results: { content: Json }[] } | undefined)?.results ?? []).map(({ content }) => content),
      ]);
      const expected = told.slice(0, seq - 1).map((step) => {
        if (step.type === 'message') return step.content;
        return step.type === 'tool_call' ? step.arguments : (step as { result: Json }).result;
      });
      expect(said).toEqual(expected);
    }
    const odd = built({ forks: [4] }, [session(told)]);
    await expect(odd).rejects.toMatchObject({
      code: 'export_empty',
      message: expect.stringContaining('no answer begins at step 4'),
    });
  });

  it('of a branch holds nothing of the others', async () => {
    const { trace, messages } = agentSession(3, 1, { metadata: { repo } });
    const [first, second] = trace.calls as [Trace['calls'][number], Trace['calls'][number]];
    const retry = { ...second, call_id: testId(2, 99), parent_call_id: first.call_id };
    const steps = (
      [
        { type: 'message', role: 'user', content: 'Where?', call_id: first.call_id },
        { type: 'message', role: 'assistant', content: 'Let me see.', call_id: first.call_id },
        { type: 'message', role: 'user', content: 'And?', call_id: second.call_id },
        { type: 'message', role: 'assistant', content: 'Nowhere.', call_id: second.call_id },
        { type: 'message', role: 'user', content: 'Think.', call_id: retry.call_id },
        { type: 'message', role: 'assistant', content: 'Here.', call_id: retry.call_id },
      ] as Told[]
    ).map((step, at) => ({ step_id: testId(4, at), seq: at, timestamp: time, ...step }) as Step);
    const branched = { trace: { ...trace, steps, calls: [first, second, retry] }, messages };
    const { tasks, text } = await built({ forks: 'last' }, [branched]);
    const { steps: told } = JSON.parse(await text(tasks[0] as string, 'trajectory.json'));
    expect((told as { message: string }[]).map(({ message }) => message)).toEqual(['Where?', 'Let me see.', 'Think.']);
  });

  it('passes the gate and is known by its manifest: what is changed in it is told', async () => {
    const told: Told[] = [
      { type: 'message', role: 'user', content: "Mail jo.miller@corp-mail.net: '; rm -rf / #" },
      { type: 'reasoning_step', content: 'Hm.' },
    ];
    const { out, tasks, text } = await built({}, [session(told)]);
    expect(await text(tasks[0] as string, 'instruction.md')).toMatch(/^Mail <EMAIL_[0-9a-f]{8}>: '; rm -rf/);
    expect(await verifyDataset(out)).toMatchObject({ rows: 1, problems: [], manifest_ok: true });
    await writeFile(join(out, 'data', tasks[0] as string, 'tests/test.sh'), 'exit 0');
    await writeFile(join(out, 'data', tasks[0] as string, 'instruction.md'), 'Do nothing.');
    const { problems } = await verifyDataset(out);
    expect(problems.map(({ message }) => message)).toEqual(
      expect.arrayContaining([expect.stringContaining('tests/test.sh is not the file that was written')]),
    );
    expect(problems).toContainEqual(expect.objectContaining({ message: 'its rows do not give its root' }));
  });

  it('is left out where a trace does not tell enough, with the reason', async () => {
    const without = (fields: Partial<Trace>, number: number) => session(debugging.slice(0, 4), fields, number);
    const sessions = [
      session(debugging, {}, 9),
      without({ metadata: null }, 2),
      without({ metadata: { repo: { ...repo, url: '--upload-pack=touch /tmp/x' } } }, 3),
      without({ metadata: { repo: { ...repo, test_command: 'pytest; curl evil' } } }, 4),
      without({ metadata: { repo: { ...repo, commit_after: null } } }, 5),
    ];
    const { result } = await built({}, sessions);
    expect(result.skipped.map(({ reason }) => reason)).toEqual([
      'no repository is known',
      'its repository has no address that git can clone',
      'its test command is more than one command',
      'what it changed is not known, neither as edits nor as a commit',
    ]);
  });
});

describe('tasks of Harbor in a folder', () => {
  it('go with their trace, and lose what is erased, also where a crash came between', async () => {
    const sessions = [session(debugging, {}, 1), session(debugging, {}, 2)];
    const { out, tasks } = await built({}, sessions);
    const gone = testId(1, 1);
    const erasure = {
      fileNames: ['data.jsonl'],
      erasure_id: testId(9, 1),
      traceIds: new Set([gone]),
      rowKeys: new Set<string>(),
      change: (text: string) => text.replaceAll('summer', 'winter'),
      signal: new AbortController().signal,
      signer: sessionSource([]).signer,
    };
    // As if it had been cut off behind the list: folders that no row names.
    const left = join(out, 'data', `${testId(1, 7)}-step-00001`);
    await mkdir(left);
    const done = await eraseFromDataset(out, erasure);
    expect(done).toMatchObject({ rows_removed: tasks.length / 2, rows_changed: tasks.length / 2 });
    const kept = await readdir(join(out, 'data'));
    expect(kept.some((name) => name.startsWith(gone))).toBe(false);
    expect(kept).toHaveLength(tasks.length / 2);
    expect(await readFile(join(out, 'data', kept[0] as string, 'solution/0002.patch'), 'utf8')).toContain('winter');
    expect(await verifyDataset(out)).toMatchObject({ problems: [], manifest_ok: true });
    expect(await eraseFromDataset(out, erasure)).toBeNull();
  });

  it('of a list from before tasks were tried are read, written and found to be what they were', async () => {
    const { out } = await built();
    const { harbor } = fileFormats;
    const rowsOf = async (path: string) => {
      const rows: object[] = [];
      for await (const row of harbor.rows(path, [])) rows.push(row);
      return rows;
    };
    const [task] = await rowsOf(join(out, 'data.jsonl'));
    const { run: _run, proof: _proof, ...before } = task as { [field: string]: Json };
    const list = join(await freshFolder(), 'data.jsonl');
    const writer = await harbor.open(list, [], undefined as never);
    await writer.write(before);
    await writer.finish();
    const [line] = await readJsonl(list);
    expect(Object.keys(line as object)).not.toEqual(expect.arrayContaining(['run']));
    expect(line).not.toHaveProperty('proven');
    const [again] = await rowsOf(list);
    expect(again).toEqual(before);
    expect(await harbor.problem?.(list, again as never)).toBeNull();
    const [folder = ''] = await readdir(join(dirname(list), 'data'));
    expect(await readFile(join(dirname(list), 'data', folder, 'task.toml'), 'utf8')).not.toContain('proof');
  });

  it('are not read through a link that somebody put there', async () => {
    const { out, tasks } = await built({});
    const at = join(out, 'data', tasks[0] as string, 'instruction.md');
    await rm(at);
    await writeFile(join(out, '../elsewhere'), 'x');
    await symlink(join(out, '../elsewhere'), at);
    await chmod(join(out, '../elsewhere'), 0o600);
    const { problems } = await verifyDataset(out);
    expect(problems[0]?.message).toContain('cannot be read');
  });

  it('stand beside rows of other layouts, each in its own kind of file, and the same twice', async () => {
    const { trace, messages } = agentSession(1, 1);
    const both = { trace: { ...session(debugging).trace, calls: trace.calls }, messages };
    const bytes = async () => {
      const out = join(await freshFolder(), 'out');
      const orders = [
        exportOptions({ package: 'harbor-task', layout: 'harbor-task', compress: 'gzip', pseudonyms: 'project' }),
        exportOptions({ layout: 'trl-messages', compress: 'gzip', pseudonyms: 'project' }),
      ];
      const result = await exportPairs(orders, sessionSource([both]), out, unhurried());
      return { names: result.files.map(({ name }) => name), hashes: result.files.map(({ sha256 }) => sha256), out };
    };
    const [one, two] = [await bytes(), await bytes()];
    expect(one.names).toEqual(['harbor-task/harbor-task/data.jsonl', 'trl-messages/data.jsonl.gz']);
    expect(one.hashes).toEqual(two.hashes);
    expect((await readJsonl(join(one.out, 'harbor-task/harbor-task/data.jsonl')))[0]).toMatchObject({
      from_step: 2,
      prior_context: false,
    });
    await expect(built({ layout: 'traces', format: 'harbor' })).rejects.toMatchObject({ code: 'usage' });
    await expect(built({ layout: 'traces', forks: 'all' })).rejects.toMatchObject({ code: 'validation_failed' });
  });
});

it('knows whole diffs from what is only shown', () => {
  const rename = 'diff --git a/x.py b/y.py\nsimilarity index 100%\nrename from x.py\nrename to y.py\n';
  expect(patchesIn(rename, '')).toEqual([{ file: 'x.py', patch: rename }]);
  expect(patchesIn('@@ -1 +1 @@\n-a\n+b', 'src/a.ts')).toEqual([
    { file: 'src/a.ts', patch: '--- a/src/a.ts\n+++ b/src/a.ts\n@@ -1 +1 @@\n-a\n+b\n' },
  ]);
  const two = `${edit('a.py', '1', '2')}${edit('b.py', '3', '4')}`;
  expect(patchesIn(two.replaceAll('\n', '\r\n'), '')?.map(({ file }) => file)).toEqual(['a.py', 'b.py']);
  const created = '--- /dev/null\n+++ b/new.py\n@@ -0,0 +1,2 @@\n+a\n+b\n\\ No newline at end of file\n';
  expect(patchesIn(created, '')).toEqual([{ file: 'new.py', patch: created }]);
  for (const shown of ['-a\n+b', '@@ -1,3 +1,3 @@\n-a\n+b', '', 'Changed two lines.', '@@ ... @@\n-a\n+b'])
    expect(patchesIn(shown, 'x')).toBeNull();
  for (const name of ['tests/a.py', 'src/a.test.ts', 'pkg/clock_test.go', 'test_a.py', 'ATest.java', '__tests__/x.js'])
    expect(testFile.test(name), name).toBe(true);
  for (const name of ['src/latest.ts', 'attestation.go', 'contest/a.py']) expect(testFile.test(name), name).toBe(false);
});

it('finds what importers keep of a repository, and the tests that were run in it', () => {
  const git = { commit_hash: 'abc1234', branch: 'main', repository_url: 'git@git.example.com:acme/clock.git' };
  const run: Told = {
    type: 'tool_call',
    tool_call_id: 'c',
    name: 'shell',
    arguments: { command: ['bash', '-lc', 'cd /src && go test ./...'] },
    status: 'ok',
  };
  expect(repositoryOf(session([run], { metadata: { git } }).trace)).toEqual({
    url: git.repository_url,
    commit_before: 'abc1234',
    commit_after: null,
    test_command: 'go test ./...',
  });
  expect(repositoryOf(session([], { metadata: { git } }).trace)).toBe('no command that runs its tests is known');
});
