import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ErasureReceipt, Job } from '../../src/shared/model/index.js';
import { type Engine, sluice, startEngine } from '../support/engine.js';
import { startModelServer } from '../support/model-server.js';
import { searchDatabase, searchFiles } from '../support/planted.js';

const email = ['tilda.marsh', 'example.org'].join('@');
const other = ['otto.reed', 'example.org'].join('@');
const planted = { email };

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'sluice-erasure-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function chat(proxy: string, words: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const body = JSON.stringify({ model: 'gpt-5.1', messages: [{ role: 'user', content: words }] });
    const outgoing = request(
      `${proxy}/stub/v1/chat/completions`,
      { method: 'POST', headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } },
      (incoming) => text(incoming).then(resolve, reject),
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const over = (job: Job) => (job.state === 'queued' || job.state === 'running' ? null : job);
const finished = (engine: Engine, job: Job) => engine.until<Job>(`/jobs/${job.job_id}`, over);
const keeping = { version: 2, actions: { EMAIL: 'keep' } };

async function exported(engine: Engine, layout: string, format: string): Promise<string> {
  const job = await engine.api<Job>('/exports', { method: 'POST', body: { layout, format, query: '' } });
  const done = await finished(engine, job);
  expect(done.error).toBeNull();
  return (done.result as { out: string }).out;
}

