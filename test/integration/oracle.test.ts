import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Job } from '../../src/shared/model/index.js';
import { type Engine, sluice, startEngine } from '../support/engine.js';

/** The oracle through its command: threads, kills, siblings, and files that others changed. */

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-oracle-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A busy machine reads domains for long. */

const cli = join(import.meta.dirname, '..', '..', 'out', 'main', 'cli.js');
const files = (out: string) =>
  readdirSync(out)
    .filter((name) => name.startsWith('traces-'))
    .sort()
    .map((name) => join(out, name));
const sums = (out: string) => files(out).map((file) => createHash('sha256').update(readFileSync(file)).digest('hex'));

it('a run that is killed again and again ends with the bytes of one that was left alone', async () => {
  const [whole, killed] = [join(folder, 'whole'), join(folder, 'killed')];
  const domains = ['finance', 'hr', 'devops', 'restaurants', 'aviation', 'libraries'];
  const run = ['oracle', 'run', '--total', '600', '--json', ...domains.flatMap((id) => ['--domain', id])];
  const { stdout } = await sluice([...run, '--out', whole]);
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({ validated: 600, cancelled: false });
  expect(report.average_calls).toBeGreaterThanOrEqual(1.8);
  expect(report.dag_share).toBeGreaterThanOrEqual(0.2);
  expect(report.diversity.distinct_skeletons).toBeGreaterThanOrEqual(0.5);
  expect(report.diversity.commonest_skeleton).toBeLessThanOrEqual(0.01);
  for (const { recall } of Object.values(report.validators) as { recall: number | null }[])
    if (recall !== null) expect(recall).toBeGreaterThanOrEqual(0.99);
  for (let kill = 0; kill < 3; kill += 1) {
    const more = kill === 0 ? [] : ['--resume'];
    const child = spawn(process.execPath, [cli, ...run, '--out', killed, ...more], { stdio: 'ignore' });
    const over = once(child, 'exit');
    await sleep(800 + kill * 300);
    child.kill('SIGKILL');
    await over;
  }
  expect((await sluice([...run, '--out', killed, '--resume'])).code).toBe(0);
  expect(sums(killed)).toEqual(sums(whole));
});

it('what others changed in its files is found, and siblings that go wrong are', async () => {
  const out = join(folder, 'sample');
  await sluice(['oracle', 'run', '--sample', '--out', out]);
  const [file = ''] = files(out);
  expect((await sluice(['oracle', 'validate', ...files(out)])).stdout).toBe('100 valid, 0 invalid\n');
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const edited = JSON.parse(lines[3] as string);
  edited.graph.calls[0].tool_id = 'finance.wire_everything';
  const changed = join(folder, 'changed.jsonl');
  writeFileSync(changed, [...lines.slice(0, 3), JSON.stringify(edited), lines[4], lines[4], '{"half":'].join('\n'));
  const checked = await sluice(['oracle', 'validate', changed, '--json']);
  expect(checked.code).toBe(1);
  const { valid, invalid, items } = JSON.parse(checked.stdout);
  expect({ valid, invalid }).toEqual({ valid: 4, invalid: 3 });
  expect(
    items.map(({ line, errors }: { line: number; errors: { validator: string }[] }) => [line, errors[0]?.validator]),
  ).toEqual([
    [4, 'tools'],
    [6, 'duplicate'],
    [7, 'shape'],
  ]);
  const siblings = await sluice(['oracle', 'corrupt', file, '--kind', 'scope_creep']);
  const found = siblings.stdout.trimEnd().split('\n');
  expect(found.length).toBeGreaterThan(2);
  const wrong = join(folder, 'wrong.jsonl');
  writeFileSync(wrong, siblings.stdout);
  expect((await sluice(['oracle', 'validate', wrong])).stdout).toContain(`0 valid, ${found.length} invalid`);
  expect((await sluice(['oracle', 'corrupt', file, '--kind', 'none'])).code).toBe(2);
});

