import { describe, expect, it } from 'vitest';
import { decodeExchange } from '../../../../src/main/decode/index.js';
import type {
  DecodedExchange,
  HeaderList,
  RedactedExchange,
  SocketMessage,
} from '../../../../src/shared/model/index.js';

type Sent = [at: number, event: object | string];
const messages = (from: 'client' | 'server', list: Sent[]): SocketMessage[] =>
  list.map(([at, event]) => ({
    from,
    opcode: 'text',
    data: typeof event === 'string' ? event : JSON.stringify(event),
    at: 1_000_000 + at,
  }));

const handshake: HeaderList = [
  ['session_id', 'a-session'],
  ['user-agent', 'codex_cli_rs/1.2.3'],
];

function socket(client: SocketMessage[], server: SocketMessage[], change: Partial<RedactedExchange> = {}) {
  const side = { http_version: '1.1', headers: handshake, trailers: [], bytes: 0, truncated: false };
  return {
    exchange_id: '019aa000-0000-7000-8000-00000000000a',
    kind: 'websocket',
    via: 'intercept',
    client: { address: '127.0.0.1', port: 1, connection: 7, protocol: 'http/1.1' },
    method: 'GET',
    url: 'wss://api.openai.com/v1/responses',
    request: { ...side, body: { kind: 'websocket', messages: client } },
    response: {
      ...side,
      status: 101,
      status_text: '',
      informational: [],
      body: { kind: 'websocket', messages: server },
    },
    started_at: 1_000_000,
    ended_at: 9_000_000,
    state: 'complete',
    issues: [],
    findings: [],
    ...change,
  } as unknown as RedactedExchange;
}

function turns(client: Sent[], server: Sent[], change?: Partial<RedactedExchange>): DecodedExchange[] {
  const [own, ...rest] = decodeExchange(socket(messages('client', client), messages('server', server), change));
  expect(own).toMatchObject({ format: 'websocket', call: null, decode_error: null });
  return rest;
}

const ask = (text: string, more: object = {}) => ({ type: 'response.create', model: 'gpt-5.1', input: text, ...more });
const created = (id: string, more: object = {}) => ({
  type: 'response.created',
  sequence_number: 0,
  response: { id, object: 'response', status: 'in_progress', model: 'gpt-5.1-2025-11-13', output: [] },
  ...more,
});
const said = (text: string, more: object = {}) => ({
  type: 'response.output_text.delta',
  item_id: 'msg',
  output_index: 0,
  content_index: 0,
  delta: text,
  ...more,
});
const done = (id: string, text: string, more: object = {}) => ({
  type: 'response.completed',
  response: {
    id,
    object: 'response',
    status: 'completed',
    model: 'gpt-5.1-2025-11-13',
    output: [{ type: 'message', id: 'msg', role: 'assistant', content: [{ type: 'output_text', text }] }],
    usage: { input_tokens: 10, output_tokens: 2, total_tokens: 12 },
  },
  ...more,
});
const words = (decoded: DecodedExchange | undefined) =>
  decoded?.call?.response?.messages.flatMap(({ parts }) =>
    parts.map((part) => (part.type === 'text' ? part.text : part)),
  );
const asked = (decoded: DecodedExchange | undefined) =>
  decoded?.call?.request.messages.flatMap(({ parts }) =>
    parts.map((part) => (part.type === 'text' ? part.text : part.type)),
  );

