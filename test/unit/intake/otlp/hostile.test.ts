import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMessages } from '../../../../src/main/decode/index.js';
import { otlpToRecords } from '../../../../src/main/intake/otlp/index.js';
import { SluiceError } from '../../../../src/shared/errors.js';
import { json, protobuf, request, type TestSpan } from './support.js';

const protobufType = 'application/x-protobuf';
const good = request([
  {
    id: '1',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'm',
      'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'text', content: 'ü' }] }],
    },
    events: [{ name: 'gen_ai.choice', attributes: { message: '{"content":"x"}' } }],
  },
]);
const bytes = protobuf(good);

/** What is read, or the code of the error; anything else that is thrown fails the test. */
function attempt(body: Uint8Array, type: string): number | string {
  try {
    const read = otlpToRecords(body, type, readMessages);
    JSON.stringify(read.records);
    read.answer();
    return read.records.length;
  } catch (error) {
    if (error instanceof SluiceError) return error.code;
    throw error;
  }
}

describe('bytes that are no request', () => {
  it('are refused by code or read, never otherwise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (body) => {
        expect(attempt(body, protobufType)).toSatisfy(
          (it: unknown) => it === 'request_invalid' || typeof it === 'number',
        );
        attempt(body, 'application/json');
      }),
      { numRuns: 1000 },
    );
  });

  it('are refused by code or read when a good request is cut or changed anywhere', () => {
    for (let end = 0; end < bytes.length; end++) attempt(bytes.subarray(0, end), protobufType);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(bytes.length - 1), fc.nat(255), (a, x, b, y) => {
        const body = Uint8Array.from(bytes);
        body[a] = x;
        body[b] = y;
        attempt(body, protobufType);
      }),
      { numRuns: 2000 },
    );
  });

  it('are read as JSON of every shape', () => {
    const spans = fc.array(
      fc.record(
        {
          traceId: fc.constantFrom('ab'.repeat(16), 'x', ''),
          spanId: fc.constantFrom('12'.repeat(8), '0'.repeat(16)),
          startTimeUnixNano: fc.oneof(fc.constant('1790000000000000000'), fc.jsonValue()),
          attributes: fc.oneof(
            fc.jsonValue(),
            fc.array(
              fc.record({
                key: fc.constantFrom(
                  'gen_ai.operation.name',
                  'gen_ai.input.messages',
                  'gen_ai.prompt.0.tool_calls.0',
                  'openinference.span.kind',
                  'llm.input_messages.0.message.tool_calls.0.tool_call',
                  'ai.operationId',
                  'ai.prompt.messages',
                  '__proto__',
                ),
                value: fc.oneof(
                  fc.jsonValue(),
                  fc
                    .constantFrom('chat', 'LLM', 'execute_tool', 'ai.x.doGenerate')
                    .map((stringValue) => ({ stringValue })),
                  fc.json().map((stringValue) => ({ stringValue })),
                ),
              }),
            ),
          ),
          events: fc.jsonValue(),
          status: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(spans, (list) => {
        attempt(json({ resourceSpans: [{ resource: null, scopeSpans: [{ spans: list }] }] }), 'application/json');
      }),
      { numRuns: 300 },
    );
  });
});

describe('hostile requests', () => {
  it('nested without end are refused in protobuf and rejected in JSON', () => {
    let value: Uint8Array = new Uint8Array();
    for (let depth = 0; depth < 5000; depth++) {
      const list = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(value).finish();
      value = new BinaryWriter().tag(5, WireType.LengthDelimited).bytes(list).finish();
    }
    const wrap = (field: number, inner: Uint8Array) =>
      new BinaryWriter().tag(field, WireType.LengthDelimited).bytes(inner).finish();
    const body = wrap(1, wrap(2, wrap(2, wrap(9, wrap(2, value)))));
    expect(attempt(body, protobufType)).toBe('request_invalid');

    const deep = structuredClone(good);
    const { attributes } = deep.resourceSpans[0].scopeSpans[0].spans[0];
    let inner = '{"stringValue":"x"}';
    for (let depth = 0; depth < 5000; depth++) inner = `{"arrayValue":{"values":[${inner}]}}`;
    const text = JSON.stringify(deep).replace(JSON.stringify(attributes[0].value), inner);
    expect(otlpToRecords(Buffer.from(text), 'application/json', readMessages)).toMatchObject({ rejected: 1 });
  });

  it('cost what they are long: a chain of spans, a circle, many attributes', () => {
    const id = (index: number) => (index + 1).toString(16);
    const chain = (count: number): TestSpan[] =>
      Array.from({ length: count }, (_, index) => ({
        id: id(index),
        parent: id((index + 1) % count),
        attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 't' },
      }));
    const { records } = otlpToRecords(json(request(chain(5_000))), 'application/json', readMessages);
    expect(records).toHaveLength(5_000);
    const wide = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [`gen_ai.prompt.${index}.content`, 'x']),
    );
    const [record] = otlpToRecords(
      json(request([{ id: '1', attributes: { 'gen_ai.operation.name': 'chat', ...wide } }])),
      'application/json',
      readMessages,
    ).records;
    expect(record?.call?.request.messages).toHaveLength(10_000);
  });
});
