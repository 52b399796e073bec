import { randomUUID } from 'node:crypto';
import { context, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, startEngine } from '../support/engine.js';
import { type JsonObject, type ModelServer, startModelServer } from '../support/model-server.js';

/** An instrumented agent, seen by the proxy, by its own OpenTelemetry spans, or by both. */

let engine: Engine;
let model: ModelServer;

beforeAll(async () => {
  model = await startModelServer();
  model.otherwise(({ json }) => {
    const last = json['messages'].at(-1);
    const question: string = json['messages'].find(({ role }: JsonObject) => role === 'user').content;
    if (last.role === 'tool') return { text: `It says ${last.content}.` };
    const id = `call_${question.replace(/\W/g, '')}`;
    return { toolCalls: [{ id, name: 'read_note', arguments: { about: question } }] };
  });
  engine = await startEngine(['--upstream', `openai=${model.url}`]);
});
afterAll(async () => {
  await engine?.dispose();
  await model?.close();
});

type Exporter = typeof JsonExporter | typeof ProtobufExporter;

/** A tracer that delivers to the engine: all spans at the end, or each as it ends. */
function instrumented(Exporter: Exporter, batch = true): { tracer: Tracer; delivered(): Promise<void> } {
  const exporter = new Exporter({
    url: new URL('/v1/traces', engine.ready.api).href,
    headers: { authorization: `Bearer ${engine.ready.token}` },
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'note-agent' }),
    spanProcessors: [batch ? new BatchSpanProcessor({ exporter }) : new SimpleSpanProcessor({ exporter })],
  });
  return { tracer: provider.getTracer('test'), delivered: () => provider.shutdown() };
}

interface RunOptions {
  question: string;
  /** Base URL of the model's API. */
  base: string;
  /** Sent as a header to the proxy, as the conversation's id by OTLP. */
  session: string;
  tracer?: Tracer;
  /** Added to the token count that the spans tell. */
  lie?: number;
}

const tools = [
  { type: 'function', function: { name: 'read_note', parameters: { type: 'object', properties: { about: {} } } } },
];

function genaiParts(message: JsonObject): JsonObject {
  if (message.role === 'tool') {
    return {
      role: 'tool',
      parts: [{ type: 'tool_call_response', id: message.tool_call_id, response: message.content }],
    };
  }
  const calls = (message.tool_calls ?? []).map((call: JsonObject) => ({
    type: 'tool_call',
    id: call.id,
    name: call.function.name,
    arguments: JSON.parse(call.function.arguments),
  }));
  return {
    role: message.role,
    parts: [...(message.content ? [{ type: 'text', content: message.content }] : []), ...calls],
  };
}

