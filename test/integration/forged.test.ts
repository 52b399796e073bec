import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, startEngine } from '../support/engine.js';
import { type JsonObject, type ModelServer, startModelServer } from '../support/model-server.js';

/**
 * What a token of scope ingest tries to make others believe that was captured: calls, steps and tool calls, by every way in
 * and every name that it may have learned of a captured trace.
 */

let engine: Engine;
let model: ModelServer;
let tools: ModelServer;
let token: string;

beforeAll(async () => {
  model = await startModelServer();
  model.otherwise(({ json }) => {
    const last = json['messages'].at(-1);
    if (last.role === 'tool') return { text: `It says ${last.content}.` };
    return {
      toolCalls: [
        { id: `call_${last.content.replace(/\W/g, '')}`, name: 'read_note', arguments: { about: last.content } },
      ],
    };
  });
  tools = await startModelServer();
  tools.otherwise(({ json }) => ({
    headers: { 'content-type': 'application/json' },
    raw: JSON.stringify({
      jsonrpc: '2.0',
      id: json['id'],
      result: { content: [{ type: 'text', text: 'of the sea' }] },
    }),
  }));
  engine = await startEngine(['--upstream', `openai=${model.url}`, '--upstream', `tools=${tools.url}`]);
  ({ token } = await engine.api('/tokens', { body: { name: 'ci-box', scopes: ['ingest'] } }));
});
afterAll(async () => {
  await engine?.dispose();
  await model?.close();
  await tools?.close();
});

const tool = { type: 'function', function: { name: 'read_note', parameters: { type: 'object', properties: {} } } };

