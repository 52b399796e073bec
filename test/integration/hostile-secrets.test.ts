import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { makeCertificates, type TestCertificates } from '../support/certificates.js';
import { type Engine, startEngine } from '../support/engine.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { searchDatabase, searchFiles, shownBy, writtenAs } from '../support/planted.js';
import { openTls } from '../support/tunnel.js';

/**
 * Secrets where they are easily forgotten: WebSocket messages, error messages, paths of requests that failed, the
 * beginning of what was cut off; searched for while they are captured, after kill -9, and when all is stored.
 */

const planted = {
  socket_question: `sk-ant-${'api03'}-${'Wq5'.repeat(24)}`,
  socket_answer: `ghp_${'Wa7x'.repeat(9)}`,
  socket_split: `sk-proj-${'Sp1it'.repeat(9)}`,
  refused_path: `AIza${'Rp3_'.repeat(8)}abc`,
  error_message: `sk-proj-${'Em9'.repeat(16)}`,
  error_mail: `error.person${'@'}planted-company.example`,
  aborted: `gsk_${'Ab4'.repeat(17)}`,
  cut: `xai-${'Cu8'.repeat(26)}Zz`,
  form: `Tr0ub4dor${'&'}3-form`,
  trailer: `glpat-${'Tr6-x'.repeat(4)}`,
};

let dataDir: string;
let engine: Engine;
let model: ModelServer;
let certificates: TestCertificates;
let server: Server;
let authority: string;
const found: string[] = [];

