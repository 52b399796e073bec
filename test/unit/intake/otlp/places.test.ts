import { describe, expect, it } from 'vitest';
import { readMessages } from '../../../../src/main/decode/index.js';
import { createOtlpReader } from '../../../../src/main/intake/otlp/index.js';
import { json, protobuf, read, request, type TestSpan, traceId } from './support.js';

const chat = (fields: Partial<TestSpan>, more = {}): TestSpan => ({
  id: '1',
  ...fields,
  attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm', ...more },
});
const agent = (fields: Partial<TestSpan>, name: string, more = {}): TestSpan => ({
  id: '1',
  ...fields,
  attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': name, ...more },
});
const tool = (fields: Partial<TestSpan>, id: string): TestSpan => ({
  id: '1',
  ...fields,
  attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'ask', 'gen_ai.tool.call.id': id },
});
const conversation = { 'gen_ai.conversation.id': 'c1' };

const keys = (spans: TestSpan[]) =>
  Object.fromEntries(read(spans).records.map(({ key, trace }) => [key.split(':')[1]?.replace(/^0+/, ''), trace]));

describe('the trace of a span', () => {
  it('is its OTLP trace where no conversation is named', () => {
    expect(keys([chat({ id: '1' })])['1']).toEqual({ key: `otlp:${traceId}`, kind: 'agent' });
  });

  it('is the conversation that a span around it names, whatever the order and what lies between', () => {
    const spans = [
      chat({ id: '3', parent: '2' }),
      { id: '2', parent: '1', name: 'GET', attributes: { 'http.request.method': 'GET' } },
      agent({ id: '1' }, 'a', conversation),
    ];
    for (const order of [spans, [...spans].reverse()]) expect(keys(order)['3']?.key).toBe('session:c1');
  });

  it('is that of a subagent where an agent runs within a tool call of another', () => {
    const found = keys([
      agent({ id: 'a1' }, 'lead', conversation),
      chat({ id: 'c1', parent: 'a1' }),
      tool({ id: 'd1', parent: 'a1' }, 'call_ask_expert'),
      agent({ id: 'a2', parent: 'd1' }, 'expert'),
      chat({ id: 'c2', parent: 'a2' }),
      tool({ id: 'd2', parent: 'a2' }, 'call_inner'),
    ]);
    const child = {
      key: 'session:c1/agent:00000000000000a2',
      parent_key: 'session:c1',
      parent_tool_call_id: 'call_ask_expert',
    };
    expect(found['a1']).toMatchObject({ key: 'session:c1', completion_status: 'completed' });
    expect(found['c1']).toEqual({ key: 'session:c1', kind: 'agent' });
    expect(found['d1']?.key).toBe('session:c1');
    expect(found['a2']).toMatchObject({ ...child, completion_status: 'completed' });
    expect(found['c2']).toMatchObject(child);
    expect(found['d2']).toMatchObject(child);
  });

  it('stays the same for agents within a workflow that has no name', () => {
    const found = keys([
      { id: 'f', attributes: { 'gen_ai.operation.name': 'invoke_workflow' } },
      agent({ id: 'a1', parent: 'f' }, 'triage'),
      chat({ id: 'c1', parent: 'a1' }),
    ]);
    expect(found['c1']).not.toHaveProperty('parent_key');
  });

  it('is remembered over requests', () => {
    const reader = createOtlpReader(readMessages);
    const send = (...spans: TestSpan[]) => reader(json(request(spans)), 'application/json').records[0]?.trace.key;
    expect(send(chat({ id: '1' }, conversation))).toBe('session:c1');
    expect(send(tool({ id: '2', parent: '9' }, 'call_1'))).toBe('session:c1');
    const other = { trace: 'cd'.repeat(16) };
    expect(send(chat({ id: '3', parent: '9', ...other }))).toBe(`otlp:${other.trace}`);
    // The agent's span comes last; what it contains is stored already.
    expect(send(agent({ id: '9', ...other }, 'a', conversation))).toBe(`otlp:${other.trace}`);
  });

  it('fails with its agent', () => {
    expect(keys([agent({ id: '1', status: { code: 2 } }, 'a')])['1']?.completion_status).toBe('failed');
  });
});

describe('what is not taken', () => {
  it('skips spans of other programs without rejecting them', () => {
    const { records, rejected, skipped } = read([{ id: '1', attributes: { 'db.system.name': 'sqlite' } }]);
    expect({ records, rejected, skipped }).toEqual({ records: [], rejected: 0, skipped: 1 });
  });

  it('rejects malformed spans alone and says so in the encoding of the request', () => {
    const sent = request([chat({ id: '1' }), chat({ id: '0' }), chat({ id: '2' })]);
    sent.resourceSpans[0].scopeSpans[0].spans[2].startTimeUnixNano = '0';
    const reader = createOtlpReader(readMessages);
    const fromJson = reader(json(sent), 'application/json');
    const text =
      "A span's spanId is not 16 hex digits. (1 span) startTimeUnixNano of span 0000000000000002 is not a time. (1 span)";
    expect(fromJson).toMatchObject({ rejected: 2, message: text });
    expect(fromJson.records).toHaveLength(1);
    expect(JSON.parse(fromJson.answer().body as string)).toEqual({
      partialSuccess: { rejectedSpans: '2', errorMessage: text },
    });
    const { body, contentType } = reader(protobuf(sent), 'application/x-protobuf').answer();
    expect(contentType).toBe('application/x-protobuf');
    expect([...(body as Uint8Array)]).toEqual([10, text.length + 4, 8, 2, 18, text.length, ...Buffer.from(text)]);
  });

  it('counts what was wrong by its reason, the most frequent first, and bounds what it tells', () => {
    const bad = (count: number, change: object) =>
      Array.from({ length: count }, () => ({ ...chat({ id: '1' }), ...change }));
    const sent = request([...bad(1, { id: '0' }), ...bad(9, {}), ...bad(3, { parent: '0' })]);
    const spans = sent.resourceSpans[0].scopeSpans[0].spans;
    for (const [index, span] of spans.slice(1, 10).entries())
      Object.assign(span, { spanId: `${index + 1}`.padStart(16, '0'), startTimeUnixNano: 'x' });
    const { rejected, message } = createOtlpReader(readMessages)(json(sent), 'application/json');
    expect(rejected).toBe(13);
    expect(message).toMatch(
      /^A span's parentSpanId is not 16 hex digits\. \(3 spans\) A span's spanId is not 16 hex digits\. \(1 span\)/,
    );
    const told = [...message.matchAll(/\((\d+) spans?\)/g)].map(([, count]) => Number(count));
    expect([told.length, told.reduce((sum, count) => sum + count, 0)]).toEqual([6, 13]);
  });

  it('answers with nothing where all was taken', () => {
    const reader = createOtlpReader(readMessages);
    const sent = request([chat({ id: '1' })]);
    expect(reader(json(sent), 'application/json').answer().body).toBe('{}');
    expect(reader(protobuf(sent), 'application/x-protobuf').answer().body).toHaveLength(0);
  });

  it.each([
    ['text/plain', '{}', 'media_type_unsupported'],
    ['application/json', '{"resourceSpans":', 'request_invalid'],
    ['application/json', '{"resourceSpans":5}', 'request_invalid'],
    ['application/json', '[]', 'request_invalid'],
    ['application/x-protobuf', '{"resourceSpans":[]}', 'request_invalid'],
  ])('refuses %s %s', (type, body, code) => {
    expect(() => createOtlpReader(readMessages)(Buffer.from(body), type)).toThrow(expect.objectContaining({ code }));
  });
});