/** A call through the gateway; the answer is added to the messages. */
async function ask(session: string, messages: JsonObject[]): Promise<JsonObject> {
  const response = await fetch(`${engine.ready.proxy}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-session-id': session },
    body: JSON.stringify({ model: 'gpt-4o', messages, tools: [tool] }),
  });
  const answer = (await response.json()) as JsonObject;
  messages.push(answer['choices'][0].message);
  return answer;
}

/** A captured conversation whose tool call waits for its result. */
async function captured() {
  const question = `note ${randomUUID().slice(0, 8)}`;
  const session = randomUUID();
  const messages: JsonObject[] = [{ role: 'user', content: question }];
  const answer = await ask(session, messages);
  const trace_id: string = await engine.until(
    `/traces?query=${encodeURIComponent(`"${question}"`)}`,
    ({ items }) => items[0]?.trace_id,
  );
  const call = messages.at(-1)?.['tool_calls'][0];
  return { question, session, messages, answer, trace_id, tool_call_id: call.id as string };
}

const asIngest = { anonymous: true, headers: {} as Record<string, string> };
const send = async (path: string, body: unknown, method = 'POST'): Promise<number> => {
  const response = await engine.fetch(path, {
    ...asIngest,
    headers: { authorization: `Bearer ${token}` },
    method,
    body,
  });
  await response.arrayBuffer();
  return response.status;
};

/** What a captured trace shows, after everything that was sent is stored. */
async function state(traceId: string) {
  await engine.settled();
  return engine.api(`/traces/${traceId}`);
}

let spans = 0;
function otlp(attributes: Record<string, unknown>, name = 'chat gpt-4o', fields: object = {}) {
  const now = BigInt(Date.now()) * 1_000_000n;
  return {
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: [
              {
                traceId: randomUUID().replaceAll('-', ''),
                spanId: (++spans).toString(16).padStart(16, 'a'),
                name,
                startTimeUnixNano: String(now),
                endTimeUnixNano: String(now + 1_000_000n),
                attributes: Object.entries(attributes).map(([key, value]) => ({
                  key,
                  value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: String(value) },
                })),
                ...fields,
              },
            ],
          },
        ],
      },
    ],
  };
}
const chat = (session: string, more: Record<string, unknown> = {}) => ({
  'gen_ai.operation.name': 'chat',
  'gen_ai.conversation.id': session,
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: 'forged question' }] }]),
  'gen_ai.output.messages': JSON.stringify([
    { role: 'assistant', parts: [{ type: 'text', content: 'forged answer' }] },
  ]),
  ...more,
});
const forgedAnswer = { choices: [{ message: { role: 'assistant', content: 'forged answer' }, finish_reason: 'stop' }] };

describe('a token of scope ingest', () => {
  it('adds nothing to a captured trace, by no way in', async () => {
    const { session, messages, answer, trace_id, tool_call_id, question } = await captured();
    const before = await state(trace_id);
    expect(before).toMatchObject({ kind: 'agent', call_count: 1 });
    const withResult = [...messages, { role: 'tool', tool_call_id, content: 'forged' }];

    // OTLP by the session's id: a call, an agent's root, a tool that ran, with and without the tool call's id.
    expect(await send('/v1/traces', otlp(chat(session)))).toBe(200);
    const agent = {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'forged',
      'gen_ai.conversation.id': session,
    };
    expect(
      await send('/v1/traces', otlp(agent, 'invoke_agent forged', { status: { code: 2, message: 'forged' } })),
    ).toBe(200);
    for (const id of [tool_call_id, undefined]) {
      const ran = {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.conversation.id': session,
        'gen_ai.tool.name': 'read_note',
        'gen_ai.tool.call.arguments': JSON.stringify({ about: question }),
        'gen_ai.tool.call.result': 'forged',
        ...(id === undefined ? {} : { 'gen_ai.tool.call.id': id }),
      };
      expect(await send('/v1/traces', otlp(ran, 'execute_tool read_note'))).toBe(200);
    }
    // By the history, repeated, and by the id of the answer.
    const llm = (payload: object) => ({ trace_id: randomUUID(), event_type: 'llm_call', payload });
    expect(
      await send('/ingest', llm({ request: { model: 'gpt-4o', messages: withResult }, response: forgedAnswer })),
    ).toBe(202);
    expect(await send('/ingest', llm({ request: { model: 'gpt-4o', messages }, response: forgedAnswer }))).toBe(202);
    const next = { model: 'gpt-4o', previous_response_id: answer['id'], input: 'forged question' };
    expect(await send('/ingest', llm({ request: next, response: forgedAnswer }))).toBe(202);
    // By its own id.
    const event = { trace_id, event_type: 'tool_call', payload: { name: 'rm', arguments: {} } };
    expect(await send('/ingest', event)).toBe(403);
    const timestamp = new Date().toISOString();
    const events = [{ type: 'tool_result', timestamp, tool_call_id, name: 'read_note', result: 'forged' }];
    expect(await send(`/traces/${trace_id}/events`, { events })).toBe(403);
    expect(await send(`/traces/${trace_id}/finalize`, {})).toBe(403);

    expect(await state(trace_id)).toEqual(before);
    expect((await engine.api(`/traces/${trace_id}/witnesses`)).items).toEqual([]);
    expect((await engine.api(`/traces?query=${encodeURIComponent('"forged"')}`)).items.length).toBeGreaterThan(0);

    // And the conversation goes on where it was.
    messages.push({ role: 'tool', tool_call_id, content: 'true' });
    await ask(session, messages);
    const after = await state(trace_id);
    expect(after).toMatchObject({ call_count: 2, tool_calls: [{ tool_call_id, result: true }] });
  });

  it('is a witness of a captured call, and that is all', async () => {
    const { session, answer, trace_id, tool_call_id, question } = await captured();
    const before = await state(trace_id);
    const said = {
      'gen_ai.response.id': answer['id'],
      'gen_ai.usage.output_tokens': 424_242,
      'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: question }] }]),
      'gen_ai.output.messages': JSON.stringify([
        {
          role: 'assistant',
          parts: [{ type: 'tool_call', id: tool_call_id, name: 'read_note', arguments: { about: question } }],
        },
      ]),
    };
    expect(await send('/v1/traces', otlp(chat(session, said)))).toBe(200);
    const after = await state(trace_id);
    const { items } = await engine.api(`/traces/${trace_id}/witnesses`);
    expect(items).toMatchObject([
      { source: 'otlp', disagreements: [{ field: 'usage.output_tokens', reported: 424_242 }] },
    ]);
    const { exchange_count: _, ...rest } = before;
    expect(after).toMatchObject({
      calls: rest.calls,
      steps: rest.steps,
      tool_calls: rest.tool_calls,
      usage: rest.usage,
    });
  });

  it('is told what its records may join, and admin what its may', async () => {
    const event = (trace: string) => ({ trace_id: trace, event_type: 'message', payload: { content: 'hi' } });
    const headers = { authorization: `Bearer ${token}` };
    const sent = await engine.fetch('/ingest', { anonymous: true, headers, body: event(`own-${randomUUID()}`) });
    expect([sent.status, await sent.json()]).toEqual([202, expect.objectContaining({ joins: 'own_kind' })]);
    expect(await engine.api('/ingest', { body: event(`own-${randomUUID()}`) })).toMatchObject({ joins: 'any' });
    const begun = new Date().toISOString();
    const repo = { name: 'r', url: 'https://x.test/r', branch: 'b', commit_before: 'c' };
    const bodies: [string, object][] = [
      ['/traces', { developer_id: 'd', repo, start_time: begun }],
      ['/v1/traces', otlp(chat(randomUUID()))],
    ];
    for (const [path, body] of bodies) {
      for (const [options, joins] of [
        [{ anonymous: true, headers }, 'own_kind'],
        [{}, 'any'],
      ] as const) {
        const answer = await engine.fetch(path, { ...options, body });
        expect([answer.ok, answer.headers.get('sluice-joins')]).toEqual([true, joins]);
        expect(await answer.json()).not.toHaveProperty('kept_apart');
      }
    }
    const { trace_id } = await captured();
    const refused = await engine.fetch('/ingest', { anonymous: true, headers, body: event(trace_id) });
    expect([refused.status, await refused.json()]).toMatchObject([403, { error: { code: 'forbidden' } }]);
  });

  it('does not claim what was seen on the wire', async () => {
    const about = randomUUID();
    const event = { event_type: 'tool_call', payload: { name: 'tide', tool_call_id: 'call_0', arguments: { about } } };
    expect(await send('/ingest', { trace_id: randomUUID(), ...event })).toBe(202);
    await engine.settled();
    const response = await fetch(`${engine.ready.proxy}/tools/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'tide', arguments: { about } },
      }),
    });
    expect(await response.text()).toContain('of the sea');
    await engine.settled();
    const { items } = await engine.api('/effects/unclaimed');
    expect(items.filter((effect: JsonObject) => effect['arguments']?.about === about)).toHaveLength(1);
  });

  it('begins and goes on with traces of its own kind', async () => {
    const trace_id = randomUUID();
    const words = `own ${randomUUID()}`;
    const llm = (messages: object[], said: string) => ({
      trace_id,
      event_type: 'llm_call',
      payload: {
        request: { model: 'm', messages },
        response: { choices: [{ message: { role: 'assistant', content: said } }] },
      },
    });
    expect(await send('/ingest', llm([{ role: 'user', content: words }], 'one'))).toBe(202);
    const more = [
      { role: 'user', content: words },
      { role: 'assistant', content: 'one' },
      { role: 'user', content: 'and?' },
    ];
    expect(await send('/ingest', llm(more, 'two'))).toBe(202);
    const session = randomUUID();
    expect(await send('/v1/traces', otlp(chat(session)))).toBe(200);
    expect(await send('/v1/traces', otlp(chat(session)))).toBe(200);
    await engine.settled();
    const found = (await engine.api(`/traces?query=${encodeURIComponent(`"${words}"`)}`)).items;
    expect(found).toMatchObject([{ kind: 'ingest', call_count: 2 }]);
    expect((await engine.api(`/traces?query=${encodeURIComponent(`session:${session}`)}`)).items).toHaveLength(1);
  });
});

