import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cleanEnv, type Engine, sluice, startEngine } from '../support/engine.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';

// biome-ignore lint/suspicious/noExplicitAny: answers of the API
type Any = any;

const root = join(import.meta.dirname, '..', '..');
let folder: string;
let engine: Engine;
let server: ModelServer;
let hold: { asked: PromiseWithResolvers<void>; go: PromiseWithResolvers<void> } | null = null;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-generate-'));
  server = await startModelServer();
  server.otherwise(async ({ json }) => {
    const said = json.messages.at(-1).content as string;
    if (hold !== null && said.includes('third')) {
      hold.asked.resolve();
      await hold.go.promise;
    }
    return { text: `You said: ${said}`, usage: { input: 100, output: 50 } };
  });
  engine = await startEngine([]);
  const profile = { name: 'writer', base_url: `${server.url}/v1/`, model: 'writer-1', price: { input: 1, output: 10 } };
  await engine.api('/models', { body: profile });
});
afterAll(async () => {
  await engine?.dispose();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

function prompts(name: string, lines: unknown[]): string {
  const path = join(folder, name);
  writeFileSync(path, lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''));
  return path;
}
const at = () => ['--data-dir', engine.ready.data_dir];
const asking = (prompt: string) => server.requests.filter(({ json }) => json['messages'].at(-1).content === prompt);
const tracesIn = async () => (await engine.api('/traces?query=mode:SIMULATION&limit=200')).items as Any[];

it('a command runs each prompt through the proxy, and after a kill those alone that have no trace', async () => {
  const words = ['first', 'second', 'third', 'fourth, which ends badly'];
  const file = prompts(
    'commands.jsonl',
    words.map((prompt, at) => ({ id: `task-${at + 1}`, prompt })),
  );
  const agent = [process.execPath, join(root, 'test/fixtures/library/ask.mjs'), server.url, '{prompt}'];
  const args = ['generate', ...at(), '--json', '--scenario', 'Tides', file, '--', ...agent];
  hold = { asked: Promise.withResolvers(), go: Promise.withResolvers() };
  const child = spawn(process.execPath, [join(root, 'out/main/cli.js'), ...args], {
    cwd: root,
    env: cleanEnv(),
    detached: true,
  });
  await hold.asked.promise;
  // The command too: what it asked is broken off.
  process.kill(-(child.pid as number), 'SIGKILL');
  await once(child, 'exit');
  await engine.until('/exchanges?query=state:aborted', ({ items }: Any) => items.length > 0);
  hold.go.resolve();
  hold = null;
  await engine.settled();
  expect((await tracesIn()).filter(({ metadata }) => metadata.exit_code === 0)).toHaveLength(2);

  const again = await sluice(args);
  expect(again.code, again.stderr).toBe(0);
  const report = JSON.parse(again.stdout);
  expect(report).toMatchObject({ prompts: 4, ran: 2, there: 2, failed: 0, traces: 4, stopped: null });
  expect(report.cost_usd).toBeGreaterThan(0);
  expect(report.items.map(({ prompt_id, state, exit_code }: Any) => [prompt_id, state, exit_code])).toEqual([
    ['task-1', 'there', 0],
    ['task-2', 'there', 0],
    ['task-3', 'ran', 0],
    ['task-4', 'ran', 3],
  ]);
  expect(words.map((word) => asking(word).length)).toEqual([1, 1, 2, 1]);
  for (const { prompt_id, trace_ids } of report.items) {
    const trace = await engine.api(`/traces/${trace_ids[0]}`);
    expect(trace.metadata).toMatchObject({ prompt_id, execution_mode: 'SIMULATION', scenario: 'Tides' });
    expect(trace.calls).toHaveLength(1);
  }
  expect((await sluice(args)).stdout).toContain('"there":4');
  expect(words.map((word) => asking(word).length)).toEqual([1, 1, 2, 1]);
  // The prompt's label is for the trace, not for the server.
  expect(
    server.requests.flatMap(({ headers }) => Object.keys(headers)).filter((name) => name.startsWith('x-sluice')),
  ).toEqual([]);
});

it('a profile answers them, agreed to and within its budget; another batch asks anew', async () => {
  const file = prompts('profile.jsonl', ['"one"', { text: 'two', system: 'Be short.' }, { id: 3, prompt: 'three' }]);
  const args = ['generate', ...at(), '--json', '--profile', 'writer', '--max-tokens', '100', file];
  const refused = await sluice(args);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('model_not_agreed')]);
  await engine.api('/models/writer/agree', { body: { host: new URL(server.url).host } });

  // One answer costs 0.0006, and the next may cost 0.001 and more.
  const cut = await sluice([...args, '--budget', '0.0018']);
  expect(cut.code, cut.stdout + cut.stderr).toBe(1);
  const first = JSON.parse(cut.stdout);
  expect(first).toMatchObject({ stopped: 'budget', failed: 0 });
  expect(first.ran).toBeGreaterThan(0);
  expect(first.ran).toBeLessThan(3);
  expect(first.cost_usd).toBeCloseTo(first.ran * 0.0006, 8);

  const whole = await sluice([...args, '--budget', '1', '--at-once', '3']);
  expect(whole.code, whole.stderr).toBe(0);
  expect(JSON.parse(whole.stdout)).toMatchObject({ ran: 3 - first.ran, there: first.ran, traces: 3, stopped: null });
  expect(['one', 'two', 'three'].map((word) => asking(word).length)).toEqual([1, 1, 1]);
  expect(asking('two')[0]?.json['messages'][0]).toEqual({ role: 'system', content: 'Be short.' });
  const three = (await tracesIn()).find(({ metadata }) => metadata.prompt_id === '3');
  expect(three).toMatchObject({ completion_status: 'completed', models: ['writer-1'], call_count: 1 });

  const twice = JSON.parse((await sluice([...args, '--batch', 'anew', '--times', '2'])).stdout);
  expect(twice).toMatchObject({ prompts: 3, ran: 6, there: 0, traces: 6 });
});

