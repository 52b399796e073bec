import { describe, expect, it } from 'vitest';
import type { ActionItem, DecodedAction, HeaderList, Json } from '../../../../src/shared/model/index.js';
import { captured, type Dependencies, decode, jsonHeaders, message, sseHeaders } from '../support.js';

const url = 'http://127.0.0.1:8000/mcp';
const rpc = (more: object) => ({ jsonrpc: '2.0', ...more });
const call = (id: number | string, name = 'search', args: Json = { q: 'tide' }, params: object = {}) =>
  rpc({ id, method: 'tools/call', params: { name, arguments: args, ...params } });
const text = (words: string, more: object = {}) => ({ content: [{ type: 'text', text: words }], ...more });
const result = (id: number | string | null, value: object) => rpc({ id, result: value });
const sse = (...events: (object | string)[]) =>
  events
    .map((event) => `event: message\ndata: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`)
    .join('');

interface Wire extends Dependencies {
  sent?: object | object[];
  headers?: HeaderList;
  json?: object | object[];
  events?: string;
  answerHeaders?: HeaderList;
}
function exchange({ sent, headers = [], json, events, answerHeaders = [], ...parts }: Wire) {
  const body = json === undefined ? (events ?? '') : JSON.stringify(json);
  const type = json === undefined ? (events === undefined ? [] : sseHeaders) : jsonHeaders;
  return captured({
    url,
    request: message(sent === undefined ? '' : JSON.stringify(sent), [
      ...(sent === undefined ? [] : jsonHeaders),
      ...headers,
    ]),
    response: message(body, [...type, ...answerHeaders]),
    ...parts,
  });
}
function action(wire: Wire): DecodedAction {
  const decoded = decode(exchange(wire));
  if (decoded.action === undefined) throw new Error(`no action: ${decoded.decode_error?.message ?? decoded.format}`);
  expect(decoded).toMatchObject({ format: 'mcp', call: null, decode_error: null });
  return decoded.action;
}
const only = (wire: Wire): ActionItem => {
  const { items } = action(wire);
  expect(items).toHaveLength(1);
  return items[0] as ActionItem;
};

describe('MCP with a session (2025-03-26 to 2025-11-25)', () => {
  const headers: HeaderList = [
    ['Mcp-Session-Id', 'sess-1'],
    ['MCP-Protocol-Version', '2025-11-25'],
  ];

  it('reads a tool call that is answered as JSON', () => {
    expect(action({ sent: call(7), headers, json: result(7, text('high')) })).toEqual({
      protocol: 'mcp',
      dialect: '2025-11-25',
      server: '127.0.0.1:8000/mcp',
      session_id: 'sess-1',
      items: [
        {
          id: '7',
          method: 'tools/call',
          from: 'client',
          name: 'search',
          arguments: { q: 'tide' },
          result: text('high'),
          started_at: 900_000,
          ended_at: 2_000_000,
        },
      ],
    });
  });

  it('reads one that is answered by a stream, past progress, log and questions of the server', () => {
    const events = sse(
      rpc({ method: 'notifications/progress', params: { progress: 1 } }),
      rpc({ method: 'notifications/message', params: { level: 'info' } }),
      rpc({ id: 's1', method: 'sampling/createMessage', params: { messages: [] } }),
      rpc({ method: 'notifications/surprise' }),
      result('a', text('high')),
    );
    const found = action({ sent: call('a'), headers, events });
    expect(found.items).toMatchObject([
      { id: 'a', method: 'tools/call', from: 'client', result: text('high'), ended_at: 1_000_000 },
      { id: 's1', method: 'sampling/createMessage', from: 'server', arguments: { messages: [] } },
    ]);
    expect(found.unknown_events).toEqual({ 'notifications/surprise': 1 });
  });

  it('gives the halves of a stream of its own, and of an answer to the server', () => {
    const late = action({ method: 'GET', headers, events: `id: 4\ndata:\n\n${sse(result('a', text('late')))}` });
    expect(late).toMatchObject({
      session_id: 'sess-1',
      items: [{ id: 'a', method: '', from: 'client', result: text('late'), ended_at: 1_000_000 }],
    });
    expect(late.items[0]).not.toHaveProperty('arguments');
    expect(only({ sent: result('s1', { action: 'accept' }), headers, status: 202 })).toMatchObject({
      id: 's1',
      method: '',
      from: 'server',
      result: { action: 'accept' },
    });
  });

  it('reads a batch', () => {
    const sent = [call(1, 'a'), rpc({ method: 'notifications/cancelled', params: {} }), call(2, 'b')];
    const { items } = action({ sent, headers, json: [result(2, text('two')), result(1, text('one'))] });
    expect(items.map(({ name, result: answer }) => [name, answer])).toEqual([
      ['a', text('one')],
      ['b', text('two')],
    ]);
  });

  it('takes session and version from what `initialize` answers', () => {
    const sent = rpc({ id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {} } });
    const json = result(0, { protocolVersion: '2025-06-18', capabilities: {} });
    expect(action({ sent, json, answerHeaders: [['mcp-session-id', 'new']] })).toMatchObject({
      dialect: '2025-06-18',
      session_id: 'new',
      items: [{ method: 'initialize', arguments: { protocolVersion: '2025-11-25' } }],
    });
  });

  it('names the tools that a server offers', () => {
    const json = result(1, { tools: [{ name: 'search', inputSchema: {} }, { name: 'fetch' }, { bad: 1 }] });
    expect(only({ sent: rpc({ id: 1, method: 'tools/list' }), headers, json }).tools).toEqual(['search', 'fetch']);
  });

  it('tells failures: inside a success, as an error, by the status alone', () => {
    expect(only({ sent: call(1), headers, json: result(1, text('no', { isError: true })) })).toMatchObject({
      is_error: true,
      result: { isError: true },
    });
    expect(
      only({ sent: call(1), headers, json: rpc({ id: 1, error: { code: -32602, message: 'no' } }) }),
    ).toMatchObject({
      is_error: true,
      result: { code: -32602 },
    });
    const unread = rpc({ id: null, error: { code: -32700, message: 'Parse error' } });
    expect(only({ sent: call(1), headers, json: unread, status: 400 })).toMatchObject({ is_error: true });
    expect(only({ sent: call(1), headers, status: 404, response: message('Session not found') })).toMatchObject({
      is_error: true,
      result: 'Session not found',
    });
  });

  it('leaves a call open whose answer did not come', () => {
    expect(only({ sent: call(1), headers, events: sse(), state: 'aborted' })).not.toHaveProperty('result');
    expect(only({ sent: call(1), headers, response: null, state: 'failed' })).not.toHaveProperty('ended_at');
  });

  it('keeps the end of a session without items', () => {
    expect(action({ method: 'DELETE', headers }).items).toEqual([]);
  });

  it('finds the trace in `_meta` before that of the headers', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const sent = call(1, 'f', {}, { _meta: { traceparent } });
    const other: HeaderList = [...headers, ['traceparent', 'of the transport']];
    expect(only({ sent, headers: other }).traceparent).toBe(traceparent);
    expect(only({ sent: call(1), headers: other }).traceparent).toBe('of the transport');
  });

  it('reads what came of a stream cut at any byte', () => {
    const events = Buffer.from(
      sse(rpc({ method: 'notifications/progress', params: {} }), result(1, text('Flut ist höher 🌊'))),
    );
    for (let end = 0; end <= events.length; end++) {
      const item = only({
        sent: call(1),
        headers,
        response: message(events.subarray(0, end), sseHeaders),
        state: end < events.length ? 'aborted' : 'complete',
      });
      const whole = end >= events.length - 2;
      if (whole) expect(item.result).toEqual(text('Flut ist höher 🌊'));
      else expect(item).not.toHaveProperty('result');
    }
  });

  it('bounds what a hostile stream can fill', () => {
    const many = sse(...Array.from({ length: 10_050 }, (_, id) => result(id, {})));
    const found = action({ method: 'GET', headers, events: many });
    expect(found.items).toHaveLength(10_000);
    expect(found.unknown_events).toEqual({ 'beyond the limit': 50 });
  });
});

