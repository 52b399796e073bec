import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Router } from '../../src/main/api/rpc/router.js';
import { type Engine, sluice, startEngine } from '../support/engine.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { searchDatabase, searchFiles, shownBy } from '../support/planted.js';

/**
 * One secret of its own in every way in which a text gets into the engine besides the messages themselves; then all that
 * the engine has written is searched for each, in plain, escaped, URL-encoded and base64.
 */

const planted: Record<string, string> = {};
/** A key of a known form, the same for the same name. */
function plant(name: string): string {
  planted[name] ??= `sk-proj-${createHash('sha256').update(name).digest('hex').slice(0, 48)}`;
  return planted[name];
}
/** A value that no detector knows, for what must not be kept whatever it is. */
function plantUnknown(name: string): string {
  planted[name] ??= `Brambleford ${createHash('sha256').update(name).digest('hex').replace(/\d/g, '').slice(0, 16)}`;
  return planted[name];
}
/** Outside of the engine's own folder: what users name there is theirs. */
const beside: string[] = [];

let dataDir: string;
let work: string;
let engine: Engine;
let model: ModelServer;
let closeRpc: () => void;
let rpc: ReturnType<typeof createTRPCClient<Router>>;

function connect(): void {
  const socket = createWSClient({
    url: `${engine.ready.api.replace('http', 'ws')}/rpc`,
    WebSocket: WebSocket as never,
    connectionParams: { token: engine.ready.token },
  });
  rpc = createTRPCClient<Router>({ links: [wsLink({ client: socket })] });
  closeRpc = () => socket.close();
}

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'sluice-side-'));
  work = mkdtempSync(join(tmpdir(), 'sluice-side-work-'));
  model = await startModelServer();
  engine = await startEngine(['--upstream', `stub=${model.url}`], { dataDir });
  connect();
});
afterAll(async () => {
  closeRpc?.();
  await engine?.dispose();
  await model?.close();
  for (const folder of [dataDir, work, ...beside]) rmSync(folder, { recursive: true, force: true });
});

/** A refusal is an answer too; whatever it says must not be kept. */
const anyway = (answer: Promise<unknown>) =>
  answer.then(
    () => undefined,
    () => undefined,
  );

async function captureWithSecretNames(): Promise<void> {
  model.say({
    text: 'done',
    toolCalls: [{ name: `run_${plant('asked tool name')}`, arguments: { [plant('argument key')]: 1 } }],
  });
  await fetch(`${engine.ready.proxy}/stub/v1/chat/completions?trace=${plant('query string')}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': `agent/${plant('user agent')}`,
      'x-session-id': plant('session header'),
      'x-request-note': plant('unknown header'),
      [`x-${plant('header name')}`]: 'v',
    },
    body: JSON.stringify({
      model: `gpt-${plant('model name')}`,
      user: plant('user field'),
      metadata: { session_id: plant('session field') },
      messages: [{ role: 'user', content: `${plant('title')} is the first thing that is said` }],
      tools: [
        {
          type: 'function',
          function: {
            name: plant('tool name'),
            description: `uses ${plant('tool description')}`,
            parameters: {
              type: 'object',
              properties: {
                [plant('schema property')]: { enum: [plant('schema enum')], default: plant('schema default') },
              },
            },
          },
        },
      ],
    }),
  }).then((answer) => answer.text());
  model.say({
    raw: JSON.stringify({ error: { message: `no: ${plant('error message')}`, code: plant('error code') } }),
    status: 400,
    headers: { 'content-type': 'application/json', 'x-failure': plant('response header') },
  });
  await fetch(`${engine.ready.proxy}/stub/${plant('path')}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'again' }] }),
  }).then((answer) => answer.text());
  await anyway(fetch(`${engine.ready.proxy}/${plant('unknown upstream')}/v1/x`));
}

