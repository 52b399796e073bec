import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createBudget } from '../../../src/main/ground/budget.js';
import type { CompletionRequest } from '../../../src/main/ground/language-model.js';
import { writtenSchema } from '../../../src/main/models/dialect.js';
import { modelsAt } from '../../support/language-models.js';
import { type Answer, type ModelServer, startModelServer } from '../../support/model-server.js';

const verdict = z.strictObject({ score: z.number().min(0).max(1), note: z.string().optional() });

function request(more: Partial<CompletionRequest<z.infer<typeof verdict>>> = {}) {
  return {
    profile: 'test',
    messages: [{ role: 'user' as const, content: 'How good is this?' }],
    schema: verdict,
    schema_name: 'verdict',
    max_tokens: 100,
    timeout_ms: 5000,
    purpose: 'judge',
    cache_key: 'v1',
    signal: new AbortController().signal,
    ...more,
  };
}

const good: Answer = { text: '{"score": 0.5}', usage: { input: 1000, output: 100 } };
/** 1,000 tokens at $1 and 100 at $10 for a million. */
const goodUsd = 0.002;

const choice = (message: object, finish_reason = 'stop') =>
  JSON.stringify({ model: 'scripted', choices: [{ index: 0, message, finish_reason }] });

let server: ModelServer;
beforeEach(async () => {
  server = await startModelServer();
});
afterEach(() => server.close());

describe('a completion', () => {
  it('is parsed in its shape, with what was sent and what it cost', async () => {
    const { models, saved, recorded } = await modelsAt(`${server.url}/v1`);
    server.say(good);
    const done = await models.complete(request({ temperature: 0.3 }));
    expect(done).toMatchObject({ reply: { score: 0.5 }, cost_usd: goodUsd, attempts: 1, cached: false });
    expect(done.usage).toEqual({ input_tokens: 1000, output_tokens: 100, cached_tokens: 0 });
    const sent = JSON.parse(done.sent);
    expect(sent).toMatchObject({ model: 'scripted', temperature: 0.3, max_tokens: 100 });
    expect(sent.response_format.json_schema).toMatchObject({
      strict: true,
      schema: { required: ['score', 'note'], additionalProperties: false },
    });
    expect(server.requests[0]?.json).toEqual(sent);
    expect(saved).toMatchObject([{ outcome: 'answered', purpose: 'judge', cost_usd: goodUsd }]);
    expect(recorded).toEqual([{ purpose: 'judge', profile: 'test', host: `127.0.0.1:${server.port}` }]);
  });

  it('takes null for what may be absent, since strict schemas want every field', async () => {
    const { models } = await modelsAt(`${server.url}/v1`);
    server.say({ text: '{"score": 1, "note": null}' });
    expect((await models.complete(request())).reply).toEqual({ score: 1 });
  });

  it('is asked for once more where it does not parse, then given up with the reason; both are paid', async () => {
    const { models } = await modelsAt(`${server.url}/v1`);
    server.say({ ...good, text: 'Well, quite good.' }, { ...good, text: '{"score": 7}' });
    const done = await models.complete(request());
    expect(done).toMatchObject({ reply: null, attempts: 2, cost_usd: 2 * goodUsd });
    expect(done.unparsed).toMatch(/^wrong_shape: score/);
    server.say({ text: 'Hm.' }, { text: '<think>{"score": 9}</think>Sure:\n```json\n{"score": 0.25}\n```' });
    expect((await models.complete(request())).reply).toEqual({ score: 0.25 });
  });

  it.each([
    ['refused', choice({ content: null, refusal: 'No.' })],
    ['filtered', choice({ content: '' }, 'content_filter')],
    ['cut_off', choice({ content: '{"score": 0.' }, 'length')],
  ])('tells %s apart, and does not ask again', async (reason, raw) => {
    const { models } = await modelsAt(`${server.url}/v1`);
    server.say({ raw });
    const done = await models.complete(request());
    expect(done.reply).toBeNull();
    expect(done.unparsed?.split(':')[0]).toBe(reason);
    expect(server.requests).toHaveLength(1);
  });

  it('falls back to JSON mode and to plain text where schemas are refused, and remembers it', async () => {
    const { models } = await modelsAt(`${server.url}/v1`);
    const refusal = (param: string): Answer => ({
      raw: JSON.stringify({ error: { message: `${param} is not supported`, param } }),
      status: 400,
    });
    server.say(refusal('response_format'), refusal('response_format'), refusal('temperature'), good, good);
    expect((await models.complete(request({ temperature: 0 }))).reply).toEqual({ score: 0.5 });
    const last = server.requests.at(-1)?.json;
    expect(last).not.toHaveProperty('response_format');
    expect(last).not.toHaveProperty('temperature');
    expect(last?.messages.at(-1).content).toContain('JSON Schema');
    await models.complete(request({ cache_key: 'v2' }));
    expect(server.requests).toHaveLength(5);
  });
});