describe('MCP over two exchanges (2024-11-05)', () => {
  const posted = 'http://127.0.0.1:8000/messages?sessionId=6f1c';

  it('finds the session in the address that the stream names, and in that which is posted to', () => {
    const events = `event: endpoint\ndata: /messages?sessionId=6f1c\n\n${sse(result(3, text('high')))}`;
    const stream = action({ method: 'GET', url: 'http://127.0.0.1:8000/sse', events });
    expect(stream).toMatchObject({
      dialect: '2024-11-05',
      server: '127.0.0.1:8000/sse',
      session_id: '6f1c',
      items: [{ id: '3', method: '', from: 'client', result: text('high') }],
    });
    const asked = action({ url: posted, sent: call(3), status: 202, response: message('Accepted') });
    expect(asked).toMatchObject({
      dialect: '2024-11-05',
      server: '127.0.0.1:8000/messages',
      session_id: '6f1c',
      items: [{ id: '3', method: 'tools/call', name: 'search' }],
    });
    expect(asked.items[0]).not.toHaveProperty('result');
    expect(action({ url: posted, sent: result(9, {}), status: 202 }).items).toMatchObject([
      { id: '9', from: 'server' },
    ]);
  });
});

describe('MCP without a session (2026-07-28)', () => {
  const headers: HeaderList = [
    ['MCP-Protocol-Version', '2026-07-28'],
    ['Mcp-Method', 'tools/call'],
    ['Mcp-Name', 'search'],
  ];

  it('marks what has to be sent again, and reads what is sent again', () => {
    const json = result(1, { resultType: 'input_required', inputRequests: { a: { method: 'elicitation/create' } } });
    const first = action({ sent: call(1), headers, json });
    expect(first).toMatchObject({ dialect: '2026-07-28', session_id: null, items: [{ id: '1', incomplete: true }] });
    const again = call(2, 'search', { q: 'tide' }, { inputResponses: { a: { action: 'accept' } }, requestState: 'x' });
    const second = only({ sent: again, headers, json: result(2, text('high', { resultType: 'complete' })) });
    expect(second).toMatchObject({ id: '2', arguments: { q: 'tide' }, result: text('high') });
    expect(second).not.toHaveProperty('incomplete');
  });

  it('knows the revision by the body where a gateway strips the headers', () => {
    const sent = call(1, 'search', {}, { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } });
    expect(action({ sent, json: result(1, text('x')) }).dialect).toBe('2026-07-28');
  });
});

describe('JSON-RPC that is not MCP', () => {
  it.each([
    ['another method', rpc({ id: 1, method: 'eth_blockNumber', params: [] })],
    ['a method that others have too', rpc({ id: 1, method: 'initialize', params: { processId: 1 } })],
    ['a bare answer', result(1, {})],
    ['another version', { jsonrpc: '1.0', id: 1, method: 'tools/call' }],
    ['a batch with something else in it', [call(1), 'x']],
  ])('stays a plain request: %s', (_name, sent) => {
    expect(decode(exchange({ sent: sent as object, json: {} }))).toMatchObject({
      format: 'http',
      action: { protocol: 'http' },
    });
  });
});