it('a run is a job of the engine: it goes on after a kill, and what is chosen of it comes into the store', async () => {
  const dataDir = join(folder, 'data');
  let engine: Engine = await startEngine([], { dataDir });
  const over = (id: string) =>
    engine.until<Job>(`/jobs/${id}`, (job: Job) => job.state !== 'queued' && job.state !== 'running' && job);
  const open = (path: string, body: unknown) => engine.api<Job>(path, { body });
  try {
    const { items } = await engine.api('/oracle/domains');
    expect(items.length).toBeGreaterThanOrEqual(50);
    expect(items).toContainEqual(
      expect.objectContaining({ domain: 'finance', title: 'Finance', tools: expect.any(Number) }),
    );
    const none = await engine.fetch('/oracle/runs', { method: 'POST', body: { total: 5, domains: ['nowhere'] } });
    expect(await none.json()).toMatchObject({ error: { code: 'oracle_domain_unknown' } });

    const domains = ['finance', 'HR', 'devops'];
    const killed = await open('/oracle/runs', { total: 6000, domains, seed: 9 });
    await engine.until(`/oracle/runs/${killed.job_id}`, (run) => run.validated > 0);
    // Nothing that is asked meanwhile waits for it.
    await engine.api('/traces');
    expect(await engine.api(`/jobs/${killed.job_id}`)).toMatchObject({ state: 'running' });
    await engine.kill9();
    engine = await startEngine([], { dataDir });
    const small = await open('/oracle/runs', { total: 60, domains, seed: 9 });
    const cancelled = await open('/oracle/runs', { total: 50_000_000 });
    expect(await over(killed.job_id)).toMatchObject({ state: 'done', result: { validated: 6000 } });
    const done = await over(small.job_id);
    expect(done).toMatchObject({ state: 'done', error: null, work: { done: 60, total: 60, unit: 'traces' } });
    await engine.until(`/oracle/runs/${cancelled.job_id}`, (run) => run.validated > 0);
    await engine.api(`/jobs/${cancelled.job_id}`, { method: 'DELETE' });
    expect((await over(cancelled.job_id)).state).toBe('cancelled');
    // Gone on with it is the same run, and paused it stays so.
    await open(`/oracle/runs/${cancelled.job_id}/resume`, {});
    const { live } = await engine.until(`/oracle/runs/${cancelled.job_id}`, (run) => run.live?.validated > 0 && run);
    expect(live).toMatchObject({ cost_usd: 0, worth_a_look: [], shapes: { dag: expect.any(Number) } });
    await open(`/oracle/runs/${cancelled.job_id}/pause`, {});
    expect(await over(cancelled.job_id)).toMatchObject({ state: 'paused', error: { code: 'job_paused' } });
    const whole60 = await engine.fetch(`/oracle/runs/${small.job_id}/resume`, { method: 'POST', body: {} });
    expect(await whole60.json()).toMatchObject({ error: { code: 'job_not_resumable' } });
    expect(readdirSync(join(dataDir, 'oracle', cancelled.job_id)).filter((name) => name.endsWith('.tmp'))).toEqual([]);

    // One that was cut off has the bytes of one that was not, which is what the command writes.
    const whole = join(folder, 'of-command');
    const command = ['--total', '6000', '--seed', '9', '--out', whole, ...domains.flatMap((id) => ['--domain', id])];
    expect((await sluice(['oracle', 'run', ...command])).code).toBe(0);
    expect(sums(join(dataDir, 'oracle', killed.job_id))).toEqual(sums(whole));

    const list = await engine.api('/oracle/runs?limit=2');
    expect(list.items.map(({ run_id }: { run_id: string }) => run_id)).toEqual([cancelled.job_id, small.job_id]);
    expect(list.next_cursor).not.toBeNull();
    const run = await engine.api(`/oracle/runs/${small.job_id}`);
    expect(run).toMatchObject({
      ...{ run_id: small.job_id, state: 'done', total: 60, domains: ['finance', 'hr', 'devops'], validated: 60 },
      manifest: { run_id: small.job_id, config: { seed: 9, total: 60 } },
      report: { run_id: small.job_id, validated: 60, domains: { Finance: 20 } },
    });

    const bad = await engine.fetch(`/oracle/runs/${small.job_id}/bring`, { method: 'POST', body: { query: 'cost>3' } });
    expect(await bad.json()).toMatchObject({ error: { code: 'query_invalid' } });
    const brought = await open(`/oracle/runs/${small.job_id}/bring`, { query: 'domain:finance OR domain:hr', most: 7 });
    const { result } = await over(brought.job_id);
    expect(result).toMatchObject({ importer: 'gold-trace', taken: { traces: 7 }, skipped_count: 0 });
    const stored = await engine.api('/traces?query=kind:gold%20client:oracle/sampler');
    expect(stored.items.map(({ metadata }: { metadata: { domain: string } }) => metadata.domain).sort()).toEqual([
      ...Array.from({ length: 4 }, () => 'Finance'),
      ...Array.from({ length: 3 }, () => 'Human Resources'),
    ]);

    // Beside the newest run that has a baseline, in which none of the intents has traces enough.
    const asked = await engine.api('/oracle/intents?query=kind:gold&limit=3');
    expect(asked.items).toHaveLength(3);
    expect(asked.next_cursor).not.toBeNull();
    for (const { intent } of asked.items) expect(['finance', 'hr', null]).toContain(intent.domain);
    const measured = await engine.api(`/traces/${stored.items[0].trace_id}/features`);
    expect(measured).toMatchObject({
      run_id: small.job_id,
      features: { measures: { E_scope: { value: 0 }, E_hierarchy: { value: 0 } } },
      placement: { n: 20, reason: null, measures: { calls: { below: { n: 20, least: 20 } } } },
    });
    expect(await engine.api(`/oracle/runs/${killed.job_id}/baseline`)).toMatchObject({ traces: 6000, left_out: 0 });
    const wide = await sluice([
      ...['oracle', 'features', '--data-dir', dataDir, '--query', 'kind:gold'],
      ...['--run', killed.job_id, '--json'],
    ]);
    const placements = wide.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).placement);
    expect(placements).toHaveLength(7);
    expect(placements.filter(({ group }) => group.includes('.')).length).toBeGreaterThan(4);
    const no = await engine.fetch(`/oracle/runs/${cancelled.job_id}/baseline`);
    expect([no.status, await no.json()]).toMatchObject([404, { error: { code: 'not_found' } }]);

    // Drawn for people: some of them are in the store already, and the share that is discarded stands with the run.
    const runPath = `/oracle/runs/${small.job_id}`;
    await over((await open(`${runPath}/sample`, { size: 20, seed: 3 })).job_id);
    const { samples } = await engine.api(runPath);
    expect(samples).toMatchObject([{ size: 20, seed: 3, brought: 20, confirmed: 0, discarded: 0, discard_rate: null }]);
    const [sample] = samples;
    const drawn = await engine.api(`/traces?query=${encodeURIComponent(`sample:${sample.name}`)}`);
    for (const [at, { trace_id }] of drawn.items.slice(0, 4).entries())
      await engine.api(`/traces/${trace_id}/review`, {
        method: 'PUT',
        body: { label: at === 0 ? 'rejected' : 'accepted' },
      });
    const queue = await engine.api(`/queues/${encodeURIComponent(sample.queue)}`);
    expect(queue).toMatchObject({ query: `sample:${sample.name}`, progress: { matching: 20 } });
    await over((await open(`${runPath}/sample`, { size: 20, seed: 3 })).job_id);
    expect((await engine.api(runPath)).samples).toMatchObject([
      {
        brought: 20,
        confirmed: 3,
        discarded: 1,
        discard_rate: 0.25,
        interval: [expect.any(Number), expect.any(Number)],
      },
    ]);
    const told = await sluice(['oracle', 'report', '--data-dir', dataDir, small.job_id]);
    expect(told.stdout).toContain('Total traces generated: 60\n');
    expect(told.stdout).toContain('1 of 4 discarded, 25.0% (4.6% to 69.9%)');

    const bring = ['oracle', 'bring', '--data-dir', dataDir, '--json'];
    const byId = await sluice([...bring, small.job_id, '--domain', 'hr', '--most', '4']);
    expect(JSON.parse(byId.stdout).report).toMatchObject({ taken: { traces: 4 }, skipped_count: 0 });
    expect(await engine.stop()).toBe(0);
    const byFolder = await sluice([...bring, whole, '--query', 'tool_calls>=2', '--most', '5']);
    expect(JSON.parse(byFolder.stdout).report).toMatchObject({ taken: { traces: 5 }, skipped_count: 0 });
    expect((await sluice([...bring, join(folder, 'nothing')])).code).toBe(2);
    expect((await sluice([...bring, folder])).stdout).toContain('oracle_run_unreadable');
  } finally {
    await engine.dispose();
  }
});