async function sendToIntake(): Promise<void> {
  const at = new Date(Date.UTC(2026, 10, 21)).toISOString();
  await engine.fetch('/traces', {
    headers: { 'idempotency-key': plant('idempotency key') },
    body: {
      schema_version: '1.0',
      developer_id: plant('developer'),
      bug_id: plant('bug id'),
      repo: {
        name: plant('repository'),
        url: `https://x:${plant('repository url')}@git.example/a.git`,
        branch: plant('branch'),
        commit_before: 'a',
        commit_after: 'b',
        test_command: plant('test command'),
      },
      [plant('unknown field name')]: plant('unknown field'),
      start_time: at,
      end_time: at,
      events: [
        { type: 'file_open', timestamp: at, file: `src/${plant('file name')}.py` },
        { type: 'terminal_command', timestamp: at, command: 'x', exit_code: 0, output: plant('output') },
        { type: 'test_result', timestamp: at, name: plant('test name'), passed: true },
      ],
    },
  });
  await engine.fetch('/ingest', {
    body: { trace_id: plant('ingest id'), event_type: 'message', payload: { role: 'user', content: 'hello' } },
  });
  await engine.fetch('/ingest', {
    body: { trace_id: 'i1', event_type: plant('event type'), payload: { role: plant('role'), content: 'hello' } },
  });
  await engine.fetch('/v1/traces', { headers: { 'content-type': 'application/json' }, body: otlp() });
}

function otlp() {
  const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const span = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    name: `chat ${plant('span name')}`,
    startTimeUnixNano: '1790000000000000000',
    endTimeUnixNano: '1790000001000000000',
    status: { code: 2, message: plant('span status') },
    attributes: [
      attribute('gen_ai.operation.name', 'chat'),
      attribute('gen_ai.request.model', 'm'),
      attribute('gen_ai.conversation.id', plant('conversation id')),
      attribute(plant('attribute key'), 'v'),
      attribute('custom', plant('attribute')),
    ],
    events: [{ name: plant('span event'), timeUnixNano: '1790000000500000000', attributes: [] }],
  };
  return {
    resourceSpans: [
      {
        resource: { attributes: [attribute('service.name', plant('service name'))] },
        scopeSpans: [{ scope: { name: plant('scope name') }, spans: [span] }],
      },
    ],
  };
}

async function importFiles(): Promise<void> {
  const line = JSON.stringify({ messages: [{ role: 'user', content: 'imported' }] });
  const named = join(work, `${plant('imported file name')}.jsonl`);
  writeFileSync(named, `${line}\n`);
  const folder = join(work, plant('imported folder'));
  mkdirSync(folder);
  writeFileSync(join(folder, 'broken.jsonl'), `${line}\n{"messages": [${plant('unreadable line')}\n`);
  for (const path of [named, join(folder, 'broken.jsonl')]) {
    const job = await engine.api('/import', { body: { path } });
    await engine.until(`/jobs/${job.job_id}`, ({ state }) => state === 'done' || state === 'failed');
  }
  await engine.fetch(`/import?name=${plant('uploaded file name')}.jsonl`, {
    body: { messages: [{ role: 'user', content: 'uploaded' }] },
  });
  await anyway(engine.fetch('/import', { body: { path: join(work, plant('no such file')) } }));
  await anyway(engine.fetch('/import', { body: { path: named, as: plant('importer') } }));
  const watched = join(work, plant('watched folder'));
  mkdirSync(watched);
  const { watch_id } = await engine.api('/watches', { body: { folders: [watched] } });
  await engine.api(`/watches/${watch_id}/end`, { method: 'POST', body: {} }).catch(() => undefined);
}

