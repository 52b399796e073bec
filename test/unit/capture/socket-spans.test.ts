import { once } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { watchTurns } from '../../../src/main/capture/socket-turns.js';
import { decodeExchange, readExchange } from '../../../src/main/decode/index.js';
import type { CapturedExchange, DecodedExchange, RedactedExchange } from '../../../src/shared/model/index.js';
import { startTestCapture } from '../../support/capture.js';
import { openResponsesSocket, startResponsesServer } from '../../support/responses-socket.js';

const decoded = (exchange: CapturedExchange): DecodedExchange[] =>
  decodeExchange({ ...readExchange(exchange), findings: [] } as unknown as RedactedExchange);
const answers = (exchanges: CapturedExchange[]) =>
  exchanges.flatMap(decoded).flatMap(({ call }) => {
    const parts = call?.response?.messages.flatMap((message) => message.parts) ?? [];
    return call === null ? [] : [parts.map((part) => ('text' in part ? part.text : part.type)).join()];
  });

async function setUp(path = '/v1/responses', deflate = true) {
  const server = await startResponsesServer(deflate);
  const capture = await startTestCapture({ upstreams: { stub: server.url } });
  const client = await openResponsesSocket(
    `${capture.proxy.replace('http', 'ws')}/stub${path}`,
    { 'thread-id': 'a-thread' },
    deflate,
  );
  return {
    server,
    capture,
    client,
    async [Symbol.asyncDispose]() {
      client.socket.terminate();
      await capture.stop();
      server.close();
    },
  };
}

describe('a socket that speaks the Responses API', () => {
  it.each([true, false])(
    'is in the journal turn by turn, before the client has the answer (compressed: %s)',
    async (deflate) => {
      await using t = await setUp('/v1/responses', deflate);
      const words = [
        'Count the bees, the wasps and the bumblebees.',
        'Count the bees once more, and the wasps.',
        'And now?',
      ];
      for (const [index, text] of words.entries()) {
        await t.client.ask(text);
        const exchanges = await t.capture.exchanges(0);
        expect(exchanges).toHaveLength(index + 1);
        expect(answers(exchanges)).toEqual(words.slice(0, index + 1).map((each) => `answer to: ${each}`));
      }
      const exchanges = await t.capture.exchanges(3);
      for (const exchange of exchanges) {
        expect(exchange).toMatchObject({ kind: 'websocket', state: 'complete', response: { status: 101 } });
        expect(readExchange(exchange).issues).toEqual([]);
        expect(exchange.request.headers).toContainEqual(['thread-id', 'a-thread']);
      }
      expect(new Set(exchanges.map(({ exchange_id }) => exchange_id)).size).toBe(3);
      const calls = exchanges.flatMap(decoded).flatMap(({ call }) => call ?? []);
      expect(calls.map(({ request }) => request.history_complete)).toEqual([true, false, false]);
      expect(t.capture.counters.get('in_flight')).toBe(0);
      expect(t.capture.counters.get('seen')).toBe(3);
      await t.client.close();
      expect(await t.capture.exchanges(3)).toHaveLength(3);
    },
  );

  it('begins its first turn with what was sent ahead', async () => {
    await using t = await setUp();
    await t.client.ask('Be brief.', { generate: false });
    expect(await t.capture.exchanges(0)).toEqual([]);
    await t.client.ask('Count the bees.');
    const exchanges = await t.capture.exchanges(1);
    expect(exchanges).toHaveLength(1);
    const [, turn, ...more] = exchanges.flatMap(decoded);
    expect(more).toEqual([]);
    expect(turn?.call?.request).toMatchObject({ history_complete: true });
    expect(turn?.call?.request.messages.map(({ parts }) => parts)).toMatchObject([
      [{ text: 'Be brief.' }],
      [{ text: 'Count the bees.' }],
    ]);
  });

  it('goes on after a refusal, and keeps pings and an answer that is cut with what they stand in', async () => {
    await using t = await setUp();
    await t.client.ask('refuse this');
    t.client.socket.ping('between');
    await once(t.client.socket, 'pong');
    await t.client.ask('Count the bees.');
    t.client.socket.send(JSON.stringify({ type: 'response.cancel' }));
    t.client.socket.ping('sent');
    await once(t.client.socket, 'pong');
    t.client.socket.terminate();
    const exchanges = await t.capture.exchanges(3);
    const calls = exchanges.flatMap(decoded).flatMap(({ call }) => call ?? []);
    expect(calls.map(({ response }) => response?.error?.code ?? null)).toEqual(['invalid_request_error', null]);
    expect(exchanges.map((exchange) => readExchange(exchange).request.body)).toMatchObject([
      { messages: [{ opcode: 'text' }] },
      { messages: [{ opcode: 'text' }] },
      { messages: [{ opcode: 'text', data: '{"type":"response.cancel"}' }, { opcode: 'ping' }] },
    ]);
  });

  it('stays whole while answers overlap, and where it speaks something else', async () => {
    await using t = await setUp();
    const both = [t.client.ask('one, later', { stream_id: 'a' }), t.client.ask('two', { stream_id: 'b' })];
    await Promise.all(both);
    await t.client.ask('three');
    const exchanges = await t.capture.exchanges(2);
    expect(exchanges).toHaveLength(2);
    expect(answers(exchanges)).toEqual(['answer to: one, later', 'answer to: two', 'answer to: three']);

    await using other = await setUp('/v1/realtime');
    await other.client.ask('one');
    await other.client.ask('two');
    expect(await other.capture.exchanges(0)).toEqual([]);
    await other.client.close();
    expect(await other.capture.exchanges(1)).toHaveLength(1);
  });
});

