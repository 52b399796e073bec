import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sluice } from '../support/engine.js';

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