describe('erasure by subject', () => {
  it('reaches store, search, journal and datasets, and leaves a receipt without the values', async () => {
    await using model = await startModelServer();
    await using engine = await startEngine(['--upstream', `stub=${model.url}`], { dataDir });
    await engine.api('/policy', { method: 'PUT', body: keeping });
    await chat(engine.ready.proxy, `Please write to ${email} about the lighthouse`);
    await chat(engine.ready.proxy, `Please write to ${other} about the harbour`);
    await engine.settled();
    const folders = [
      await exported(engine, 'traces', 'jsonl'),
      await exported(engine, 'traces', 'parquet'),
      await exported(engine, 'openai-chat', 'jsonl'),
    ];
    expect(searchFiles(dataDir, planted).length).toBeGreaterThan(0);

    const values = join(dataDir, '..', `values-${process.pid}.txt`);
    writeFileSync(values, `${email}\n`);
    try {
      const flags = ['--subject-file', values, '--data-dir', dataDir, '--json'];
      const shown = JSON.parse((await sluice(['erase', ...flags])).stdout);
      expect(shown).toMatchObject({ traces: 1, exchanges: 1 });
      expect(searchFiles(dataDir, planted).length).toBeGreaterThan(0);
      const run = await sluice(['erase', ...flags, '--yes']);
      expect(run.stderr).toBe('');
      const receipt = JSON.parse(run.stdout) as ErasureReceipt;
      expect(receipt.done).toMatchObject({
        traces_deleted: 0,
        journal: 'empty',
        rewritten: { exchanges: 1, failed: 0 },
      });
      expect(receipt.done.exports.map(({ state, rows_changed }) => [state, rows_changed])).toEqual(
        folders.map(() => ['rewritten', 1]),
      );
      expect(receipt.asked.values[0]).toMatch(/^[0-9a-f]{64}$/);
      const { items } = await engine.api('/erasures');
      expect(items).toEqual([receipt]);
    } finally {
      rmSync(values);
    }
    expect(searchDatabase(join(dataDir, 'sluice.db'), planted).found).toEqual([]);
    expect(searchFiles(dataDir, planted)).toEqual([]);
    expect(readdirSync(join(dataDir, 'receipts')).filter((name) => name.endsWith('.sealed'))).toEqual([]);
    for (const folder of folders) {
      const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
      expect(manifest.rows).toBe(2);
      expect(JSON.parse(readFileSync(join(folder, 'ERASED.json'), 'utf8'))).toHaveLength(1);
      if (manifest.format === 'parquet') continue;
      expect(readFileSync(join(folder, manifest.files[0].name), 'utf8')).toContain(other);
    }
    const found = await engine.api('/traces?query=lighthouse');
    expect(found.items).toHaveLength(1);
    expect((await engine.api('/traces?query=tilda')).items).toEqual([]);
    expect(engine.log()).not.toContain(email);
  });

  it('deletes traces by query, and their rows in datasets that were written', async () => {
    await using model = await startModelServer();
    await using engine = await startEngine(['--upstream', `stub=${model.url}`], { dataDir });
    await chat(engine.ready.proxy, 'Tell me about the lighthouse');
    await chat(engine.ready.proxy, 'Tell me about the harbour');
    await engine.settled();
    const folders = [await exported(engine, 'traces', 'parquet'), await exported(engine, 'openai-chat', 'jsonl')];
    const definition = join(dataDir, 'definition.json');
    writeFileSync(definition, JSON.stringify({ layouts: ['openai-chat'], format: 'jsonl' }));
    // Built by a command: no job of the engine tells of it.
    await sluice(['dataset', 'create', 'talks', '--definition', definition, '--data-dir', dataDir]);
    const built = await sluice(['dataset', 'build', 'talks', '--data-dir', dataDir, '--json']);
    expect(built.stderr).toBe('');
    folders.push(JSON.parse(built.stdout).out);
    const { erasure_id, job } = await engine.api('/erasures', { method: 'POST', body: { query: 'lighthouse' } });
    expect((await finished(engine, job)).error).toBeNull();
    const receipt = await engine.api<ErasureReceipt>(`/erasures/${erasure_id}`);
    expect(receipt.done).toMatchObject({ traces_deleted: 1, exchanges_deleted: 1, rewritten: null });
    expect(receipt.done.exports.map(({ rows_removed }) => rows_removed)).toEqual([1, 1, 1]);
    for (const folder of folders) {
      expect(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')).rows).toBe(1);
    }
    expect(searchFiles(dataDir, { word: 'lighthouse' })).toEqual([]);
    const audit = await engine.api('/audit-log');
    expect(audit.items[0]).toMatchObject({ action: 'erasure', target: erasure_id, hash: receipt.audit_hash });
  });
});

describe('a policy that becomes stricter', () => {
  it('is gone on with after the engine was killed in the middle', async () => {
    await using model = await startModelServer();
    const first = await startEngine(['--upstream', `stub=${model.url}`], { dataDir });
    await first.api('/policy', { method: 'PUT', body: keeping });
    for (let number = 0; number < 80; number++) {
      await chat(first.ready.proxy, `Message ${number} to ${email}: ${'the lighthouse at night '.repeat(400)}`);
    }
    await first.settled();
    // A job told of it, by the rules of then.
    const told = await first.api<Job>('/validate', { method: 'POST', body: { query: '' } });
    await finished(first, told);
    const log = join(dataDir, 'jobs', `${told.job_id}.jsonl`);
    appendFileSync(
      log,
      `${JSON.stringify({ seq: 999, at: new Date().toISOString(), level: 'info', text: `to ${email}` })}\n`,
    );
    const { job } = await first.api('/policy', { method: 'PUT', body: { version: 2 } });
    await first.until<Job>(`/jobs/${job.job_id}`, (now: Job) => (now.progress ?? 0) > 0.05 && now);
    await first.kill9();

    await using engine = await startEngine(['--upstream', `stub=${model.url}`], { dataDir });
    await engine.until(
      '/jobs',
      ({ items }: { items: Job[] }) => items.some(({ kind, state }) => kind === 'rescan' && state === 'done'),
      60_000,
    );
    expect(searchDatabase(join(dataDir, 'sluice.db'), planted).found).toEqual([]);
    expect((await engine.api('/traces?limit=200&query=')).items).toHaveLength(80);
    expect(readFileSync(log, 'utf8')).toMatch(/to <EMAIL_[0-9a-f]{8}>/);
    expect(readFileSync(log, 'utf8')).not.toContain(email);
    await first.dispose();
  });
});
