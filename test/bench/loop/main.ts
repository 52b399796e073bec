import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import type { Router } from '../../../src/main/api/rpc/router.js';
import { type Engine, startEngine } from '../../support/engine.js';
import {
  chatLines,
  eventsBody,
  finalizeBody,
  ingestBody,
  longAddresses,
  otlpBody,
  smallValues,
  traceBody,
} from './bodies.js';
import { type Measured, measuring } from './measure.js';

/**
 * `bench loop [--addresses N] [--readers N] [--traces N] [--import-mb N] [--rounds N] [--json]`: how long each kind of request
 * holds up all others in the engine.
 */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      addresses: { type: 'string', default: '4000' },
      readers: { type: 'string', default: '100' },
      traces: { type: 'string', default: '20000' },
      'import-mb': { type: 'string', default: '50' },
      rounds: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'sluice-loop-'));
  try {
    const probe = join(folder, 'probe');
    const entry = new URL('./loop/probe.js', import.meta.url);
    const env = { NODE_OPTIONS: `--import=${entry.href}`, LOOP_PROBE: probe };
    await using engine = await startEngine(['--demo'], { env });
    const { measured, during } = measuring(engine, probe, Number(values.rounds));
    await measure(engine, during, {
      addresses: Number(values.addresses),
      readers: Number(values.readers),
      traces: Number(values.traces),
      file: { path: join(folder, 'chat.jsonl'), bytes: Number(values['import-mb']) * 1_000_000 },
    });
    if (values.json) process.stdout.write(`${JSON.stringify(measured)}\n`);
    else print(measured);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function print(measured: readonly Measured[]): void {
  const idle = Math.max(measured[0]?.delay_ms ?? 0, 0.1);
  for (const { name, requests, answers, seconds, delay_ms, work_ms } of measured) {
    const codes = Object.entries(answers).map(([status, count]) => `${count} x ${status}`);
    process.stdout.write(
      `${name.padEnd(48)} ${String(requests).padStart(5)} requests ${seconds.toFixed(1).padStart(6)} s  longest hold ` +
        `${delay_ms.toFixed(1).padStart(7)} ms  ${(delay_ms / idle).toFixed(1).padStart(6)} x idle  own work ` +
        `${work_ms.toFixed(1).padStart(7)} ms  ${codes.join(', ')}\n`,
    );
  }
}

interface Sizes {
  addresses: number;
  readers: number;
  traces: number;
  file: { path: string; bytes: number };
}

async function measure(
  engine: Engine,
  during: ReturnType<typeof measuring>['during'],
  { addresses, readers, traces, file }: Sizes,
): Promise<void> {
  const { client, close } = rpc(engine);
  /** Made beforehand: what this process does is not what is measured. */
  const sending = (path: string, body: unknown, method = 'POST') => {
    const bytes = JSON.stringify(body);
    return () => send(engine, path, bytes, method);
  };
  const get = (path: string) => () => whole(engine.fetch(path));
  const asking = (ask: () => Promise<unknown>) => async () => {
    const failure = await ask().then(
      () => null,
      (error: { data?: { sluice?: { code: string } } }) => error,
    );
    return { status: failure === null ? 'ok' : (failure.data?.sluice?.code ?? 'failed') };
  };
  /** Requests of one moment would go as one message. */
  const apart = (ask: () => Promise<{ status: string }>, number: number) => async () => {
    await new Promise((resolve) => setTimeout(resolve, 2 * number));
    return ask();
  };
  const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);

  await during('idle', [], 3000);
  const traceId = await sentTrace(engine);
  await during('POST /traces, 9.5 MB', [sending('/traces', traceBody())]);
  await during('POST /traces/:id/events, 9.5 MB', [sending(`/traces/${traceId}/events`, eventsBody())]);
  await during('POST /v1/traces (OTLP), 9.5 MB', [sending('/v1/traces', otlpBody())]);
  await during('POST /ingest, 9.5 MB', [sending('/ingest', ingestBody())]);
  await during('POST /ingest, millions of small values', [sending('/ingest', smallValues())]);
  await engine.settled();
  await during('GET /traces/:id, the largest', [get(`/traces/${traceId}`)]);
  await during('GET /traces/:id/validation, the largest', [get(`/traces/${traceId}/validation`)]);
  const steps = () => client.traces.steps.query({ trace_id: traceId, limit: 500 });
  await during(`${readers} x the largest page of a trace, RPC`, times(readers, asking(steps)));
  await during('POST /traces/:id/finalize, 9.5 MB', [sending(`/traces/${traceId}/finalize`, finalizeBody())], 5000);

  const large = { version: 2, allow: times(16, 'x'.repeat(62_000)) };
  await during('10 x 1 MB of JSON, REST', times(10, sending('/policy', large, 'PUT')));
  const check = () => client.policy.check.query({ file: large });
  await during('10 x 1 MB of JSON, RPC', times(10, asking(check)).map(apart));
  const many = { version: 2, keyz: Array.from({ length: 24_000 }, (_, number) => number % 10) };
  const checkMany = () => client.policy.check.query({ file: many });
  await during('10 x the most values of JSON, REST', times(10, sending('/policy', many, 'PUT')));
  await during('10 x the most values of JSON, RPC', times(10, asking(checkMany)).map(apart));

  const har = JSON.stringify(longAddresses(addresses));
  await send(engine, '/import?name=long.har', har);
  const hard = encodeURIComponent(`url:*${'a'.repeat(200)}*${'a'.repeat(200)}*b`);
  await during('GET /exchanges?query=url:*aaa…*aaa…*b', [get(`/exchanges?query=${hard}`)]);
  await during('GET /exchanges?query="ok" -url:*b*', [get(`/exchanges?query=${encodeURIComponent('"ok" -url:*b*')}`)]);
  await during('GET /findings, /findings/summary', [get('/findings?limit=200'), get('/findings/summary')]);
  await during('POST /exports/preview, all', [
    sending('/exports/preview', { layout: 'traces', format: 'jsonl', query: '' }),
  ]);
  const kinds = [
    `/exchanges?query=${hard}`,
    '/traces?limit=200',
    '/exchanges?limit=200',
    '/tool-calls?limit=200',
    '/findings?limit=200',
    `/traces/${traceId}/tree`,
    '/status',
  ];
  await during(
    `${readers} readers at once`,
    Array.from({ length: readers }, (_, number) => get(kinds[number % kinds.length] as string)),
  );

  writeFileSync(file.path, chatLines(traces, file.bytes));
  await during(`import of a file, ${file.bytes / 1_000_000} MB`, [
    async () => {
      const started = await send(engine, '/import', JSON.stringify({ path: file.path }));
      await engine.until('/jobs', ({ items }) => !/queued|running/.test(items[0].state), 1_800_000);
      return started;
    },
  ]);
  await during(`GET /consents, ${traces} traces`, [get('/consents')]);
  let given = 0;
  await during(`POST /consents, ${traces} traces`, [
    async () => {
      // Another one each time, so that each changes all.
      given += 1;
      const order = { query: '', consent: { basis: 'own_data', provider_terms_note: `round ${given}` } };
      const started = await send(engine, '/consents', JSON.stringify(order));
      await engine.until('/jobs', ({ items }) => !/queued|running/.test(items[0].state), 1_800_000);
      return started;
    },
  ]);
  close();
}

/** The trace that is read, asked for and finalized. */
async function sentTrace(engine: Engine): Promise<string> {
  const answer = await engine.api<{ trace_id: string }>('/traces', { body: traceBody() });
  return answer.trace_id;
}

function rpc(engine: Engine) {
  const socket = createWSClient({
    url: `${engine.ready.api.replace(/^http/, 'ws')}/rpc`,
    connectionParams: { token: engine.ready.token },
  });
  return {
    client: createTRPCClient<Router>({ links: [wsLink({ client: socket })] }),
    close: () => void socket.close(),
  };
}

function send(engine: Engine, path: string, body: string, method = 'POST'): Promise<{ status: number }> {
  const headers = { authorization: `Bearer ${engine.ready.token}`, 'content-type': 'application/json' };
  return whole(fetch(new URL(path, engine.ready.api), { method, headers, body }));
}

/** To the end of its body. */
async function whole(answer: Promise<Response>): Promise<{ status: number }> {
  const response = await answer;
  await response.arrayBuffer();
  return { status: response.status };
}