it('requests of the store seed gold traces that ask for the same of other rows', async () => {
  const [runs, out, bad] = ['seeds', 'seeded.jsonl', 'other.jsonl'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await sluice(['oracle', 'run', '--total', '12', '--domain', 'finance', '--domain', 'travel', '--out', runs]);
  expect((await sluice(['oracle', 'bring', runs, ...at()])).code).toBe(0);
  const seeded = await sluice([
    'oracle',
    'seeded',
    '--query',
    'kind:gold',
    '--each',
    '2',
    '--out',
    out,
    '--json',
    ...at(),
  ]);
  expect(seeded.code, seeded.stderr).toBe(0);
  const report = JSON.parse(seeded.stdout);
  expect(report).toMatchObject({ seeds: 12, traces: report.seeded * 2 });
  expect(report.seeded).toBeGreaterThan(9);
  const checked = await sluice(['oracle', 'validate', out, '--json']);
  expect(JSON.parse(checked.stdout)).toMatchObject({ valid: report.traces, invalid: 0 });
  expect((await sluice(['import', out, ...at()])).code).toBe(0);
  const { items } = (await engine.api('/traces?query=kind:gold&limit=200')) as { items: Any[] };
  const byId = new Map(items.map((trace) => [trace.trace_id, trace]));
  const pairs = items.flatMap((trace) =>
    trace.metadata.seeded_by ? [[byId.get(trace.metadata.seeded_by), trace]] : [],
  );
  expect(pairs).toHaveLength(report.traces);
  const same = pairs.filter(([seed, trace]) => seed.metadata.scenario === trace.metadata.scenario);
  expect(same.length / pairs.length).toBeGreaterThan(0.7);
  for (const [seed, trace] of pairs) expect(trace.title).not.toBe(seed.title);
  const unknown = await sluice(['oracle', 'seeded', '--query', 'mode:SIMULATION', '--out', bad, '--json', ...at()]);
  expect(JSON.parse(unknown.stdout)).toMatchObject({
    traces: 0,
    reasons: expect.arrayContaining([{ trace_id: expect.any(String), reason: expect.any(String) }]),
  });
});

it('bad lines are named with their numbers before anything is asked', async () => {
  const before = server.requests.length;
  const file = prompts('bad.jsonl', ['"good"', 'no json', '', '{"prompt": 4}', '"good"', { id: 'a\nb', prompt: 'x' }]);
  const { code, stderr } = await sluice(['generate', ...at(), '--json', '--profile', 'writer', file]);
  expect(code).toBe(1);
  const { error } = JSON.parse(stderr.trim());
  expect(error.code).toBe('prompts_invalid');
  expect(error.details.lines).toEqual([
    'line 2: no JSON',
    'line 4: `prompt` is no text, or empty',
    'line 5: the same prompt as line 1',
    'line 6: `id` has 1 to 100 characters on one line',
  ]);
  const wrong = async (...more: string[]) => (await sluice(['generate', ...at(), file, ...more])).code;
  expect([
    await wrong(),
    await wrong('--', 'echo', 'no place'),
    await wrong('--profile', 'writer', '--', 'echo', '{prompt}'),
  ]).toEqual([2, 2, 2]);
  expect(server.requests).toHaveLength(before);
});
