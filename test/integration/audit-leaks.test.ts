import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntry, Job, LeakReport } from '../../src/shared/model/index.js';
import { fileFormatIds, layoutIds } from '../../src/shared/model/index.js';
import { type Engine, sluice, startEngine } from '../support/engine.js';

/** A phrase that no rule knows for a secret; what it is, only the machine can tell. */
const phrase = ['kestrel', 'winter', 'harbour', 'lantern'].join(' ');
/** As a picture carries it in its comment: bytes that redaction takes for no text. */
const picture = Buffer.from([0, 255, 254, 200, 201, ...Buffer.from(phrase), 250, 251, 0]).toString('base64');
const env = { TEAM_PASSPHRASE: phrase };
const allow_leaks = { name: 'Sam Reviewer', reason: 'the phrase of the test bench' };
const wanted = { layout: 'traces', format: 'jsonl' };

let dataDir: string;
let engine: Engine;
let out: string;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'sluice-audit-'));
  out = mkdtempSync(join(tmpdir(), 'sluice-out-'));
  engine = await startEngine([], { dataDir });
  for (const trace_id of ['one', 'two']) {
    const content = `Look at this: data:image/png;base64,${picture}`;
    const sent = { trace_id, event_type: 'message', payload: { role: 'user', content } };
    await engine.api('/ingest', { body: sent });
  }
  await engine.settled();
});
afterAll(async () => {
  await engine?.dispose();
  for (const folder of [dataDir, out]) rmSync(folder, { recursive: true, force: true });
});

async function exported(more: object): Promise<Job> {
  const { job_id } = await engine.api<Job>('/exports', { body: { ...wanted, ...more } });
  return engine.until(`/jobs/${job_id}`, (job: Job) => (job.ended_at === null ? null : job));
}
async function log(): Promise<AuditEntry[]> {
  return (await engine.api('/audit-log?limit=200')).items;
}
const done = (entries: AuditEntry[]) => entries.map(({ action }) => action);

describe('an export', () => {
  it('without a leak has a report that says so, and rows to look at', async () => {
    const job = await exported({ out: join(out, 'clean') });
    expect(job).toMatchObject({ state: 'done', result: { leaks: { leaks_count: 0, rows: 2, overridden: null } } });
    const report = await engine.api<LeakReport>(`/jobs/${job.job_id}/leaks`);
    expect(JSON.parse(readFileSync(join(out, 'clean', 'leaks.json'), 'utf8'))).toEqual(report);
    expect(report.sample.rows.map(({ row }) => row)).toEqual([1, 2]);
    const { text } = await engine.api(`/jobs/${job.job_id}/leaks/sample/1`);
    expect(text).toContain(picture);
    expect((await engine.fetch(`/jobs/${job.job_id}/leaks/sample/2`)).status).toBe(404);
    expect(await log()).toMatchObject([
      { action: 'export_written', target: 'clean', actor: { kind: 'studio' }, details: { rows: 2, leaks_count: 0 } },
    ]);
  });

  it('that holds a known value is refused: where it stands is told, and nothing is left', async () => {
    expect(await engine.stop()).toBe(0);
    engine = await startEngine([], { dataDir, env });
    const job = await exported({ out: join(out, 'refused') });
    expect(job).toMatchObject({
      state: 'failed',
      error: { code: 'export_leaks', details: { by_rule: { 'known-value': expect.any(Number) } } },
    });
    const { leaks } = (job.error as { details: unknown }).details as LeakReport;
    expect(new Set(leaks.map(({ file, row }) => `${file} ${row}`))).toEqual(new Set(['data.jsonl 1', 'data.jsonl 2']));
    expect(JSON.stringify(job)).not.toContain(picture.slice(12, 36));
    expect(readdirSync(out)).toEqual(['clean']);
    expect((await engine.fetch(`/jobs/${job.job_id}/leaks`)).status).toBe(404);
    expect((await log())[0]).toMatchObject({ action: 'export_refused', target: 'refused' });
  });

  it('is written where somebody takes that on by name, and that is written down before', async () => {
    const half = await engine.fetch('/exports', { body: { ...wanted, allow_leaks: { name: 'Sam' } } });
    expect(half.status).toBe(422);
    const job = await exported({ out: join(out, 'taken'), allow_leaks });
    expect(job).toMatchObject({ state: 'done', result: { leaks: { overridden: allow_leaks } } });
    expect(await engine.api(`/jobs/${job.job_id}/leaks`)).toMatchObject({ overridden: allow_leaks });
    const [written, overridden] = await log();
    expect(written).toMatchObject({ action: 'export_written', target: 'taken' });
    expect(overridden).toMatchObject({ action: 'leak_overridden', target: 'taken', details: allow_leaks });
    expect(readFileSync(join(dataDir, 'audit.jsonl'), 'utf8')).not.toContain(picture.slice(12, 36));
  });

  it('on the command line goes by the same rules', async () => {
    const run = (name: string, ...more: string[]) =>
      sluice(
        [
          'export',
          '--data-dir',
          dataDir,
          '--layout',
          'traces',
          '--format',
          'parquet',
          '--out',
          join(out, name),
          ...more,
        ],
        { env },
      );
    const refused = await run('command');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/data\.parquet row 1 .*known-value/);
    expect(refused.stderr).toContain('[export_leaks]');
    expect(refused.stderr).not.toContain(picture.slice(12, 36));
    expect(existsSync(join(out, 'command'))).toBe(false);
    expect((await run('command', '--allow-leaks', 'Sam')).code).toBe(2);
    const taken = await run('command', '--allow-leaks', allow_leaks.name, '--reason', allow_leaks.reason);
    expect(taken.code, taken.stderr).toBe(0);
    expect(done(await log()).slice(0, 3)).toEqual(['export_written', 'leak_overridden', 'export_refused']);

    const found = await sluice(['leaks', join(out, 'command'), '--data-dir', dataDir, '--json'], { env });
    expect(found.code).toBe(1);
    expect(JSON.parse(found.stdout).reports[0].by_rule).toEqual({ 'known-value': expect.any(Number) });
    const clean = await sluice(['leaks', join(out, 'clean', 'data.jsonl'), '--data-dir', join(out, 'none')]);
    expect(clean).toMatchObject({ code: 0, stdout: expect.stringContaining('2 rows, 0 leaks') });
    expect(existsSync(join(out, 'none'))).toBe(false);
  });
});