const start = () =>
  startEngine(
    ['--intercept', 'localhost', '--upstream', `stub=${model.url}`, '--upstream', 'gone=http://127.0.0.1:1'],
    {
      dataDir,
      env: { NODE_EXTRA_CA_CERTS: certificates.caPath },
    },
  );

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'sluice-secrets-'));
  model = await startModelServer();
  certificates = await makeCertificates(['localhost']);
  server = createServer({ key: certificates.key, cert: certificates.cert });
  const sockets = new WebSocketServer({ server, path: '/v1/responses' });
  sockets.on('connection', (socket) => {
    socket.on('message', () => {
      socket.send(JSON.stringify({ type: 'response.created', response: { id: 'resp_1', model: 'gpt-5.1' } }));
      for (const delta of planted.socket_split)
        socket.send(JSON.stringify({ type: 'response.output_text.delta', item_id: 'm', output_index: 0, delta }));
      socket.send(JSON.stringify({ type: 'error', error: { message: `no such key: ${planted.socket_answer}` } }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  authority = `localhost:${(server.address() as AddressInfo).port}`;
  engine = await start();
});
afterAll(async () => {
  await engine?.dispose();
  await model?.close();
  server?.closeAllConnections();
  server?.close();
  certificates?.dispose();
  rmSync(dataDir, { recursive: true, force: true });
});

async function converseOverWebSocket(): Promise<void> {
  const ca = readFileSync(engine.ready.ca, 'utf8');
  const secure = await openTls(engine.ready.proxy, authority, { ca, ALPNProtocols: ['http/1.1'] });
  const socket = new WebSocket(`wss://${authority}/v1/responses?api_key=${planted.socket_question}`, {
    createConnection: () => secure,
    headers: { authorization: `Bearer ${planted.socket_question}` },
  });
  await once(socket, 'open');
  let messages = 0;
  const answered = new Promise<void>((resolve) => {
    socket.on('message', () => {
      messages += 1;
      if (messages === planted.socket_split.length + 2) resolve();
    });
  });
  const input = `my key is ${planted.socket_question}`;
  socket.send(JSON.stringify({ type: 'response.create', response: { model: 'gpt-5.1', input } }));
  await answered;
  socket.close();
  await once(socket, 'close');
}

const post = (path: string, body: string, init: RequestInit = {}) =>
  fetch(`${engine.ready.proxy}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    ...init,
  });
const chat = (content: string) => JSON.stringify({ model: 'gpt-5.1', messages: [{ role: 'user', content }] });
const path = '/stub/v1/chat/completions';

async function failInEveryWay(): Promise<void> {
  expect((await post(`/gone/v1/chat/completions?key=${planted.refused_path}`, chat('hi'))).status).toBe(502);
  const error = { message: `Incorrect API key provided: ${planted.error_message}. Ask ${planted.error_mail}.` };
  model.say({ raw: JSON.stringify({ error }), status: 401, headers: { 'content-type': 'application/json' } });
  expect((await post(path, chat('wrong key'))).status).toBe(401);

  const abort = new AbortController();
  model.say({ text: `x ${planted.aborted} `.repeat(20), gapMs: 20 });
  const aborted = await post(path, JSON.stringify({ ...JSON.parse(chat(planted.aborted)), stream: true }), {
    signal: abort.signal,
  });
  await aborted.body?.getReader().read();
  abort.abort();

  const half = `data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"${planted.cut}`;
  model.say({ raw: [half], headers: { 'content-type': 'text/event-stream' }, cutAfterBytes: half.length });
  await post(path, chat('cut'))
    .then((response) => response.text())
    .catch(() => {});
  const form = `grant_type=password&password=${encodeURIComponent(planted.form)}`;
  await post('/stub/oauth/token', form, { headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  model.say({ text: 'with a trailer', trailers: { 'x-token': planted.trailer } });
  await post(path, chat('trailer')).then((response) => response.text());
}

function search(when: string): void {
  for (const place of searchFiles(dataDir, planted)) found.push(`${when}: ${place}`);
}

describe('the search itself', () => {
  it('finds a value in each of the ways in which it can be written', () => {
    const value = 'p4ss"w0rd/+ü';
    const written = [
      `x${value}`,
      `?a=${encodeURIComponent(value)}`,
      JSON.stringify({ a: value }),
      JSON.stringify({ a: JSON.stringify({ b: value }) }),
      ...['', 'a', 'ab', 'abc'].flatMap((before) =>
        ['', 'z', 'zz'].map((after) => Buffer.from(before + value + after).toString('base64')),
      ),
    ];
    for (const text of written) expect(shownBy(Buffer.from(text), { value }), text).toEqual(['value']);
    expect(writtenAs(value).every((form) => form.length > 8)).toBe(true);
  });
});

describe('planted secrets', () => {
  it('are in no file at any moment, nor after kill -9, nor in the unpacked store, nor in any answer', async () => {
    const writing = (async () => {
      for (let round = 0; round < 4; round++) {
        await converseOverWebSocket();
        await failInEveryWay();
      }
    })();
    let done = false;
    writing.finally(() => {
      done = true;
    });
    for (let moment = 0; !done; moment++) {
      await new Promise((resolve) => setTimeout(resolve, 10 + Math.random() * 60));
      search(`while capturing (${moment})`);
    }
    await writing;
    // In the middle of whatever it does.
    void converseOverWebSocket().catch(() => {});
    await engine.kill9();
    search('after kill -9');
    const log = engine.log();

    engine = await start();
    await engine.settled();
    search('when all is stored');
    const { items } = await engine.api('/exchanges?limit=200');
    expect(items.length).toBeGreaterThanOrEqual(4 * 7);
    expect(new Set(items.map(({ kind }: { kind: string }) => kind))).toEqual(new Set(['http', 'websocket']));
    const answers = [items, (await engine.api('/traces?limit=200')).items, (await engine.api('/tool-calls')).items];
    for (const { exchange_id } of items) {
      answers.push(await engine.api(`/exchanges/${exchange_id}`));
      for (const side of ['request', 'response'])
        answers.push(
          (await engine.fetch(`/exchanges/${exchange_id}/body/${side}`).then((answer) => answer.text())) as never,
        );
    }
    for (const { trace_id } of answers[1]) answers.push(await engine.api(`/traces/${trace_id}`));
    const shown = JSON.stringify(answers);
    for (const name of shownBy(shown, planted)) found.push(`API: ${name}`);
    expect(await engine.stop()).toBe(0);
    search('when stopped');
    const store = searchDatabase(join(dataDir, 'sluice.db'), planted);
    expect(store.unpacked).toBeGreaterThan(10);
    found.push(...store.found);
    for (const name of shownBy(log + engine.log(), planted)) found.push(`log: ${name}`);

    expect([...new Set(found)]).toEqual([]);
    // What surrounds them is still there.
    expect(shown).toContain('Incorrect API key provided: <');
    expect(shown).toContain('no such key: <');
    expect(shown).toContain('my key is <');
  });
});
