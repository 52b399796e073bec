import { readdirSync, readFileSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, startEngine } from '../support/engine.js';
import { type ModelServer, type RawAnswer, startModelServer } from '../support/model-server.js';

let model: ModelServer;
let engine: Engine;
let proxyPort: number;

beforeAll(async () => {
  model = await startModelServer();
  engine = await startEngine(['--upstream', `stub=${model.url}`]);
  proxyPort = Number(new URL(engine.ready.proxy).port);
});
afterAll(async () => {
  await engine.dispose();
  await model.close();
});

interface Received {
  status: number;
  body: Buffer;
  whole: boolean;
}

function send(path: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<Received> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${engine.ready.proxy}/stub${path}`,
      { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk) => chunks.push(chunk));
        const end = () =>
          resolve({ status: incoming.statusCode as number, body: Buffer.concat(chunks), whole: incoming.complete });
        incoming.on('end', end).on('error', end);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
const chat = (content: string, more: object = {}) =>
  JSON.stringify({ model: 'gpt-5.1', messages: [{ role: 'user', content }], ...more });
const raw = (bytes: string | Buffer | (string | Buffer)[], headers: Record<string, string>): RawAnswer => ({
  raw: bytes,
  headers,
});
async function newest() {
  await engine.settled();
  const { items } = await engine.api('/exchanges?limit=1');
  return engine.api(`/exchanges/${items[0].exchange_id}`);
}

describe('hostile bodies', () => {
  it.each([
    ['malformed JSON', raw('{"choices": [', { 'content-type': 'application/json' })],
    [
      'JSON said to be text',
      raw('{"id":"x","object":"chat.completion","choices":[]}', { 'content-type': 'text/plain' }),
    ],
    [
      'a cut event stream',
      raw(['data: {"id":"a","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"par'], {
        'content-type': 'text/event-stream',
      }),
    ],
    [
      'gzip that is none',
      raw('plainly not compressed', { 'content-type': 'application/json', 'content-encoding': 'gzip' }),
    ],
    [
      'cut gzip',
      raw(gzipSync('{"a":"'.padEnd(5000, 'x')).subarray(0, 30), {
        'content-type': 'application/json',
        'content-encoding': 'gzip',
      }),
    ],
    ['an unknown encoding', raw('abc', { 'content-type': 'text/plain', 'content-encoding': 'x-secret' })],
    [
      'invalid UTF-8',
      raw(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), { 'content-type': 'application/json' }),
    ],
    [
      'random bytes',
      raw(Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7919) % 251)), {
        'content-type': 'application/octet-stream',
      }),
    ],
  ])('forwards %s as it is and keeps the exchange', async (_name, answer) => {
    model.say(answer);
    const sent = Buffer.concat([answer.raw].flat().map((piece) => Buffer.from(piece as Buffer)));
    const received = await send('/v1/chat/completions', chat('hello'));
    expect(received.body.equals(sent)).toBe(true);
    const exchange = await newest();
    expect(exchange.response_bytes).toBe(sent.length);
    expect(exchange.state).toBe('complete');
  });

  it.each([
    ['gzip', gzipSync],
    ['br', (bytes: Buffer) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })],
    ['zstd', zstdCompressSync],
  ] as const)(
    'is not blown up by a %s bomb',
    async (encoding, compress) => {
      const bomb = compress(Buffer.alloc(96 * 1024 * 1024, 'a'));
      model.say(raw(bomb, { 'content-type': 'application/json', 'content-encoding': encoding }));
      expect((await send('/v1/chat/completions', chat('boom'))).body.equals(bomb)).toBe(true);
      const exchange = await newest();
      expect(exchange.undecoded).toBe(true);
      expect(exchange.issues.map(({ code }: { code: string }) => code)).toContain('bomb');
    },
    60_000,
  );

  it('takes request bodies that are no JSON or lie about their encoding', async () => {
    for (const [body, headers] of [
      ['{"model":', {}],
      [Buffer.from([0, 1, 2, 255]), {}],
      ['not zstd', { 'content-encoding': 'zstd' }],
      [zstdCompressSync(chat('compressed question')), { 'content-encoding': 'zstd' }],
    ] as const) {
      expect((await send('/v1/chat/completions', body as string, headers)).status).toBeGreaterThan(0);
    }
    expect(JSON.stringify((await newest()).request.body)).toContain('compressed question');
  });

  it('cuts the client off where the upstream sent less than it said', async () => {
    model.say({ raw: 'short', headers: { 'content-length': '500', 'content-type': 'text/plain' }, cutAfterBytes: 5 });
    const received = await send('/v1/chat/completions', chat('lying length')).catch(() => null);
    expect(received?.whole ?? false).toBe(false);
    expect((await newest()).error.code).toBe('upstream_reset');
  });

  it('survives garbage on the port and goes on', async () => {
    const say = (bytes: string | Buffer) =>
      new Promise<string>((resolve) => {
        const socket = connect(proxyPort, '127.0.0.1', () => socket.end(bytes));
        let seen = '';
        socket.on('data', (chunk) => {
          seen += chunk;
        });
        socket.on('close', () => resolve(seen)).on('error', () => {});
      });
    expect(await say(Buffer.from([0x16, 3, 1, 0, 5, 1, 2, 3, 4, 5]))).toContain('400');
    expect(await say('GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n')).toContain('400');
    expect(await say(`CONNECT ${'a'.repeat(300)} HTTP/1.1\r\nHost: a\r\n\r\n`)).toMatch(/HTTP\/1.1 (400|502)/);
    expect(await say('CONNECT [::1:99999 HTTP/1.1\r\nHost: a\r\n\r\n')).toContain('400');
    expect((await send('/v1/chat/completions', chat('still there?'))).status).toBe(200);
    expect((await engine.api('/health')).status).toBe('healthy');
  });
});

/** Every file of the data folder, whole. */
function bytesOf(folder: string): Buffer[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => statSync(path).size < 1e9)
    .map((path) => readFileSync(path));
}
/** The ways a value can be written so that somebody would still find it. */
function writtenAs(value: string): string[] {
  return [
    value,
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    Buffer.from(value).toString('base64').replace(/=+$/, '').slice(0, -2),
  ];
}

describe('planted secrets', () => {
  const secrets = {
    header: `sk-ant-${'api03'}-${'Hh7'.repeat(20)}`,
    cookie: `session=${'c00kie'.repeat(6)}`,
    query: `AIza${'Qq9_'.repeat(8)}xyz`,
    json: `ghp_${'Jj5'.repeat(12)}`,
    nested: `AKIA${'N3ST'.repeat(4)}`,
    mail: `planted.person${'@'}secret-company.example`,
    escaped: `esc.person${'@'}escaped-company.example`,
    card: ['4111', '1111', '1111', '1111'].join(' '),
    split: `sk-proj-${'Ss4'.repeat(16)}`,
    password: 'Tr0ub4dor-and-3',
    key: `gsk_${'Kk2'.repeat(16)}`,
  };

  it('are nowhere in the data folder, at no moment, nor in any answer of the API', async () => {
    const found: string[] = [];
    const search = (when: string) => {
      for (const file of bytesOf(engine.ready.data_dir)) {
        for (const [name, value] of Object.entries(secrets)) {
          for (const form of writtenAs(value)) if (file.includes(form)) found.push(`${when}: ${name}`);
        }
      }
    };
    const escaped = secrets.escaped.replace('@', '\\u0040');
    const body = `{"model":"gpt-5.1","stream":true,"messages":[{"role":"user","content":"mail ${secrets.mail} or ${escaped}, card ${secrets.card}"},{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"login","arguments":${JSON.stringify(JSON.stringify({ password: secrets.password, env: `AWS_ACCESS_KEY_ID=${secrets.nested}`, inner: JSON.stringify({ token: secrets.json }) }))}}}]},{"role":"tool","tool_call_id":"call_1","content":"${secrets.json}"}],"metadata":{"${secrets.key}":"as a key"}}`;
    const deltas = [...secrets.split].map(
      (letter) =>
        `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: letter } }] })}\n\n`,
    );
    const writing = (async () => {
      for (let round = 0; round < 20; round++) {
        model.say(
          raw(
            [
              `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { role: 'assistant', content: 'the key is ' } }] })}\n\n`,
              ...deltas,
              'data: [DONE]\n\n',
            ],
            { 'content-type': 'text/event-stream', 'set-cookie': secrets.cookie, 'x-echo': `Bearer ${secrets.header}` },
          ),
        );
        await send(`/v1/chat/completions?key=${secrets.query}`, body, {
          authorization: `Bearer ${secrets.header}`,
          'x-api-key': secrets.header,
          cookie: secrets.cookie,
        });
      }
    })();
    for (let moment = 0; moment < 8; moment++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      search(`while capturing (${moment})`);
    }
    await writing;
    await engine.settled();
    search('when all is stored');

    const { items } = await engine.api('/exchanges?limit=1');
    const { items: traces } = await engine.api('/traces?limit=200');
    const answers = [
      await engine.api(`/exchanges/${items[0].exchange_id}`),
      items,
      traces,
      (await engine.api('/tool-calls?limit=200')).items,
    ];
    for (const trace of traces) answers.push(await engine.api(`/traces/${trace.trace_id}`));
    const shown = JSON.stringify(answers);
    for (const [name, value] of Object.entries(secrets)) {
      for (const form of writtenAs(value)) if (shown.includes(form)) found.push(`API: ${name}`);
    }
    expect(found).toEqual([]);
    // The answer is still there, only without the secret: the split one was found over its deltas.
    expect(shown).toMatch(/the key is <[A-Z_]+_[0-9a-f]{8}>/);
    expect(engine.log()).not.toContain('Bearer');
  });
});