/** Asks, reads the note that the model asks for, and gives it to the model. */
async function runAgent({ question, base, session, tracer, lie = 0 }: RunOptions): Promise<void> {
  const messages: JsonObject[] = [
    { role: 'system', content: 'You read notes.' },
    { role: 'user', content: question },
  ];
  const within = async <T>(name: string, kind: SpanKind, work: (span: Span | undefined) => Promise<T>): Promise<T> => {
    const span = tracer?.startSpan(name, { kind }, parent);
    span?.setAttribute('gen_ai.conversation.id', session);
    const around = span === undefined ? context.active() : trace.setSpan(parent, span);
    const outer = parent;
    parent = around;
    try {
      return await work(span);
    } catch (error) {
      span?.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
      throw error;
    } finally {
      parent = outer;
      span?.end();
    }
  };
  let parent = context.active();

  const chat = () =>
    within('chat gpt-4o', SpanKind.CLIENT, async (span) => {
      const response = await fetch(`${base}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-session-id': session },
        body: JSON.stringify({ model: 'gpt-4o', messages, tools }),
      });
      const answer = (await response.json()) as JsonObject;
      const { message, finish_reason } = answer.choices[0];
      span?.setAttributes({
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.response.model': answer.model,
        'gen_ai.response.id': answer.id,
        'gen_ai.response.finish_reasons': [finish_reason],
        'gen_ai.usage.input_tokens': answer.usage.prompt_tokens + lie,
        'gen_ai.usage.output_tokens': answer.usage.completion_tokens,
        'gen_ai.usage.cache_read.input_tokens': answer.usage.prompt_tokens_details.cached_tokens,
        'gen_ai.usage.reasoning.output_tokens': answer.usage.completion_tokens_details.reasoning_tokens,
        'gen_ai.input.messages': JSON.stringify(messages.map(genaiParts)),
        'gen_ai.output.messages': JSON.stringify([{ ...genaiParts(message), finish_reason }]),
        'gen_ai.tool.definitions': JSON.stringify(tools),
      });
      messages.push(message);
      return message;
    });

  await within('invoke_agent notes', SpanKind.INTERNAL, async (root) => {
    root?.setAttributes({ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'notes' });
    const { tool_calls } = await chat();
    for (const call of tool_calls) {
      await within('execute_tool read_note', SpanKind.INTERNAL, async (span) => {
        const content = 'the tide is high';
        span?.setAttributes({
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': call.function.name,
          'gen_ai.tool.call.id': call.id,
          'gen_ai.tool.call.arguments': call.function.arguments,
          'gen_ai.tool.call.result': content,
        });
        messages.push({ role: 'tool', tool_call_id: call.id, content });
      });
    }
    await chat();
  });
}

async function tracesOf(question: string): Promise<JsonObject[]> {
  await engine.settled();
  const { items } = await engine.api(`/traces?limit=50&query=${encodeURIComponent(`"${question}"`)}`);
  return Promise.all(items.map(({ trace_id }: JsonObject) => engine.api(`/traces/${trace_id}`)));
}

async function only(question: string): Promise<JsonObject> {
  const found = await tracesOf(question);
  expect(found).toHaveLength(1);
  return found[0] as JsonObject;
}

async function witnesses({ trace_id }: JsonObject): Promise<JsonObject[]> {
  return (await engine.api(`/traces/${trace_id}/witnesses`)).items;
}

/** What a trace says, without ids and times, and without the question that tells the runs apart. */
function content(found: JsonObject, question: string): unknown {
  const plain = {
    calls: found.calls.map((call: JsonObject) => ({
      model: call.model,
      usage: call.usage,
      stop_reason: call.stop_reason,
      cost_usd: call.cost_usd,
      tools: call.tools_offered.map(({ name }: JsonObject) => name),
    })),
    steps: found.steps
      .filter(({ type }: JsonObject) => type !== 'decision')
      .map(({ type, role, content, name, arguments: args, result, status }: JsonObject) => ({
        type,
        role,
        content,
        name,
        args,
        result,
        status,
      })),
    tool_calls: found.tool_calls.map(({ tool_call_id, name, arguments: args, result, status }: JsonObject) => ({
      tool_call_id,
      name,
      args,
      result,
      status,
    })),
    usage: found.usage,
  };
  return JSON.parse(
    JSON.stringify(plain)
      .replaceAll(question, 'QUESTION')
      .replaceAll(`call_${question.replace(/\W/g, '')}`, 'ID'),
  );
}

const question = () => `note ${randomUUID().slice(0, 8)}`;
const proxied = () => `${engine.ready.proxy}/openai`;

describe.each([
  ['JSON', JsonExporter],
  ['protobuf', ProtobufExporter],
] as [string, Exporter][])('OTLP as %s', (_, Exporter) => {
  it('beside the proxy is one trace, equal to the proxy’s alone, with witnesses that agree', async () => {
    const alone = question();
    await runAgent({ question: alone, base: proxied(), session: randomUUID() });
    const both = question();
    const { tracer, delivered } = instrumented(Exporter);
    await runAgent({ question: both, base: proxied(), session: randomUUID(), tracer });
    await delivered();

    const found = await only(both);
    expect(content(found, both)).toEqual(content(await only(alone), alone));
    const told = await witnesses(found);
    expect(told.map(({ source, disagreements }) => ({ source, disagreements }))).toEqual([
      { source: 'otlp', disagreements: [] },
      { source: 'otlp', disagreements: [] },
    ]);
    expect(new Set(told.map(({ call_id }) => call_id))).toEqual(
      new Set(found.calls.map(({ call_id }: JsonObject) => call_id)),
    );
  });

  it('lists what it says otherwise', async () => {
    const asked = question();
    const { tracer, delivered } = instrumented(Exporter, false);
    await runAgent({ question: asked, base: proxied(), session: randomUUID(), tracer, lie: 3 });
    await delivered();
    const found = await only(asked);
    const told = await witnesses(found);
    expect(told).toHaveLength(2);
    for (const { call_id, disagreements } of told) {
      const { usage } = found.calls.find((call: JsonObject) => call.call_id === call_id);
      expect(disagreements).toEqual([
        { field: 'usage.input_tokens', stored: usage.input_tokens, reported: usage.input_tokens + 3 },
      ]);
    }
  });

  it.each([
    ['at once', true],
    ['span by span', false],
  ])('alone builds the trace that the proxy builds, delivered %s', async (__, batch) => {
    const seen = question();
    await runAgent({ question: seen, base: proxied(), session: randomUUID() });
    const told = question();
    const { tracer, delivered } = instrumented(Exporter, batch);
    await runAgent({ question: told, base: model.url, session: randomUUID(), tracer });
    await delivered();

    const found = await only(told);
    expect(content(found, told)).toEqual(content(await only(seen), seen));
    expect(found.source).toMatchObject({ kind: 'otlp', client: 'note-agent' });
    expect(found.completion_status).toBe('completed');
    expect(await witnesses(found)).toEqual([]);
  });
});

describe('POST /v1/traces', () => {
  const span = (fields: object = {}) => ({
    traceId: randomUUID().replaceAll('-', ''),
    spanId: '1234567890abcdef',
    name: 'chat m',
    startTimeUnixNano: '1790000000000000000',
    endTimeUnixNano: '1790000001000000000',
    attributes: [
      { key: 'gen_ai.operation.name', value: { stringValue: 'chat' } },
      { key: 'gen_ai.request.model', value: { stringValue: 'm' } },
      { key: 'gen_ai.input.messages', value: { stringValue: '[{"role":"user","content":"said once"}]' } },
    ],
    ...fields,
  });
  const send = (...spans: object[]) =>
    engine.api('/v1/traces', { body: { resourceSpans: [{ scopeSpans: [{ spans }] }] } });

  it('takes the same span again without a second call', async () => {
    const sent = span();
    expect(await send(sent)).toEqual({});
    expect(await send(sent, sent)).toEqual({});
    expect((await only('said once')).calls).toHaveLength(1);
  });

  it('takes what holds and counts what does not', async () => {
    expect(await send(span({ spanId: 'no' }), span({ attributes: [] }))).toEqual({
      partialSuccess: { rejectedSpans: '1', errorMessage: "A span's spanId is not 16 hex digits." },
    });
  });

  it('refuses what is no request', async () => {
    const response = await engine.fetch('/v1/traces', {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
    });
    expect(response.status).toBe(200);
    const text = await engine.fetch('/v1/traces', { body: { resourceSpans: 7 } });
    expect(text.status).toBe(400);
  });
});