describe('what leaves', () => {
  it('is nothing before somebody agreed, and nothing to another address than that', async () => {
    const { models, profiles } = await modelsAt(`${server.url}/v1`);
    await profiles.set({ name: 'test', preset: 'custom', base_url: 'http://localhost:9/v1', model: 'scripted' });
    await expect(models.complete(request())).rejects.toMatchObject({ code: 'model_not_agreed' });
    await expect(models.complete(request({ profile: 'other' }))).rejects.toMatchObject({
      code: 'model_profile_missing',
    });
    expect(server.requests).toEqual([]);
  });

  it('is looked through once more: a secret stops the call, what else the policy replaces is replaced', async () => {
    const { models } = await modelsAt(`${server.url}/v1`);
    const secret = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;
    const asking = request({ messages: [{ role: 'user', content: `The token is ${secret}.` }] });
    const error = await models.complete(asking).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'model_text_unredacted' });
    expect(JSON.stringify(error)).not.toContain(secret);
    expect(server.requests).toEqual([]);
    server.say(good);
    const mail = 'grace.hopper@navy-records.org';
    const done = await models.complete(request({ messages: [{ role: 'user', content: `Mail ${mail}, please.` }] }));
    expect(done.sent).not.toContain(mail);
  });

  it('brings back nothing that must not be stored', async () => {
    const { models, saved } = await modelsAt(`${server.url}/v1`);
    const secret = `ghp_${'Z9y8X7w6V5u4T3s2R1q0'.repeat(2).slice(0, 36)}`;
    server.say({ text: JSON.stringify({ score: 1, note: `use ${secret}` }) });
    const done = await models.complete(request());
    expect(done.reply?.score).toBe(1);
    expect(JSON.stringify([done, saved])).not.toContain(secret);
  });

  it('has the key in its header alone, by the variable of the profile', async () => {
    const key = 'k-0123456789-unlikely';
    const { models, file } = await modelsAt(`${server.url}/v1`, { key_env: 'TEST_KEY' }, { env: { TEST_KEY: key } });
    server.say(good);
    const done = await models.complete(request());
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${key}`);
    expect(JSON.stringify(done) + file()).not.toContain(key);
    const without = await modelsAt(`${server.url}/v1`, { key_env: 'TEST_KEY' });
    await expect(without.models.complete(request())).rejects.toMatchObject({ code: 'model_key_missing' });
    const none = await modelsAt(`${server.url}/v1`);
    server.say(good);
    await none.models.complete(request());
    expect(server.requests.at(-1)?.headers).not.toHaveProperty('authorization');
  });
});

describe('equal requests', () => {
  it('cost nothing the second time and say so, until an erasure', async () => {
    const { models, saved, forget } = await modelsAt(`${server.url}/v1`);
    server.otherwise(() => good);
    const first = await models.complete(request());
    const second = await models.complete(request());
    expect(second).toMatchObject({ reply: first.reply, cached: true, cost_usd: 0, attempts: 0, sent: first.sent });
    expect(second.prompt_hash).toBe(first.prompt_hash);
    expect(server.requests).toHaveLength(1);
    expect(saved.map(({ outcome }) => outcome)).toEqual(['answered', 'cached']);
    await models.complete(request({ cache_key: 'v2' }));
    await models.complete(request({ temperature: 1 }));
    await models.complete(request({ cache_key: null }));
    await models.complete(request({ cache_key: null }));
    expect(server.requests).toHaveLength(5);
    forget();
    expect((await models.complete(request())).cached).toBe(false);
  });

  it('that come together are one call; who leaves does not end it for the others', async () => {
    const { models } = await modelsAt(`${server.url}/v1`);
    server.otherwise(() => ({ ...good, delayMs: 100 }));
    const leaving = new AbortController();
    const gone = models.complete(request({ signal: leaving.signal })).catch((error) => error.name);
    const staying = [1, 2, 3].map(() => models.complete(request()));
    leaving.abort();
    expect(await gone).toBe('AbortError');
    const done = await Promise.all(staying);
    expect(done.map(({ reply }) => reply)).toEqual([{ score: 0.5 }, { score: 0.5 }, { score: 0.5 }]);
    expect(server.requests).toHaveLength(1);
  });

  it('do not bring back after an erasure what was said before it', async () => {
    const { models, forget } = await modelsAt(`${server.url}/v1`);
    server.otherwise(() => {
      forget();
      return good;
    });
    await models.complete(request());
    server.otherwise(() => good);
    expect((await models.complete(request())).cached).toBe(false);
  });
});

describe('a server that fails', () => {
  const failing: [string, Answer][] = [
    ['500', { raw: '{"error":{"message":"oops"}}', status: 500 }],
    ['429', { raw: '{"error":{"message":"slow down"}}', status: 429, headers: { 'retry-after': '2' } }],
    ['malformed JSON', { raw: '{"choices": [' }],
    ['HTML', { raw: '<html>Login</html>', headers: { 'content-type': 'text/html' } }],
    ['a body that stops', { raw: choice({ content: '{"score": 0.5}' }), cutAfterBytes: 20 }],
    ['a reset', { raw: 'x', cutAfterBytes: 0 }],
  ];

  it.each(failing)('by %s is asked again, and charged once', async (_, bad) => {
    const { models, waits } = await modelsAt(`${server.url}/v1`);
    server.say(bad, good);
    const done = await models.complete(request());
    expect(done).toMatchObject({ reply: { score: 0.5 }, cost_usd: goodUsd, attempts: 2 });
    expect(waits).toHaveLength(1);
  });

  it('that hangs is given up in time', async () => {
    const { models } = await modelsAt(`${server.url}/v1`);
    server.say({ ...good, delayMs: 60_000 }, good);
    expect(await models.complete(request({ timeout_ms: 1000 }))).toMatchObject({ attempts: 2, cost_usd: goodUsd });
  });

  it('that drips is given up in time too', async () => {
    const { models } = await modelsAt(`${server.url}/v1`);
    const drip: Answer = { raw: choice({ content: '{"score": 0.5}' }), pieceBytes: 1, gapMs: 50 };
    server.say(drip, drip, drip, drip, drip);
    await expect(models.complete(request({ timeout_ms: 100 }))).rejects.toMatchObject({ code: 'model_timeout' });
  });

  it('is waited for as long as it says, in seconds or to a date, and not for hours', async () => {
    const { models, waits } = await modelsAt(`${server.url}/v1`);
    const limited = (after: string): Answer => ({ raw: '{}', status: 429, headers: { 'retry-after': after } });
    // A second of a lane's pause is real: it is told by date, which has passed when it is read.
    server.say(limited(new Date(Date.now() - 5000).toUTCString()), limited('0'), good);
    await models.complete(request());
    expect(waits).toEqual([0, 0]);
    server.say(limited('7200'));
    await expect(models.complete(request({ cache_key: 'v2' }))).rejects.toMatchObject({
      code: 'model_rate_limited',
      details: { retry_after_s: 7200, attempts: 1 },
    });
  });

  it.each([
    [401, 'model_unauthorized'],
    [400, 'model_refused_request'],
    [404, 'model_refused_request'],
  ])('by %i is not asked again', async (status, code) => {
    const { models, saved } = await modelsAt(`${server.url}/v1`);
    server.say({ raw: '{"error":{"message":"no such thing"}}', status });
    await expect(models.complete(request())).rejects.toMatchObject({ code });
    expect(server.requests).toHaveLength(1);
    expect(saved).toMatchObject([{ outcome: 'failed', reason: code, cost_usd: 0, unheard_usd: 0 }]);
  });

  it('to another host is not followed: neither text nor key goes there', async () => {
    await using other = await startModelServer();
    const { models } = await modelsAt(`${server.url}/v1`, { key_env: 'KEY' }, { env: { KEY: 'k-123456' } });
    server.say({ raw: '', status: 307, headers: { location: `${other.url}/v1/chat/completions` } });
    await expect(models.complete(request())).rejects.toMatchObject({ code: 'model_redirected' });
    expect(other.requests).toEqual([]);
  });

  it('with a body without end, or one that grows when it is unpacked, is cut off', async () => {
    const { models } = await modelsAt(`${server.url}/v1`);
    const bomb: Answer = { raw: Buffer.alloc(64 * 1024 * 1024, 32), encoding: 'gzip' };
    server.say(bomb);
    await expect(models.complete(request())).rejects.toMatchObject({ code: 'model_answer_invalid' });
    expect(server.requests).toHaveLength(1);
  });
});

describe('a budget', () => {
  it('stops before the call that it does not reach for; nothing is sent then', async () => {
    const { models } = await modelsAt(`${server.url}/v1`);
    server.otherwise(() => good);
    const budget = createBudget(goodUsd * 1.5);
    expect(await models.complete(request({ budget, cache_key: null }))).toMatchObject({ cost_usd: goodUsd });
    await expect(models.complete(request({ budget, cache_key: null }))).rejects.toMatchObject({
      code: 'model_budget_used',
    });
    expect(server.requests).toHaveLength(1);
    expect(budget.spent_usd).toBe(goodUsd);
  });

  it('cannot hold where nobody knows a price: nothing is sent', async () => {
    const { models } = await modelsAt(`${server.url}/v1`, { price: null });
    await expect(models.complete(request({ budget: createBudget(1) }))).rejects.toMatchObject({
      code: 'model_price_unknown',
    });
    server.say(good);
    expect((await models.complete(request())).cost_usd).toBeNull();
  });

  it('holds in chaos: no answer is lost, none is paid twice, and what is spent is what the server charged', async () => {
    const { models, saved } = await modelsAt(`${server.url}/v1`);
    let [asked, charged] = [0, 0];
    server.otherwise(() => {
      asked += 1;
      const kind = asked % 5;
      if (kind === 1) return { raw: '{}', status: 429, headers: { 'retry-after': '0' } };
      if (kind === 2) return { raw: 'bad gateway', status: 502 };
      charged += 1;
      if (kind === 3) return { ...good, text: 'no verdict at all' };
      return good;
    });
    const budget = createBudget(1);
    const all = await Promise.all(
      Array.from({ length: 40 }, (_, index) => models.complete(request({ budget, cache_key: `${index}` }))),
    );
    expect(all).toHaveLength(40);
    const cost = all.reduce((sum, { cost_usd }) => sum + Math.round((cost_usd ?? 0) * 1e8), 0) / 1e8;
    expect(cost).toBeCloseTo(charged * goodUsd, 10);
    expect(budget.spent_usd).toBe(cost);
    expect(saved).toHaveLength(40);
    expect(all.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(asked);
  });

  it('is not exceeded by more than the calls under way, though the server counts more tokens than anybody could foresee', async () => {
    const { models } = await modelsAt(`${server.url}/v1`);
    server.otherwise(() => good);
    const budget = createBudget(0.02);
    const all = await Promise.allSettled(
      Array.from({ length: 60 }, () => models.complete(request({ budget, cache_key: null }))),
    );
    expect(budget.spent_usd).toBeLessThanOrEqual(0.02 + 4 * goodUsd);
    const refused = all.filter((each) => each.status === 'rejected');
    expect(refused.every(({ reason }) => reason.code === 'model_budget_used')).toBe(true);
    expect(all.length - refused.length).toBe(server.requests.length);
  });

  it('forecasts the most that a call may cost, and sends nothing for it', async () => {
    const { models } = await modelsAt(`${server.url}/v1`);
    const most = models.forecast(request({ messages: [{ role: 'user', content: 'x'.repeat(2000) }] }));
    // Half the bytes of text and schema, and ten each for what stands around them.
    const { schema } = request();
    const { sent } = writtenSchema(schema, 'openai');
    expect(most).toBeCloseTo((1020 + Math.ceil(JSON.stringify(sent).length / 2) + 10 + 100 * 10) / 1e6, 8);
    expect(server.requests).toEqual([]);
    // What is forecast is what a budget needs, and no less will do.
    server.otherwise(() => good);
    const forecast = models.forecast(request()) as number;
    const short = models.complete(request({ budget: createBudget(forecast - 1e-8) }));
    await expect(short).rejects.toMatchObject({ code: 'model_budget_used' });
    expect(await models.complete(request({ budget: createBudget(forecast) }))).toMatchObject({ cached: false });
  });
});