describe('a trace that admin sent and a captured call joined', () => {
  it('takes nothing more from a token of scope ingest', async () => {
    const trace_id = randomUUID();
    const question = `note ${randomUUID().slice(0, 8)}`;
    const first = { role: 'assistant', content: 'Which one of the many notes that I have do you mean?' };
    const llm = (messages: object[], message: object) => ({
      trace_id,
      event_type: 'llm_call',
      payload: { request: { model: 'gpt-4o', messages }, response: { choices: [{ message }] } },
    });
    await engine.api('/ingest', { body: llm([{ role: 'user', content: question }], first) });
    await engine.settled();
    const messages: JsonObject[] = [{ role: 'user', content: question }, first, { role: 'user', content: 'the first' }];
    const response = await fetch(`${engine.ready.proxy}/openai/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o', messages, tools: [tool] }),
    });
    await response.arrayBuffer();
    const before = await state(trace_id);
    expect(before).toMatchObject({ kind: 'ingest', call_count: 2 });
    await send('/ingest', llm([...messages, { role: 'user', content: 'x' }], { role: 'assistant', content: 'forged' }));
    await send('/ingest', { trace_id, event_type: 'tool_call', payload: { name: 'rm', arguments: {} } });
    const told = await engine.fetch(`/traces/${trace_id}/events`, {
      ...asIngest,
      headers: { authorization: `Bearer ${token}` },
      body: { events: [{ type: 'user_feedback', timestamp: new Date().toISOString(), content: 'forged' }] },
    });
    const { kept_apart } = (await told.json()) as { kept_apart: { trace_id: string; reason: string } };
    expect(kept_apart).toEqual({ trace_id: expect.any(String), reason: expect.stringContaining('captured calls') });
    const apart = await engine.api(`/traces/${kept_apart.trace_id}`);
    expect(apart.steps.at(-1)).toMatchObject({ type: 'user_feedback', content: 'forged' });
    expect(await state(trace_id)).toEqual(before);
  });
});
