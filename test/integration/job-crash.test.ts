import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExportResult, Job, JobLogLine } from '../../src/shared/model/index.js';
import { type Engine, startEngine } from '../support/engine.js';
import { longTraces } from '../support/long-traces.js';

/** Every kind of job that can be started from outside, killed and cancelled while it runs. */

const email = 'ada.lovelace@example.org';
let folder: string;
let dataDir: string;
let engine: Engine;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-job-crash-'));
  dataDir = join(folder, 'data');
  engine = await startEngine([], { dataDir });
  const text = await longTraces(engine);
  const line = `${JSON.stringify({ text: text.slice(0, 10_000) })}\n`;
  mkdirSync(join(folder, 'dataset'));
  const leak = `${JSON.stringify({ text: `write to ${email}` })}\n`;
  writeFileSync(join(folder, 'dataset', 'data.jsonl'), line.repeat(600) + leak + line.repeat(600));
  const call = (id: number) => ({ name: 'search', arguments: { q: `${id} lighthouse` }, result: text.slice(0, 400) });
  const calls = Array.from({ length: 3000 }, (_, id) => `${JSON.stringify(call(id))}\n`);
  writeFileSync(join(folder, 'calls.jsonl'), calls.join(''));
});

afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const open = ({ state }: Job) => state === 'queued' || state === 'running';
const over = (id: string) => engine.until<Job>(`/jobs/${id}`, (job: Job) => !open(job) && job);
const logOf = async (id: string) =>
  (await (await engine.fetch(`/jobs/${id}/log`)).text())
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JobLogLine);

const start: { [kind: string]: () => Promise<Job> } = {
  export: () => engine.api('/exports', { body: { layout: 'traces', format: 'jsonl' } }),
  validate: () => engine.api('/validate', { body: { query: '' } }),
  leaks: () => engine.api('/leaks', { body: { path: join(folder, 'dataset') } }),
  import: () => engine.api('/import', { body: { path: join(folder, 'calls.jsonl'), as: 'tool-calls' } }),
  erasure: async () => (await engine.api('/erasures', { body: { subject: [email, 'keeper of the lamp'] } })).job,
};

/** Starts it and waits until it is at work. */
async function running(kind: string): Promise<Job> {
  const job = await (start[kind] as () => Promise<Job>)();
  return engine.until<Job>(`/jobs/${job.job_id}`, (now: Job) => (now.message !== '' || !open(now)) && now);
}

describe('kill -9', () => {
  it.each(['validate', 'leaks', 'import', 'erasure'])(
    'in the middle of %s: the same job goes on at the next start',
    async (kind) => {
      const { job_id } = await running(kind);
      await engine.kill9();
      engine = await startEngine([], { dataDir });
      const job = await over(job_id);
      expect([job.state, job.error]).toEqual(['done', null]);
      const lines = await logOf(job_id);
      expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index + 1));
      expect(lines.at(-1)?.text).toBe('done');
    },
  );

  it('in the middle of an export: it is written anew, and nothing half-written is left', async () => {
    const { job_id } = await running('export');
    await engine.kill9();
    engine = await startEngine([], { dataDir });
    const job = await over(job_id);
    expect([job.state, job.error]).toEqual(['done', null]);
    const result = job.result as unknown as ExportResult;
    const rows = readFileSync(join(result.out, 'data.jsonl'), 'utf8').trimEnd().split('\n');
    expect(rows).toHaveLength(result.rows);
    expect((await logOf(job_id)).at(-1)?.text).toBe('done');
    expect(readdirSync(join(dataDir, 'exports')).filter((name) => name.includes('partial'))).toEqual([]);
  });
});

describe('a leak check of what is there already', () => {
  it('finds, reports, and shows rows for review', async () => {
    const { job_id } = await engine.api<Job>('/leaks', { body: { path: join(folder, 'dataset') } });
    const job = await over(job_id);
    expect(job.result).toMatchObject({ rows: 1201, leaks_count: 1, by_rule: { 'personal/email': 1 } });
    const report = await engine.api(`/jobs/${job_id}/leaks`);
    expect(report.leaks).toMatchObject([{ file: 'data.jsonl', row: 601 }]);
    expect(JSON.stringify([report, await logOf(job_id)])).not.toContain(email);
    expect((await engine.api(`/jobs/${job_id}/leaks/sample/0`)).text).toContain('lighthouse');
    const nothing = await engine.fetch('/leaks', { method: 'POST', body: { path: join(folder, 'nothing') } });
    expect(await nothing.json()).toMatchObject({ error: { code: 'export_unreadable' } });
  });

  it('is for admin alone', async () => {
    const reader = await engine.api('/tokens', { body: { name: 'reader', scopes: ['read'] } });
    const headers = { authorization: `Bearer ${reader.token}` };
    expect((await engine.fetch('/leaks', { method: 'POST', body: { path: folder }, headers })).status).toBe(403);
  });
});

describe('cancelling', () => {
  it.each(Object.keys(start))('%s is heard while it is at work', async (kind) => {
    const { job_id } = await running(kind);
    await engine.api<Job>(`/jobs/${job_id}`, { method: 'DELETE' });
    const { state } = await over(job_id);
    // It may have come to its end before the cancel came.
    expect(['cancelled', 'done']).toContain(state);
    if (kind !== 'erasure') return;
    expect(readdirSync(join(dataDir, 'receipts')).filter((name) => name.endsWith('.sealed'))).toEqual([]);
  });
});

describe('the files of jobs', () => {
  it('hold no value that was looked for', () => {
    for (const room of ['jobs', 'leak-checks']) {
      // An erasure that came to its end takes the reports of leak checks along.
      if (!existsSync(join(dataDir, room))) continue;
      const names = readdirSync(join(dataDir, room), { recursive: true, withFileTypes: true });
      for (const entry of names.filter((each) => each.isFile())) {
        expect(readFileSync(join(entry.parentPath, entry.name), 'utf8')).not.toContain(email);
      }
    }
  });
});
