import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeExchange } from '../../../src/main/decode/index.js';
import type { RedactedExchange, SocketMessage } from '../../../src/shared/model/index.js';
import { captured, decode, jsonHeaders, message, sseHeaders, unredacted } from './support.js';

/** Names and values that these readers look at, in any arrangement. */
const keys = [
  'jsonrpc',
  'id',
  'method',
  'params',
  'result',
  'error',
  'tools',
  'name',
  'arguments',
  '_meta',
  'isError',
  'resultType',
  'type',
  'response',
  'previous_response_id',
  'stream_id',
  'input',
  'model',
  'steer',
  'status',
  'item',
  'delta',
  '__proto__',
];
const values = [
  '2.0',
  'tools/call',
  'tools/list',
  'initialize',
  'notifications/progress',
  'input_required',
  'response.create',
  'response.created',
  'response.completed',
  'response.steer',
  'response.steer.failed',
  'response.output_text.delta',
  'response.output_item.done',
  'error',
  'r1',
  'a',
  '',
];
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(fc.constantFrom(...values), fc.integer({ max: 600 }), fc.constant(null), fc.boolean()),
    fc.dictionary(fc.constantFrom(...keys), tie('tree'), { maxKeys: 6 }),
    fc.array(tie('tree'), { maxLength: 3 }),
  ),
}));
const rpc = fc.oneof(
  tree,
  fc.dictionary(fc.constantFrom(...keys), tree, { maxKeys: 5 }).map((any) => ({ ...any, jsonrpc: '2.0' })),
);
const event = fc
  .tuple(fc.dictionary(fc.constantFrom(...keys), tree, { maxKeys: 5 }), fc.constantFrom(...values))
  .map(([any, type]) => ({ ...any, type }));
const fault = /undefined|is not a function|Cannot read|iterable/;

describe('hostile exchanges', () => {
  it('MCP: never throws, whatever JSON stands where', () => {
    fc.assert(
      fc.property(rpc, fc.array(rpc, { maxLength: 5 }), fc.boolean(), fc.boolean(), (sent, got, stream, session) => {
        const decoded = decode(
          captured({
            url: 'https://x.example/mcp?sessionId=1',
            request: message(JSON.stringify(sent), session ? [...jsonHeaders, ['mcp-session-id', 's']] : jsonHeaders),
            response: stream
              ? message(got.map((each) => `data: ${JSON.stringify(each)}\n\n`).join(''), sseHeaders)
              : message(JSON.stringify(got[0] ?? {}), jsonHeaders),
          }),
        );
        expect(decoded.decode_error?.message ?? '').not.toMatch(fault);
        for (const item of decoded.action?.items ?? []) expect(typeof item.method).toBe('string');
        expect(() => JSON.stringify(decoded.action)).not.toThrow();
      }),
      { numRuns: 1500 },
    );
  });

  it('sockets: never throw, and no message of the server is lost or told twice', () => {
    const text = (from: 'client' | 'server') =>
      fc.array(
        fc.tuple(event, fc.option(fc.nat(50), { nil: undefined })).map(
          ([data, at]): SocketMessage => ({
            from,
            opcode: 'text',
            data: JSON.stringify(data),
            ...(at === undefined ? {} : { at }),
          }),
        ),
        { maxLength: 12 },
      );
    fc.assert(
      fc.property(text('client'), text('server'), (client, server) => {
        const exchange = unredacted({
          ...captured({ kind: 'websocket', method: 'GET', url: 'wss://x.example/v1/responses', status: 101 }),
          issues: [],
        } as never) as RedactedExchange;
        exchange.request.body = { kind: 'websocket', messages: client };
        (exchange.response as typeof exchange.request).body = { kind: 'websocket', messages: server };
        const [own, ...turns] = decodeExchange(exchange);
        expect(own?.decode_error?.message ?? '').not.toMatch(fault);
        if (own?.decode_error !== null) return;
        const told = turns.flatMap(({ exchange: { response } }) =>
          response?.body.kind === 'events' ? response.body.events.map(({ data }) => data) : [],
        );
        const sent = server.map(({ data }) => data);
        // What steers, and a notice of another kind, may come before there is anything that it belongs to.
        const belongs = (data: string) => /^(?:response\.(?!steer\.)|error$)/.test(String(JSON.parse(data).type));
        expect(told.filter(belongs).sort()).toEqual(sent.filter(belongs).sort());
        for (const data of told) expect(sent.splice(sent.indexOf(data), 1)).toEqual([data]);
        const ids = turns.map(({ exchange: { exchange_id } }) => exchange_id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(turns.length).toBeGreaterThanOrEqual(
          client.filter(({ data }) => JSON.parse(data).type === 'response.create').length,
        );
      }),
      { numRuns: 1500 },
    );
  });
});
