import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeExchange, readExchange } from '../../src/main/decode/index.js';
import { createRedactor, defaultPolicy } from '../../src/main/redact/index.js';
import type { DecodedCall } from '../../src/shared/model/index.js';
import { startTestCapture, type TestCapture } from '../support/capture.js';
import { cleanEnv, startEngine } from '../support/engine.js';
import type { Seen } from '../support/google-ollama-client.js';
import { type Answer, type JsonObject, type ModelServer, startModelServer } from '../support/model-server.js';
import { fixtureBytes } from '../support/wire-exchanges.js';

/** What the vendors' own packages make of an answer that passed the proxy is what we make of the captured one. */

let model: ModelServer;
let capture: TestCapture;
let caFile: string;
const redactor = createRedactor({ policy: defaultPolicy, key: Buffer.alloc(32, 3) });

const type = { sse: 'text/event-stream', json: 'application/json', ndjson: 'application/x-ndjson' } as const;
const fixture = (path: string, how: keyof typeof type, more: object = {}): Answer => ({
  raw: fixtureBytes(path),
  headers: { 'content-type': type[how] },
  pieceBytes: 61,
  ...more,
});

/** In the order in which the client asks. */
const scripts = {
  gemini: (): Answer[] => [
    fixture('gemini/tools.sse', 'sse'),
    fixture('gemini/code-execution.sse', 'sse', { encoding: 'gzip' }),
    fixture('gemini/two-candidates.sse', 'sse', { pieceBytes: 1 }),
    fixture('gemini/error-midway.sse', 'sse'),
    fixture('gemini/whole.json', 'json'),
    { raw: '{"totalTokens":7}', headers: { 'content-type': type.json } },
  ],
  ollama: (): Answer[] => [
    fixture('ollama/chat.ndjson', 'ndjson', { pieceBytes: 7 }),
    fixture('ollama/error-midway.ndjson', 'ndjson'),
    fixture('ollama/whole.json', 'json'),
    fixture('ollama/generate.ndjson', 'ndjson'),
  ],
};
type Kind = keyof typeof scripts;

beforeAll(async () => {
  model = await startModelServer({ tls: true });
  capture = await startTestCapture({ upstreams: { gemini: model.url, ollama: model.url } });
  caFile = join(tmpdir(), `sluice-google-${process.pid}.pem`);
  writeFileSync(caFile, capture.ca);
});
afterAll(async () => {
  await capture?.stop();
  await model?.close();
  rmSync(caFile, { force: true });
});

async function client(kind: Kind, way: 'gateway' | 'intercept'): Promise<Seen[]> {
  const env: Record<string, string> =
    way === 'gateway'
      ? {}
      : { NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: capture.proxy, NO_PROXY: '', NODE_EXTRA_CA_CERTS: caFile };
  const support = join(import.meta.dirname, '..', 'support');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      '--import',
      join(support, 'typescript.mjs'),
      join(support, 'google-ollama-client.ts'),
      kind,
      way === 'gateway' ? `${capture.proxy}/${kind}` : model.url,
    ],
    { env: cleanEnv(env) },
  );
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Seen);
}

/** Our view of a call, in the client's words. Clients show the first candidate; neither shows server tools as calls. */
function ours({ response }: DecodedCall): Omit<Seen, 'error'> & { failed: boolean } {
  const parts = response?.messages[0]?.parts ?? [];
  const text = (kind: 'text' | 'reasoning') => parts.map((part) => (part.type === kind ? part.text : '')).join('');
  return {
    text: text('text'),
    thinking: text('reasoning'),
    calls: parts.flatMap((part) =>
      part.type === 'tool_call' && part.server !== true ? [{ name: part.name, arguments: part.arguments }] : [],
    ),
    input: response?.usage?.input_tokens,
    output: response?.usage?.output_tokens,
    stop: response?.stop_reason ?? undefined,
    failed: response?.error !== null,
  };
}

