import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7 } from '../../src/shared/ids.js';
import { type Engine, sluice, startEngine } from '../support/engine.js';

/** Exports and consents of traces that are named one by one, more of them than a query can hold. */

const stored = 120;
let engine: Engine;
let picked: string[];

beforeAll(async () => {
  engine = await startEngine();
  for (let at = 0; at < stored; at += 1) {
    const payload = { name: 'weigh', arguments: { crate: at }, result: { kg: at } };
    await engine.api('/ingest', { body: { trace_id: `crate-${at}`, event_type: 'tool_call', payload } });
  }
  await engine.settled();
  const { items } = await engine.api('/traces?limit=200');
  picked = items.map(({ trace_id }: { trace_id: string }) => trace_id).filter((_: string, at: number) => at % 8 !== 0);
});
afterAll(() => engine?.dispose());

async function finished(job: { job_id: string }) {
  // biome-ignore lint/suspicious/noExplicitAny: results of every kind of job
  return engine.until<any>(`/jobs/${job.job_id}`, (now: any) => (/queued|running/.test(now.state) ? null : now));
}
const many = () => [...picked, ...Array.from({ length: 10_000 - picked.length }, () => uuidv7())];
const rowsIn = (file: string) =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('picked traces', () => {
  it('are previewed and exported, and no other; the manifest says how many were picked', async () => {
    expect(picked.length).toBeGreaterThan(90);
    const body = { layout: 'traces', format: 'jsonl', trace_ids: many() };
    expect(await engine.api('/exports/preview', { body })).toMatchObject({ traces: picked.length, skipped: 0 });
    const job = await finished(await engine.api('/exports', { body }));
    expect(job).toMatchObject({ state: 'done', result: { traces: picked.length, rows: picked.length } });
    const rows = rowsIn(join(job.result.out, 'data.jsonl'));
    expect(new Set(rows.map(({ trace_id }) => trace_id))).toEqual(new Set(picked));
    expect(JSON.parse(readFileSync(join(job.result.out, 'manifest.json'), 'utf8'))).toMatchObject({ picked: 10_000 });
    // The list of jobs leaves out what is long, the job has it.
    const { items } = await engine.api('/jobs?kind=export');
    expect(items).toMatchObject([{ job_id: job.job_id, params: null }]);
    expect(job.params.options.trace_ids).toHaveLength(10_000);

    const refused = await fetch(`${engine.ready.api}/exports/preview`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${engine.ready.token}` },
      body: JSON.stringify({ ...body, trace_ids: [...body.trace_ids, uuidv7()] }),
    });
    expect(refused.status).toBe(422);
  });

  it('are exported by the command line from a file of ids', async () => {
    const file = join(engine.ready.data_dir, 'trace-ids.txt');
    writeFileSync(file, `${picked.join('\n')}\n`);
    const out = join(engine.ready.data_dir, 'picked');
    const flags = ['--layout', 'traces', '--format', 'jsonl', '--out', out, '--trace-ids', file];
    const done = await sluice(['export', '--data-dir', engine.ready.data_dir, ...flags]);
    expect(done.code, done.stderr).toBe(0);
    expect(
      rowsIn(join(out, 'data.jsonl'))
        .map(({ trace_id }) => trace_id)
        .sort(),
    ).toEqual([...picked].sort());
    expect(readFileSync(join(out, 'README.md'), 'utf8')).toContain(`${picked.length} picked by hand`);
    writeFileSync(file, 'crate-1\n');
    const wrong = await sluice([
      'export',
      '--data-dir',
      engine.ready.data_dir,
      ...flags.slice(0, -3),
      `${out}2`,
      '--trace-ids',
      file,
    ]);
    expect(wrong.code).not.toBe(0);
    expect(wrong.stderr).toContain('--trace-ids.0');
  });

  it('are given a consent, and no other', async () => {
    const consent = { basis: 'own_data', scope: ['evaluation'] };
    const job = await finished(await engine.api('/consents', { body: { trace_ids: many(), consent } }));
    expect(job).toMatchObject({ state: 'done', result: { traces: picked.length } });
    const { items } = await engine.api('/traces?limit=200&query=consent.basis:own_data');
    expect(new Set(items.map(({ trace_id }: { trace_id: string }) => trace_id))).toEqual(new Set(picked));
  });
});
