import { describe, expect, it } from 'vitest';
import type { IntakeCall, IntakeRecord } from '../../../src/shared/model/index.js';
import { intakeMediaType } from '../../../src/shared/model/index.js';
import { captured, decode, message } from './support.js';

const call: IntakeCall = {
  format: 'openai-chat',
  request: {
    model: 'gpt-4.1',
    params: {},
    tools: [],
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
    stream: false,
    history_complete: true,
    operation: 'chat',
  },
  response: {
    response_id: 'r1',
    model: null,
    messages: [{ role: 'assistant', parts: [{ type: 'text', text: 'Hello' }] }],
    stop_reason: 'stop',
    usage: { input_tokens: 1000, output_tokens: 10 },
    error: null,
    partial: false,
    first_content_event: null,
    unknown_events: {},
  },
};
const record: IntakeRecord = {
  version: 1,
  key: 'k1',
  source: 'otlp',
  trace: { key: 'session:s1', kind: 'agent' },
  started_at: 1_700_000_000_000_000,
  ended_at: 1_700_000_001_000_000,
  call,
  events: [{ type: 'user_feedback', content: 'good', at: 1_700_000_000_500_000 }],
};
const carry = (value: unknown, change: object = {}) =>
  decode({
    ...captured({
      method: 'INTAKE',
      url: 'sluice:otlp',
      request: message(typeof value === 'string' ? value : JSON.stringify(value), [['content-type', intakeMediaType]]),
      response: null,
    }),
    via: 'intake',
    ...change,
  });

describe('intake records', () => {
  it('gives the record and its call, with the cost worked out', () => {
    const decoded = carry(record);
    expect(decoded).toMatchObject({ format: 'openai-chat', decode_error: null });
    expect(decoded.record).toEqual(record);
    expect(decoded.call).toMatchObject({ format: 'openai-chat', response: { response_id: 'r1' } });
    expect(decoded.call?.cost_usd).toBeCloseTo(0.00208, 6);
  });

  it('leaves the cost as it was sent, unknown included', () => {
    expect(carry({ ...record, call: { ...call, cost_usd: 0.5 } }).call?.cost_usd).toBe(0.5);
    expect(carry({ ...record, call: { ...call, cost_usd: null } }).call?.cost_usd).toBeNull();
    const flex = { ...call, request: { ...call.request, params: { service_tier: 'flex' } } };
    expect(carry({ ...record, call: flex }).call?.cost_usd).toBeNull();
    expect(carry({ ...record, call: { ...call, response: null } }).call?.cost_usd).toBeNull();
  });

  it('names the format `intake` where there is no call', () => {
    const { call: _call, ...eventsOnly } = record;
    expect(carry(eventsOnly)).toMatchObject({
      format: 'intake',
      call: null,
      decode_error: null,
      record: { key: 'k1' },
    });
  });

  it.each([
    ['not JSON', '{"version":1,', /not JSON/],
    ['another version', { ...record, version: 2 }, /version/],
    ['a time that is text', { ...record, started_at: 'now' }, /started_at/],
    ['no trace', { ...record, trace: undefined }, /trace/],
    [
      'messages that are no list',
      { ...record, call: { ...call, request: { ...call.request, messages: 'x' } } },
      /call\.request\.messages/,
    ],
    ['an event without a time', { ...record, events: [{ type: 'message' }] }, /events\.0\.at/],
  ])('keeps what does not parse, and says why: %s', (_name, value, why) => {
    const decoded = carry(value);
    expect(decoded).toMatchObject({ format: 'intake', call: null, decode_error: { code: 'undecoded' } });
    expect(decoded.record).toBeUndefined();
    expect(decoded.decode_error?.message).toMatch(why);
  });

  it('takes no record from the wire: the media type alone is not enough', () => {
    for (const change of [
      { via: 'forward', method: 'POST', url: 'https://x.example/' },
      { via: 'import', url: 'https://x.example/' },
      { via: 'gateway' },
    ]) {
      expect(carry(record, change).record).toBeUndefined();
    }
    expect(carry(record, { via: 'import' }).record).toBeDefined();
  });
});
