import { parseArgs } from 'node:util';
import { type Engine, startEngine } from '../../support/engine.js';
import { eventsBody, finalizeBody, ingestBody, longAddresses, otlpBody, traceBody } from './bodies.js';

interface Measured {
  name: string;
  requests: number;
  answers: { [status: string]: number };
  seconds: number;
  delay_ms: number;
}

/** `bench loop [--addresses N] [--readers N] [--json]`: how long each kind of request holds up all others in the engine. */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      addresses: { type: 'string', default: '4000' },
      readers: { type: 'string', default: '100' },
      json: { type: 'boolean', default: false },
    },
  });
  await using engine = await startEngine(['--demo']);
  const measured = await measure(engine, Number(values.addresses), Number(values.readers));
  if (values.json) {
    process.stdout.write(`${JSON.stringify(measured)}\n`);
    return;
  }
  const idle = Math.max(measured[0]?.delay_ms ?? 0, 0.1);
  for (const { name, requests, answers, seconds, delay_ms } of measured) {
    const codes = Object.entries(answers).map(([status, count]) => `${count} x ${status}`);
    process.stdout.write(
      `${name.padEnd(44)} ${String(requests).padStart(5)} requests ${seconds.toFixed(1).padStart(6)} s  longest hold ` +
        `${delay_ms.toFixed(1).padStart(7)} ms  ${(delay_ms / idle).toFixed(1).padStart(6)} x idle  ${codes.join(', ')}\n`,
    );
  }
}

async function measure(engine: Engine, addresses: number, readers: number): Promise<Measured[]> {
  const measured: Measured[] = [];
  /** Waits too: what a request sets off holds others up as much as the request itself. */
  async function during(name: string, requests: (() => Promise<Response>)[], restMs = 1500): Promise<Response[]> {
    await delay(engine);
    const began = performance.now();
    const answers = await Promise.all(
      requests.map(async (ask) => {
        const answer = await ask();
        const bytes = await answer.arrayBuffer();
        return new Response(bytes, { status: answer.status, headers: answer.headers });
      }),
    );
    const seconds = (performance.now() - began) / 1000;
    await new Promise((resolve) => setTimeout(resolve, restMs));
    const codes: { [status: string]: number } = {};
    for (const { status } of answers) codes[status] = (codes[status] ?? 0) + 1;
    const delay_ms = await delay(engine);
    measured.push({ name, requests: requests.length, answers: codes, seconds, delay_ms });
    process.stderr.write(`${name}: ${delay_ms.toFixed(1)} ms\n`);
    return answers;
  }
  /** Made beforehand: what this process does is not what is measured. */
  const sending = (path: string, body: unknown) => {
    const bytes = JSON.stringify(body);
    return () => send(engine, path, bytes);
  };
  const get = (path: string) => () => engine.fetch(path);

  await during('idle', [], 3000);
  const [sent] = await during('POST /traces, 9.5 MB', [sending('/traces', traceBody())]);
  if (!sent?.ok) throw new Error(`The trace was not taken: ${await sent?.text()}`);
  const { trace_id } = (await sent.json()) as { trace_id: string };
  await during('POST /traces/:id/events, 9.5 MB', [sending(`/traces/${trace_id}/events`, eventsBody())]);
  await during('POST /v1/traces (OTLP), 9.5 MB', [sending('/v1/traces', otlpBody())]);
  await engine.settled(600_000);
  await during('GET /traces/:id, the largest', [get(`/traces/${trace_id}`)]);
  await during('GET /traces/:id/validation, the largest', [get(`/traces/${trace_id}/validation`)]);
  await during('POST /traces/:id/finalize, 9.5 MB', [sending(`/traces/${trace_id}/finalize`, finalizeBody())], 5000);
  const har = JSON.stringify(longAddresses(addresses));
  await send(engine, '/import?name=long.har', har);
  await engine.settled(600_000);
  const hard = encodeURIComponent(`url:*${'a'.repeat(200)}*${'a'.repeat(200)}*b`);
  await during('GET /exchanges?query=url:*aaa…*aaa…*b', [get(`/exchanges?query=${hard}`)]);
  await during('GET /exchanges?query="ok" -url:*b*', [get(`/exchanges?query=${encodeURIComponent('"ok" -url:*b*')}`)]);
  await during('GET /findings, /findings/summary', [get('/findings?limit=200'), get('/findings/summary')]);
  await during('POST /exports/preview, all', [
    sending('/exports/preview', { layout: 'traces', format: 'jsonl', query: '' }),
  ]);
  await during('POST /ingest, 9.5 MB', [sending('/ingest', ingestBody())]);
  const kinds = [
    `/exchanges?query=${hard}`,
    '/traces?limit=200',
    '/exchanges?limit=200',
    '/tool-calls?limit=200',
    '/findings?limit=200',
    `/traces/${trace_id}/tree`,
    '/status',
  ];
  await during(
    `${readers} readers at once`,
    Array.from({ length: readers }, (_, number) => get(kinds[number % kinds.length] as string)),
  );
  return measured;
}

function send(engine: Engine, path: string, body: string): Promise<Response> {
  return fetch(new URL(path, engine.ready.api), {
    method: 'POST',
    headers: { authorization: `Bearer ${engine.ready.token}`, 'content-type': 'application/json' },
    body,
  });
}

/** The longest hold since this was last asked, in milliseconds. */
async function delay(engine: Engine): Promise<number> {
  const text = await (await engine.fetch('/metrics')).text();
  const value = /^sluice_event_loop_delay_max_seconds (\S+)$/m.exec(text)?.[1];
  if (value === undefined) throw new Error('The engine does not say how long its main thread holds up others.');
  return Number(value) * 1000;
}