describe('Responses over a WebSocket', () => {
  it('makes a call of every turn, behind the socket itself', () => {
    const [first, second, ...more] = turns(
      [
        [10, ask('one', { tools: [{ type: 'function', name: 'read_file' }], stream_id: undefined })],
        [50, ask('two', { previous_response_id: 'resp_1' })],
      ],
      [
        [20, created('resp_1')],
        [30, said('fir')],
        [40, done('resp_1', 'first')],
        [60, created('resp_2')],
        [70, done('resp_2', 'second')],
      ],
    );
    expect(more).toEqual([]);
    expect(first).toMatchObject({
      format: 'openai-responses',
      exchange: {
        kind: 'http',
        via: 'socket',
        part_of: '019aa000-0000-7000-8000-00000000000a',
        method: 'POST',
        url: 'https://api.openai.com/v1/responses',
        state: 'complete',
        started_at: 1_000_010,
        headers_at: 1_000_020,
        ended_at: 1_000_040,
        findings: [],
        client: { connection: 7 },
        request: { headers: handshake },
      },
      call: {
        first_token_at: 1_000_030,
        request: { model: 'gpt-5.1', stream: true, history_complete: true, params: {}, tools: [{ name: 'read_file' }] },
        response: { response_id: 'resp_1', partial: false, stop_reason: 'completed', usage: { input_tokens: 10 } },
      },
    });
    expect(first?.call?.cost_usd).toBeGreaterThan(0);
    expect(words(first)).toEqual(['first']);
    expect(second?.call?.request).toMatchObject({ previous_response_id: 'resp_1', history_complete: false });
    expect(words(second)).toEqual(['second']);
    expect(first?.exchange.exchange_id).not.toBe(second?.exchange.exchange_id);
    expect(first?.exchange.exchange_id).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it('makes no turn of what is sent ahead, and begins the first one with it', () => {
    const ahead = ask('', {
      input: [{ role: 'developer', content: 'Be brief.' }],
      generate: false,
      instructions: 'I.',
    });
    const warm = { type: 'response.completed', response: { id: 'resp_w', object: 'response', output: [] } };
    const [first, second, ...more] = turns(
      [
        [10, ahead],
        [30, ask('one', { previous_response_id: 'resp_w' })],
        [60, ask('two', { previous_response_id: 'resp_1' })],
      ],
      [
        [20, warm],
        [40, created('resp_1')],
        [50, done('resp_1', 'first')],
        [70, done('resp_2', 'second')],
      ],
    );
    expect(more).toEqual([]);
    expect(first?.exchange).toMatchObject({ started_at: 1_000_030, state: 'complete' });
    expect(first?.call?.request).toMatchObject({ history_complete: true, params: {} });
    expect(first?.call?.request.previous_response_id).toBeUndefined();
    expect(asked(first)).toEqual(['I.', 'Be brief.', 'one']);
    expect(words(first)).toEqual(['first']);
    expect(second?.call?.request).toMatchObject({ previous_response_id: 'resp_1', history_complete: false });
    expect(turns([[10, ahead]], [[20, warm]])).toEqual([]);
  });

  it('gives a turn the same id each time', () => {
    const ids = () => turns([[1, ask('x')]], [[2, created('r')]]).map(({ exchange }) => exchange.exchange_id);
    expect(ids()).toEqual(ids());
  });

  it('keeps answers that run at once apart by their lane', () => {
    const lane = (stream_id: string) => ({ stream_id });
    const [b, a] = turns(
      [
        [1, ask('to a', lane('a'))],
        [2, ask('to b', lane('b'))],
      ],
      [
        [3, created('resp_b', lane('b'))],
        [4, created('resp_a', lane('a'))],
        [5, said('of a', lane('a'))],
        [6, said('of b', lane('b'))],
        [7, done('resp_b', 'of b', lane('b'))],
      ],
    );
    expect([asked(a), words(a), a?.call?.response?.partial, a?.exchange.state]).toEqual([
      ['to a'],
      ['of a'],
      true,
      'aborted',
    ]);
    expect([asked(b), words(b), b?.call?.response?.partial]).toEqual([['to b'], ['of b'], false]);
    expect(b?.call?.request.params).toEqual({});
  });

  it('answers requests that wait in one lane in their order', () => {
    const answers = turns(
      [
        [1, ask('one')],
        [2, ask('two')],
        [3, ask('three')],
      ],
      [
        [4, created('r1')],
        [5, done('r1', '1')],
        [6, created('r2')],
        [7, done('r2', '2')],
      ],
    );
    expect(answers.map(asked)).toEqual([['one'], ['two'], ['three']]);
    expect(answers.map(words)).toEqual([['1'], ['2'], undefined]);
    expect(answers[2]).toMatchObject({ exchange: { state: 'aborted' }, call: { response: null } });
    expect(answers[2]?.exchange.response).toBeUndefined();
  });

  it('reads the answer that steering led to as a turn of its own, with the settings of the steered one', () => {
    const answers = turns(
      [
        [1, ask('write', { instructions: 'Be short.', tools: [{ type: 'function', name: 'f' }] })],
        [5, { type: 'response.steer', previous_response_id: 'r1', input: 'in French' }],
        [6, { type: 'response.steer', previous_response_id: 'r1', input: 'refused' }],
      ],
      [
        [2, created('r1')],
        [7, { type: 'response.steer.accepted', steer: { id: 's1', previous_response_id: 'r1' } }],
        [8, { type: 'response.steer.failed', steer: { previous_response_id: 'r1', input: 'refused' }, error: {} }],
        [
          9,
          {
            type: 'response.incomplete',
            response: { id: 'r1', status: 'incomplete', output: [], incomplete_details: { reason: 'steered' } },
          },
        ],
        [10, created('r2', { response: { id: 'r2', previous_response_id: 'r1', model: 'gpt-5.1' } })],
        [11, done('r2', 'en français')],
      ],
    );
    expect(answers).toHaveLength(2);
    expect(answers[0]?.call?.response).toMatchObject({ response_id: 'r1', partial: false, stop_reason: 'steered' });
    expect(answers[1]?.call?.request).toMatchObject({
      previous_response_id: 'r1',
      history_complete: false,
      tools: [{ name: 'f' }],
    });
    expect(asked(answers[1])).toEqual(['Be short.', 'in French']);
    expect(answers.map((answer) => answer.call?.response?.unknown_events)).toEqual([{}, {}]);
  });

  it('puts steering that waited before the input of the request that takes it up', () => {
    const [, second] = turns(
      [
        [1, ask('go')],
        [3, { type: 'response.steer', previous_response_id: 'r1', input: 'faster' }],
        [
          6,
          {
            type: 'response.create',
            model: 'gpt-5.1',
            previous_response_id: 'r1',
            input: [{ type: 'function_call_output', call_id: 'c', output: 'ok' }],
          },
        ],
      ],
      [
        [2, created('r1')],
        [4, done('r1', 'calling')],
        [5, { type: 'response.steer.pending', steer: { id: 's' }, required_input: [] }],
        [7, created('r2', { response: { id: 'r2', previous_response_id: 'r1' } })],
        [8, done('r2', 'done')],
      ],
    );
    expect(second?.call?.request.messages.map(({ role }) => role)).toEqual(['user', 'tool']);
  });

  it('gives an error to the request that it is about', () => {
    const wrong = {
      type: 'error',
      status: 400,
      error: { type: 'invalid_request_error', code: 'previous_response_not_found', message: 'No such response' },
    };
    const [first, second] = turns(
      [
        [1, ask('runs')],
        [2, ask('wrong', { previous_response_id: 'gone' })],
      ],
      [
        [3, created('r1')],
        [4, wrong],
        [5, done('r1', 'fine')],
      ],
    );
    expect(words(first)).toEqual(['fine']);
    expect(first?.call?.response?.error).toBeNull();
    expect(second).toMatchObject({
      exchange: { state: 'complete', response: { status: 400 } },
      call: { response: { error: { code: 'previous_response_not_found' } } },
    });
    const [broken] = turns(
      [[1, ask('x')]],
      [
        [2, created('r')],
        [3, { type: 'error', code: 'server_error', message: 'Oh' }],
      ],
    );
    expect(broken?.call?.response).toMatchObject({ response_id: 'r', partial: true, error: { code: 'server_error' } });
    expect(broken?.exchange.response?.status).toBe(200);
  });

  it('keeps an answer whose request was not seen, with what the answer repeats of it', () => {
    const [only] = turns(
      [],
      [
        [
          1,
          created('r9', {
            response: { id: 'r9', model: 'gpt-5.1', previous_response_id: 'r8', instructions: 'Be kind.' },
          }),
        ],
        [2, done('r9', 'late')],
      ],
    );
    expect(only?.call).toMatchObject({
      request: { model: 'gpt-5.1', previous_response_id: 'r8', history_complete: false },
      response: { response_id: 'r9' },
    });
    const [middle] = turns(
      [],
      [
        [1, said('half a sentence')],
        [2, done('r', 'half a sentence')],
      ],
    );
    expect(middle?.call).toMatchObject({ request: { history_complete: false }, response: { response_id: 'r' } });
  });

  it('counts what it does not know, of both sides', () => {
    const [only] = turns(
      [
        [1, ask('x')],
        [2, { type: 'response.whistle' }],
        [3, 'no json'],
        [4, { type: 'response.processed', response_id: 'r' }],
      ],
      [
        [5, { type: 'codex.rate_limits', limits: {} }],
        [6, created('r')],
        [7, { type: 'response.sparkle' }],
        [8, done('r', 'x')],
        [9, { type: 'response.afterglow' }],
      ],
    );
    expect(only?.call?.response?.unknown_events).toEqual({
      'client.response.whistle': 1,
      'not JSON': 1,
      'codex.rate_limits': 1,
      'response.sparkle': 1,
      'response.afterglow': 1,
    });
    expect(words(only)).toEqual(['x']);
  });

  it('works without arrival times', () => {
    const timeless = (list: SocketMessage[]) => list.map(({ at: _at, ...message }) => message);
    const exchange = socket(
      timeless(
        messages('client', [
          [0, ask('a')],
          [0, ask('b')],
        ]),
      ),
      timeless(
        messages('server', [
          [0, created('r1')],
          [0, done('r1', '1')],
          [0, created('r2')],
          [0, done('r2', '2')],
        ]),
      ),
    );
    const [, first, second] = decodeExchange(exchange);
    expect([asked(first), words(first), asked(second), words(second)]).toEqual([['a'], ['1'], ['b'], ['2']]);
    expect(first?.exchange).toMatchObject({ started_at: 1_000_000, ended_at: 9_000_000 });
  });

  it('leaves other sockets alone', () => {
    const realtime = { url: 'wss://api.openai.com/v1/realtime?model=gpt-realtime' };
    expect(turns([[1, { type: 'response.create', response: {} }]], [[2, created('r')]], realtime)).toEqual([]);
    expect(turns([[1, { hello: 1 }]], [[2, { hello: 2 }]], { url: 'wss://x.example/feed' })).toEqual([]);
    expect(turns([[1, ask('x')]], [[2, created('r')]], { url: 'wss://x.example/agent' })).toHaveLength(1);
  });

  it('reads any cut of both sides without losing a turn that was asked for', () => {
    const client = messages('client', [
      [1, ask('one')],
      [6, ask('two', { previous_response_id: 'r1' })],
    ]);
    const server = messages('server', [
      [2, created('r1')],
      [3, said('fir')],
      [4, said('st')],
      [5, done('r1', 'first')],
      [7, created('r2')],
      [8, said('second')],
      [9, done('r2', 'second')],
    ]);
    for (let end = 0; end <= 10; end++) {
      const until = (list: SocketMessage[]) => list.filter(({ at }) => (at as number) <= 1_000_000 + end);
      const [, ...found] = decodeExchange(socket(until(client), until(server), { state: 'aborted' }));
      expect(found).toHaveLength(end === 0 ? 0 : end < 6 ? 1 : 2);
      expect(found.map(({ call }) => call?.response?.partial ?? true)).toEqual(
        [end < 5, end < 9].slice(0, found.length),
      );
    }
    // The message in which the capture ends, at every character of it.
    const { data } = server[6] as SocketMessage;
    for (let cut = 0; cut < data.length; cut += 1) {
      const last = { ...(server[6] as SocketMessage), data: data.slice(0, cut) };
      const [, , second] = decodeExchange(socket(client, [...server.slice(0, 6), last]));
      expect(words(second)).toEqual(['second']);
      expect(second?.call?.response?.partial).toBe(true);
    }
  });
});
