import { describe, expect, it } from 'vitest';
import { validateTrace } from '../../../src/main/validate/index.js';
import type { CapturedExchange } from '../../../src/shared/model/index.js';
import { agent, start } from '../../support/conversation.js';
import { store } from './support.js';

const id = 'resp_0123456789abcdef';
const base = { id, object: 'response', created_at: 1, model: 'gpt-5.1', background: true, tools: [] };
const queued = { ...base, status: 'queued', output: [], usage: null };
const message = { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed' };
const said = (text: string) => ({ ...message, content: [{ type: 'output_text', text, annotations: [] }] });
const asked = { type: 'function_call', call_id: 'call_weigh_it_0001', name: 'weigh', arguments: '{"what":"hay"}' };
const done = {
  ...base,
  status: 'completed',
  tools: [{ type: 'function', name: 'weigh', parameters: {} }],
  output: [said('I weigh it.'), asked],
  usage: { input_tokens: 12, output_tokens: 3, total_tokens: 15 },
};
const event = (type: string, more: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;

/** An answer of the server to whatever was asked. */
function answered(
  exchange: CapturedExchange,
  text: string,
  change: { type?: string; cut?: boolean } = {},
): CapturedExchange {
  const body = Buffer.from(text);
  const response = {
    ...(exchange.response as NonNullable<CapturedExchange['response']>),
    headers: [['content-type', change.type ?? 'application/json']] as [string, string][],
    body,
    bytes: body.length,
    chunks: [{ offset: 0, at: exchange.started_at + 1000 }],
  };
  return { ...exchange, ...(change.cut ? { state: 'aborted' } : {}), response };
}

function ordered(stream = false) {
  const target = store();
  const talk = agent({ format: 'openai-responses', params: { background: true, ...(stream ? { stream: true } : {}) } });
  const order = talk.user('How heavy is it?').call({ text: '' }, { durationMs: 20 });
  let seconds = 0;
  /** A later look at the answer. */
  const look = (method: string, path: string, text: string, change?: { type?: string; cut?: boolean }) => {
    seconds += 1;
    const at = start + seconds * 1_000_000;
    const plain = {
      ...order.request,
      headers: [] as [string, string][],
      body: new Uint8Array(0),
      bytes: 0,
      chunks: [],
    };
    const url = `${new URL(order.url).origin}/v1/responses/${path}`;
    const exchange_id = `019c0000-0000-7000-8000-00000000000${seconds}`;
    const exchange = { ...order, exchange_id, method, url, request: plain, started_at: at, ended_at: at + 50_000 };
    return target.take(answered(exchange, text, change));
  };
  const trace = () => {
    const [summary, ...more] = target.reader.traces({ query: '', limit: 50, cursor: null }).items;
    expect(more).toEqual([]);
    return target.reader.trace(summary?.trace_id ?? '') as NonNullable<ReturnType<typeof target.reader.trace>>;
  };
  return { target, talk, order, look, trace };
}

describe('an answer that is made in the background', () => {
  it('belongs to the call that ordered it, when it is polled', () => {
    const { target, talk, order, look, trace } = ordered();
    target.take(answered(order, JSON.stringify(queued)));
    expect(trace()).toMatchObject({ completion_status: 'running', usage: {} });
    look('GET', id, JSON.stringify({ ...queued, status: 'in_progress' }));
    expect(trace().calls[0]).toMatchObject({ stop_reason: 'queued', usage: null });
    look('GET', id, JSON.stringify(done));
    look('GET', id, JSON.stringify(done));

    const whole = trace();
    expect(whole.calls).toHaveLength(1);
    expect(whole.calls[0]).toMatchObject({
      exchange_id: order.exchange_id,
      response_id: id,
      stop_reason: 'completed',
      usage: { input_tokens: 12, output_tokens: 3 },
      partial: false,
      duration_ms: 2050,
    });
    expect(whole).toMatchObject({ completion_status: 'running', usage: { input_tokens: 12, output_tokens: 3 } });
    expect(whole.calls[0]?.cost_usd).toBeGreaterThan(0);
    expect(whole.cost_usd).toBe(whole.calls[0]?.cost_usd);
    expect(whole.steps.map((step) => ('content' in step ? step.content : step.type))).toEqual([
      'S',
      'How heavy is it?',
      'I weigh it.',
      'tool_call',
    ]);
    expect(whole.tool_calls).toMatchObject([{ name: 'weigh', arguments: { what: 'hay' }, status: 'pending' }]);
    expect(whole.decisions).toMatchObject([{ decision: 'weigh' }]);
    expect(
      target.reader.exchanges({ query: '', limit: 50, cursor: null }).items.map(({ trace_id }) => trace_id),
    ).toEqual(Array(4).fill(whole.trace_id));
    expect(validateTrace(whole).errors).toEqual([]);

    talk.history.push(said('I weigh it.'), asked);
    const next = talk
      .results({ id: 'call_weigh_it_0001', content: '40 kg' })
      .call({ text: 'Forty.' }, { durationMs: 9000 });
    expect(target.take({ ...next, started_at: start + 9_000_000 }).call?.call).toMatchObject({
      parent_call_id: whole.calls[0]?.call_id,
      edge: { confidence: 0.99 },
    });
    expect(trace().tool_calls).toMatchObject([{ status: 'ok', result: '40 kg' }]);
    expect(target.integrity()).toBe('ok');
  });

  it('goes on where its stream was cut', () => {
    const { target, order, look, trace } = ordered(true);
    const begun = [
      event('response.created', { sequence_number: 0, response: { ...queued, status: 'in_progress' } }),
      event('response.output_item.added', { sequence_number: 1, output_index: 0, item: { ...message, content: [] } }),
      event('response.output_text.delta', {
        sequence_number: 2,
        item_id: 'msg_1',
        output_index: 0,
        content_index: 0,
        delta: 'I we',
      }),
    ].join('');
    target.take(answered(order, begun, { type: 'text/event-stream', cut: true }));
    expect(trace().calls[0]).toMatchObject({ partial: true });
    expect(trace().steps.map((step) => ('content' in step ? step.content : step.type))).toContain('I we');
    const rest = [
      event('response.output_text.delta', {
        sequence_number: 3,
        item_id: 'msg_1',
        output_index: 0,
        content_index: 0,
        delta: 'igh it.',
      }),
      event('response.completed', { sequence_number: 4, response: done }),
    ].join('');
    look('GET', `${id}?stream=true&starting_after=2`, rest, { type: 'text/event-stream' });
    const whole = trace();
    expect(whole.calls).toMatchObject([{ partial: false, error: null, stop_reason: 'completed' }]);
    const said = whole.steps.flatMap((step) => (step.type === 'message' ? [step.content] : []));
    expect(said).toEqual(['S', 'How heavy is it?', 'I weigh it.']);
    expect(whole.tool_calls).toHaveLength(1);
    for (const [word, found] of [
      ['weigh', 1],
      ['"I we"', 0],
    ] as const)
      expect(target.reader.traces({ query: word, limit: 5, cursor: null }).items).toHaveLength(found);
    expect(target.integrity()).toBe('ok');
  });

  it('may be given up, and is none where nothing ordered it or it cannot be had', () => {
    const { target, order, look, trace } = ordered();
    target.take(answered(order, JSON.stringify(queued)));
    look('POST', `${id}/cancel`, JSON.stringify({ ...queued, status: 'cancelled' }));
    expect(trace().calls).toMatchObject([{ stop_reason: 'cancelled' }]);
    expect(trace().completion_status).toBe('interrupted');
    for (const other of [
      { ...done, id: 'resp_of_somebody_else' },
      { object: 'list', data: [] },
      { error: { message: 'no' } },
    ]) {
      const { call, answer } = look('GET', 'resp_of_somebody_else', JSON.stringify(other));
      expect([call, answer]).toEqual([null, undefined]);
    }
    expect(trace().calls).toHaveLength(1);
  });
});