async function typeInTheStudio(): Promise<void> {
  const { items } = await engine.api('/traces?limit=1');
  const { trace_id } = items[0];
  await engine.api(`/traces/${trace_id}/review`, {
    method: 'PUT',
    body: { note: `it has ${plant('note')}`, tags: [plant('tag')] },
  });
  await rpc.filters.save.mutate({ scope: 'traces', name: plant('filter name'), query: plant('filter query') });
  await anyway(engine.fetch(`/traces?query=${plant('search')}`));
  await anyway(engine.fetch(`/traces?query=${encodeURIComponent(`nofield:${plant('wrong query')}`)}`));
  await anyway(engine.fetch(`/traces/${plant('trace id')}`));
  await anyway(engine.fetch(`/${plant('unknown route')}`));
  await anyway(engine.fetch(`/traces?cursor=${plant('cursor')}`));
  await anyway(engine.fetch('/exports', { body: `{"query": ${plant('broken body')}` }));
  await engine.api('/tokens', { body: { name: plant('token name'), scopes: ['read'] } });
  await anyway(
    engine.fetch('/traces', { anonymous: true, headers: { authorization: `Bearer ${plant('wrong token')}` } }),
  );
  const { run_id } = await engine.api('/runs', { body: { session: plant('run session') } });
  await engine.api(`/runs/${run_id}/end`, {
    body: { bypassed: [] },
  });
  await rpc.settings.set.mutate({
    upstream_proxy: `http://user:${plant('proxy password')}@127.0.0.1:9`,
    upstreams: { side: `https://models.example/v1?key=${plant('upstream key')}` },
    no_proxy: ['127.0.0.1', 'localhost'],
  });
  await rpc.settings.set.mutate({ upstream_proxy: null });
  for (const patch of [
    { no_proxy: [plant('no proxy')] },
    { intercept: [plant('intercepted host')] },
    { tunnel: [plant('tunnelled host')] },
    { upstreams: { x: plant('no url') } },
  ]) {
    await anyway(rpc.settings.set.mutate(patch));
  }
  await anyway(rpc.connect.tunnelHost.mutate({ host: plant('host to tunnel') }));
  await rpc.findings.missed.mutate({ value: plant('missed value'), entity: 'CUSTOM' });
  await anyway(rpc.findings.list.query({ replacement: plant('filter by replacement') }));
}

async function workOnPrivacy(): Promise<void> {
  const { items } = await engine.api('/traces?limit=1');
  const [{ trace_id }] = items;
  const consent = {
    subject: plantUnknown('consent subject'),
    licence: plant('licence'),
    provider_terms_note: plant('note on terms'),
  };
  await engine.api(`/traces/${trace_id}/consent`, { method: 'PUT', body: consent });
  await engine.api('/consents', {
    body: { query: plant('consent query'), consent: { licence: plant('licence of many') } },
  });
  await engine.api('/known-values', { body: { value: plantUnknown('known value'), entity: 'CUSTOM' } });
  const { file } = await engine.api('/policy');
  await engine.api('/policy', { method: 'PUT', body: { ...file, deny: [plantUnknown('denied value')] } });
  await anyway(
    engine.fetch('/policy', { method: 'PUT', body: { [plant('field of the policy')]: [plant('wrong policy')] } }),
  );
  const subject = [plantUnknown('erased subject'), plant('erased key')];
  const { job, erasure_id } = await engine.api('/erasures', { body: { subject } });
  await over(job.job_id);
  await engine.api(`/erasures/${erasure_id}`);
  const byQuery = await engine.api('/erasures', { body: { query: `"${plant('erased query')}"` } });
  await over(byQuery.job.job_id);
  await engine.api('/subjects/search', { body: { values: [plantUnknown('searched subject')] } });
  await over((await engine.api('/subjects/export', { body: { values: [plantUnknown('exported subject')] } })).job_id);
  await over((await engine.api('/rescan', { method: 'POST', body: {} })).job_id);
}

async function over(jobId: string | undefined): Promise<void> {
  if (jobId === undefined) return;
  await engine.until(`/jobs/${jobId}`, ({ state }) => state !== 'queued' && state !== 'running');
}