describe('the watch over a socket', () => {
  const frame = (text: string, opcode = 1) => {
    const body = Buffer.from(text);
    const head =
      body.length < 126 ? [0x80 | opcode, body.length] : [0x80 | opcode, 126, body.length >> 8, body.length & 255];
    return Buffer.concat([Buffer.from(head), body]);
  };
  const ask = frame(JSON.stringify({ type: 'response.create', model: 'm', input: 'x'.repeat(150) }));
  const done = frame(JSON.stringify({ type: 'response.completed', response: { output: ['"response.completed"'] } }));
  const events = (side: 'client' | 'server', chunks: Uint8Array[], watch = watchTurns('/v1/responses', null)) => {
    let before = 0;
    return chunks.flatMap((chunk) => {
      const found = [...watch.read(side, chunk)].map(({ type, at }) => `${type} ${before + at}`);
      before += chunk.length;
      return found;
    });
  };
  const cut = (bytes: Buffer, places: number[]) => {
    const ends = [...new Set(places.map((place) => place % bytes.length))]
      .filter((end) => end > 0)
      .sort((a, b) => a - b);
    return [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
  };

  it('finds the same places however the bytes arrive', () => {
    const notice = frame(JSON.stringify({ type: 'codex.rate_limits', error: null }));
    const server = Buffer.concat([frame('hi', 9), notice, done, frame('', 9), notice]);
    const whole = events('server', [server], asked());
    expect(whole).toEqual([
      'begins 4',
      `begins ${4 + notice.length}`,
      `settled ${4 + notice.length + done.length}`,
      `begins ${6 + notice.length + done.length}`,
    ]);
    fc.assert(
      fc.property(fc.array(fc.nat(5000), { maxLength: 12 }), (places) => {
        expect(events('server', cut(server, places), asked())).toEqual(whole);
      }),
    );
    function asked() {
      const watch = watchTurns('/v1/responses', null);
      expect(events('client', cut(ask, [3, 40]), watch)).toEqual(['begins 0']);
      return watch;
    }
  });

  it('settles nothing while a question is half there, and gives up on what is no frame', () => {
    const watch = watchTurns('/v1/responses', null);
    events('client', [ask, ask.subarray(0, 20)], watch);
    expect(events('server', [done], watch)).toEqual(['begins 0']);
    events('client', [ask.subarray(20)], watch);
    expect(events('server', [done], watch)).toEqual(['begins 0', `settled ${done.length}`]);
    expect(events('server', [Buffer.from([0x83, 0x00])], watch)).toEqual(['begins 0']);
    expect(events('server', [done], watch)).toEqual([]);
  });
});
