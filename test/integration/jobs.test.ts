import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Job, JobLogLine } from '../../src/shared/model/index.js';
import { cleanEnv, type Engine, sluice, startEngine } from '../support/engine.js';
import { longTraces } from '../support/long-traces.js';

const cli = join(import.meta.dirname, '..', '..', 'out', 'main', 'cli.js');
const email = 'ada.lovelace@example.org';
let folder: string;
let dataDir: string;
let engine: Engine;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-jobs-'));
  dataDir = join(folder, 'data');
  engine = await startEngine([], { dataDir });
  await longTraces(engine);
});

afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const over = (id: string) =>
  engine.until<Job>(`/jobs/${id}`, (job: Job) => job.state !== 'running' && job.state !== 'queued' && job);
const startExport = (layout = 'traces') => engine.api<Job>('/exports', { body: { layout, format: 'jsonl' } });
const logOf = async (id: string, headers: Record<string, string> = {}) => {
  const response = await engine.fetch(`/jobs/${id}/log`, { headers });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
};
const linesOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JobLogLine);

/** `sluice jobs follow`, with what it wrote so far. */
function follow(id: string) {
  const child = spawn(process.execPath, [cli, 'jobs', 'follow', id, '--data-dir', dataDir, '--json'], {
    env: cleanEnv(),
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => (out += chunk));
  return { out: () => out, code: new Promise<number | null>((resolve) => child.once('close', resolve)) };
}

/** A job that runs until somebody ends it: the import of an upload that does not come to its end. */
async function endless(): Promise<Job> {
  const upload = request(`${engine.ready.api}/import?name=endless.jsonl`, {
    method: 'POST',
    headers: { authorization: `Bearer ${engine.ready.token}`, 'content-type': 'application/octet-stream' },
  });
  upload.on('error', () => {}).on('response', (answer) => answer.resume());
  upload.write('{"a":1}\n');
  return engine.until<Job>('/jobs', ({ items }: { items: Job[] }) =>
    items.find(({ kind, state }) => kind === 'import' && state === 'running'),
  );
}

describe('a large export', () => {
  it('runs beside the API, which answers meanwhile; its log is told as it is written', async () => {
    const job = await startExport();
    const following = logOf(job.job_id, { accept: 'text/event-stream' });
    let asked = 0;
    while ((await engine.api<Job>(`/jobs/${job.job_id}`)).state !== 'done') {
      await engine.fetch('/health', { anonymous: true });
      asked += 1;
      await sleep(20);
    }
    // Held by the job, nothing would be answered before it is done.
    expect(asked).toBeGreaterThan(3);

    const { status, type, text } = await following;
    expect([status, type]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect(text).toMatch(/^id: 1\ndata: \{"seq":1,.*"text":"queued"\}$/m);
    expect(text.trimEnd()).toMatch(/event: end\ndata: \{"state":"done"\}$/);
    expect(text).toContain('looking through them for leaks');

    const plain = await logOf(job.job_id);
    expect(plain.type).toContain('application/jsonl');
    const lines = linesOf(plain.text);
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index + 1));
    expect(lines.at(-1)?.text).toBe('done');
    const missed = await logOf(job.job_id, { accept: 'text/event-stream', 'last-event-id': String(lines.length - 1) });
    expect(missed.text.match(/^id: /gm)).toHaveLength(1);
    const nothing = { accept: 'text/event-stream', 'last-event-id': String(lines.length) };
    expect((await logOf(job.job_id, nothing)).status).toBe(204);
    const file = join(dataDir, 'jobs', `${job.job_id}.jsonl`);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('is cancelled on its thread, and leaves nothing behind', async () => {
    const before = readdirSync(join(dataDir, 'exports')).length;
    const job = await startExport();
    await engine.until<Job>(`/jobs/${job.job_id}`, (now: Job) => now.state === 'running' && now);
    await engine.fetch(`/jobs/${job.job_id}`, { method: 'DELETE' });
    expect(await over(job.job_id)).toMatchObject({ state: 'cancelled', error: { code: 'job_cancelled' } });
    expect(linesOf((await logOf(job.job_id)).text).at(-1)).toMatchObject({ level: 'warn' });
    await expect.poll(() => readdirSync(join(dataDir, 'exports')).length).toBe(before);
    // The thread goes on with the next.
    expect(await over((await startExport('tool-calls')).job_id)).toMatchObject({ error: { code: 'export_empty' } });
  });

  it('tells nobody without a token of the scope, and knows no other jobs', async () => {
    const { job_id } = await startExport();
    const writer = await engine.api('/tokens', { body: { name: 'writer', scopes: ['ingest'] } });
    const as = { headers: { authorization: `Bearer ${writer.token}` } };
    expect((await engine.fetch(`/jobs/${job_id}/log`, as)).status).toBe(403);
    expect((await engine.fetch(`/jobs/${job_id}/log`, { anonymous: true })).status).toBe(401);
    expect((await engine.fetch('/jobs/019aa000-0000-7000-8000-000000000000/log')).status).toBe(404);
    await over(job_id);
  });
});

describe('sluice jobs', () => {
  it('lists, shows and follows', async () => {
    const job = await startExport();
    const following = follow(job.job_id);
    expect(await following.code).toBe(0);
    expect(linesOf(following.out()).at(-1)?.text).toBe('done');
    const list = await sluice(['jobs', 'list', '--data-dir', dataDir, '--json']);
    expect(JSON.parse(list.stdout)[0]).toMatchObject({ job_id: job.job_id, state: 'done' });
    const shown = await sluice(['jobs', 'show', job.job_id, '--data-dir', dataDir]);
    expect(shown.stdout).toContain('40 of 40 traces');
    const unknown = await sluice(['jobs', 'follow', '019aa000-0000-7000-8000-000000000000', '--data-dir', dataDir]);
    expect(unknown.code).toBe(1);
  });

  it('cancels', async () => {
    const job = await endless();
    const cancelled = await sluice(['jobs', 'cancel', job.job_id, '--data-dir', dataDir, '--json']);
    expect(JSON.parse(cancelled.stdout)).toMatchObject({ job_id: job.job_id, state: 'cancelled' });
  });

  it('follows over a restart of the engine; the log is kept, and what cannot be gone on with says so', async () => {
    const job = await endless();
    const following = follow(job.job_id);
    await expect.poll(() => following.out()).toContain('running');
    await engine.kill9();
    engine = await startEngine([], { dataDir });
    expect(await following.code).toBe(1);
    const lines = linesOf(following.out());
    expect(lines[0]?.text).toBe('queued');
    expect(lines.at(-1)?.text).toMatch(/^interrupted/);
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index + 1));
    expect(linesOf((await logOf(job.job_id)).text)).toEqual(lines);
  });
});

describe('what a log says', () => {
  it('has passed the gate', async () => {
    const job = await engine.api<Job>('/validate', { body: { query: `"${email}"` } });
    await over(job.job_id);
    for (const name of readdirSync(join(dataDir, 'jobs'))) {
      expect(readFileSync(join(dataDir, 'jobs', name), 'utf8')).not.toContain(email);
    }
    expect(existsSync(join(dataDir, 'jobs', `${job.job_id}.jsonl`))).toBe(true);
  });
});