async function startJobs(): Promise<void> {
  const ended = async (answer: Response) => over(((await answer.json()) as { job_id?: string }).job_id);
  await ended(await engine.fetch('/validate', { body: { query: plant('validated query') } }));
  const options = { layout: 'traces', format: 'jsonl', query: '' };
  for (const layout of ['traces', 'openai-chat', 'tool-calls', 'execution-trace', 'decisions']) {
    await ended(await engine.fetch('/exports', { body: { ...options, layout } }));
  }
  await ended(await engine.fetch('/exports', { body: { ...options, query: `-"${plant('exported query')}"` } }));
  const out = join(work, plant('export folder'));
  expect((await engine.fetch('/exports', { body: { ...options, out } })).ok).toBe(false);
}

async function useTheCommandLine(): Promise<void> {
  const folder = ['--data-dir', dataDir];
  const { proxy } = engine.ready;
  await sluice(['token', 'create', ...folder, '--name', plant('token of the command line'), '--scope', 'read']);
  await sluice(['import', ...folder, join(work, plant('file that is not there'))]);
  const script = `fetch('${proxy}/stub/v1/models').catch(() => {})`;
  await sluice([
    'run',
    ...folder,
    '--session',
    plant('session of the command line'),
    '--',
    process.execPath,
    '-e',
    script,
  ]);
}

describe('a secret in a side path', () => {
  it('is in nothing that the engine writes', async () => {
    const found: string[] = [];
    const search = (when: string) => {
      for (const place of searchFiles(dataDir, planted)) found.push(`${when}: ${place}`);
    };
    await captureWithSecretNames();
    await sendToIntake();
    await importFiles();
    await engine.settled();
    await typeInTheStudio();
    search('while it runs');
    await startJobs();
    await workOnPrivacy();
    search('when privacy was worked on');
    await useTheCommandLine();
    await engine.settled();
    search('when all is stored');
    const exported = readdirSync(join(dataDir, 'exports'), { recursive: true }).length;
    expect(exported).toBeGreaterThan(8);

    // What the API shows of stored things, the findings and the jobs among them.
    const answers: unknown[] = [];
    for (const path of [
      '/findings?limit=200',
      '/findings/summary',
      '/jobs',
      '/traces',
      '/exchanges',
      '/tokens',
      '/audit-log',
      '/erasures',
      '/consents',
      '/known-values',
    ]) {
      answers.push(await engine.api(path));
    }
    const shown = JSON.stringify(answers);
    for (const name of shownBy(shown, planted)) found.push(`API: ${name}`);
    const { placements, total } = answers[1] as { placements: { name: string }[]; total: number };
    expect(total).toBeGreaterThan(40);
    const names = placements.map(({ name }) => name);
    for (const name of [
      'url',
      'request_header',
      'tool_definition',
      'tool_arguments',
      'error',
      'metadata',
      'note',
      'tag',
      'filter',
      'name',
    ]) {
      expect(names).toContain(name);
    }

    closeRpc();
    expect(await engine.stop()).toBe(0);
    const log = engine.log();
    // Without an engine, into the file itself.
    await sluice([
      'token',
      'create',
      '--data-dir',
      dataDir,
      '--name',
      plant('token without engine'),
      '--scope',
      'read',
    ]);
    search('when stopped');
    for (const name of shownBy(log, planted)) found.push(`log: ${name}`);
    found.push(...searchDatabase(join(dataDir, 'sluice.db'), planted).found);
    expect([...new Set(found)].toSorted()).toEqual([]);
    expect(Object.keys(planted).length).toBeGreaterThan(60);

    // The settings hold after a restart, though they lie in no file.
    engine = await startEngine(['--upstream', `stub=${model.url}`], { dataDir });
    connect();
    const { settings } = await rpc.settings.get.query();
    expect(settings.upstreams['side']).toContain(plant('upstream key'));
    expect(readFileSync(join(dataDir, 'settings.json'), 'utf8')).toContain('"sealed"');
  });
});