describe.each(['gateway', 'intercept'] as const)('over the %s', (way) => {
  it.each(['gemini', 'ollama'] as const)('%s: its own package and we read the same', async (kind) => {
    const before = (await capture.exchanges(0)).length;
    const answers = scripts[kind]();
    model.say(...answers);
    const theirs = await client(kind, way);
    const captured = (await capture.exchanges(before + answers.length)).slice(before);
    const decoded = captured.flatMap((exchange) => [decodeExchange(redactor.exchange(readExchange(exchange)))].flat());
    expect(decoded.map(({ format }) => format)).toEqual(answers.map(() => kind));
    expect(captured.map(({ via }) => via)).toEqual(answers.map(() => way));
    const seen = decoded.map(({ call }) => ours(call as DecodedCall));
    const expected = theirs.map(({ error, ...rest }) => ({ ...rest, failed: error !== undefined }));
    // The client's line is JSON, which has no undefined.
    expect(JSON.parse(JSON.stringify(seen))).toEqual(JSON.parse(JSON.stringify(expected)));
    expect(seen.filter(({ failed }) => failed)).toHaveLength(1);
    expect(seen.filter(({ calls }) => calls.length > 0)).toHaveLength(2);
  });
});

describe('a conversation with tools', () => {
  const tool = { name: 'read_file', description: 'Reads a file', parameters: { type: 'object', properties: {} } };
  const json = { headers: { 'content-type': 'application/json' } };

  /** Both ask for two files by calls without ids, and get two answers in their order. */
  it.each([
    {
      kind: 'gemini',
      path: '/v1beta/models/gemini-3-pro-preview:generateContent',
      ask: (turns: JsonObject[]) => ({ contents: turns, tools: [{ functionDeclarations: [tool] }] }),
      user: { role: 'user', parts: [{ text: 'Read both.' }] },
      calls: {
        role: 'model',
        parts: ['a.txt', 'b.txt'].map((path) => ({ functionCall: { name: 'read_file', args: { path } } })),
      },
      results: [
        {
          role: 'user',
          parts: ['alpha', 'beta'].map((output) => ({ functionResponse: { name: 'read_file', response: { output } } })),
        },
      ],
      answer: (content: JsonObject) => ({ candidates: [{ content, finishReason: 'STOP', index: 0 }] }),
      last: { role: 'model', parts: [{ text: 'Done.' }] },
    },
    {
      kind: 'ollama',
      path: '/api/chat',
      ask: (turns: JsonObject[]) => ({
        model: 'qwen3:8b',
        stream: false,
        messages: turns,
        tools: [{ type: 'function', function: tool }],
      }),
      user: { role: 'user', content: 'Read both.' },
      calls: {
        role: 'assistant',
        content: '',
        tool_calls: ['a.txt', 'b.txt'].map((path) => ({ function: { name: 'read_file', arguments: { path } } })),
      },
      results: ['alpha', 'beta'].map((content) => ({ role: 'tool', tool_name: 'read_file', content })),
      answer: (message: JsonObject) => ({ model: 'qwen3:8b', message, done: true, done_reason: 'stop' }),
      last: { role: 'assistant', content: 'Done.' },
    },
  ])('$kind: becomes one trace, its calls paired with their results by name and order', async (spoken) => {
    const { kind, path, ask, user, calls, results, answer, last } = spoken;
    await using engine = await startEngine(['--upstream', `${kind}=${model.url}`, '--insecure-upstream']);
    const post = async (turns: JsonObject[], reply: JsonObject) => {
      model.say({ raw: JSON.stringify(answer(reply)), ...json });
      const body = JSON.stringify(ask(turns));
      const response = await fetch(`${engine.ready.proxy}/${kind}${path}`, { method: 'POST', body, ...json });
      expect(response.status).toBe(200);
      await response.text();
    };
    await post([user], calls);
    await post([user, calls, ...results], last);
    await engine.settled();
    const { items } = await engine.api('/traces');
    expect(items).toHaveLength(1);
    const trace = await engine.api(`/traces/${items[0].trace_id}`);
    expect(trace.calls).toHaveLength(2);
    expect(trace.calls[1].parent_call_id).toBe(trace.calls[0].call_id);
    expect(trace.tool_calls).toMatchObject([
      { name: 'read_file', arguments: { path: 'a.txt' }, result: 'alpha', status: 'ok' },
      { name: 'read_file', arguments: { path: 'b.txt' }, result: 'beta', status: 'ok' },
    ]);
  });
});