describe('the audit log', () => {
  it('names who did what: tokens, deletions; and only for admins', async () => {
    const admin = await engine.api('/tokens', { body: { name: 'ops', scopes: ['admin'] } });
    const reader = await engine.api('/tokens', { body: { name: 'reader', scopes: ['read'] } });
    const as = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
    const trace = (await engine.api('/traces')).items[0].trace_id;
    await engine.fetch(`/traces/${trace}`, { method: 'DELETE', ...as(admin.token) });
    await engine.fetch(`/tokens/${reader.token_id}`, { method: 'DELETE', ...as(admin.token) });
    expect((await log()).slice(0, 4)).toMatchObject([
      { action: 'token_revoked', target: reader.token_id, actor: { kind: 'token', token_id: admin.token_id } },
      { action: 'trace_deleted', target: trace, actor: { kind: 'token', token_id: admin.token_id } },
      { action: 'token_created', target: reader.token_id, actor: { kind: 'studio', token_id: null } },
      { action: 'token_created', target: admin.token_id, details: { scopes: ['admin'] } },
    ]);
    const other = await engine.api('/tokens', { body: { name: 'reader', scopes: ['review'] } });
    for (const path of ['/audit-log', '/audit-log/verify']) {
      expect((await engine.fetch(path, as(other.token))).status).toBe(403);
    }
    const first = await engine.api('/audit-log?limit=2&action=token_created');
    expect(first.items).toHaveLength(2);
    const second = await engine.api(`/audit-log?limit=2&action=token_created&cursor=${first.next_cursor}`);
    expect([...first.items, ...second.items].map(({ target }: AuditEntry) => target)).toEqual([
      other.token_id,
      reader.token_id,
      admin.token_id,
    ]);
  });

  it('is verified beside the engine, after a crash in the middle of a line, and not when it was touched', async () => {
    const verify = async () => {
      const { code, stdout } = await sluice(['audit', 'verify', '--data-dir', dataDir, '--json']);
      return { code, ...JSON.parse(stdout) };
    };
    const path = join(dataDir, 'audit.jsonl');
    expect(await engine.api('/audit-log/verify')).toMatchObject({ valid: true, end_checked: true });
    const { entries } = await verify();
    expect(await verify()).toMatchObject({ code: 0, valid: true, entries });

    await engine.kill9();
    appendFileSync(path, '{"action":"token_cre');
    expect(await verify()).toMatchObject({ code: 0, valid: true, entries, torn_bytes: 20 });
    engine = await startEngine([], { dataDir });
    await engine.api('/tokens', { body: { name: 'after', scopes: ['read'] } });
    expect(done(await log()).slice(0, 2)).toEqual(['token_created', 'log_recovered']);
    expect(await verify()).toMatchObject({ code: 0, valid: true, entries: entries + 2, torn_bytes: 0 });
    expect(await engine.stop()).toBe(0);

    const whole = readFileSync(path, 'utf8');
    const list = await sluice(['audit', 'list', '--data-dir', dataDir, '--limit', '2']);
    expect(list.stdout.split('\n')[1]).toMatch(/engine +log_recovered/);
    writeFileSync(path, whole.replace('"target":"clean"', '"target":"other"'));
    expect(await verify()).toMatchObject({ code: 1, valid: false, problem: { line: 1 } });
    const told = await sluice(['audit', 'verify', '--data-dir', dataDir]);
    expect(told.stdout).toContain('line 1: The entry was changed');
    writeFileSync(path, whole.split('\n').slice(0, -2).join('\n').concat('\n'));
    expect(await verify()).toMatchObject({ code: 1, problem: { message: expect.stringContaining('cut off') } });
    writeFileSync(path, whole);
    expect(await verify()).toMatchObject({ code: 0 });
  });
});

it('finds no leak in what the demo captures, in any layout and format', async () => {
  await using demo = await startEngine(['--demo']);
  // The demo has no telemetry of pull requests, no repository and no gold trace, and nobody labelled or compared what is in it.
  const without = ['pr-telemetry', 'gold-trace', 'trl-kto', 'axolotl-stepwise', 'axolotl-kd', 'prm800k', 'harbor-task'];
  const wanted = layoutIds.filter((id) => !without.includes(id) && !id.endsWith('-preference'));
  for (const [index, layout] of wanted.entries()) {
    // Every format of the first layout: which rows there are makes no difference to the others.
    for (const format of index === 0 ? fileFormatIds : fileFormatIds.slice(0, 1)) {
      const { job_id } = await demo.api<Job>('/exports', { body: { layout, format } });
      const job = await demo.until(`/jobs/${job_id}`, (each: Job) => (each.ended_at === null ? null : each));
      expect(job, `${layout} ${format} ${JSON.stringify(job.error)}`).toMatchObject({
        state: 'done',
        result: { leaks: { leaks_count: 0 } },
      });
    }
  }
});
