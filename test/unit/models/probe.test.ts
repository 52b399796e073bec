import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { probeProfile } from '../../../src/main/models/index.js';
import { modelsAt } from '../../support/language-models.js';
import { type Answer, type JsonObject, type ModelServer, startModelServer } from '../../support/model-server.js';

let server: ModelServer;
beforeEach(async () => {
  server = await startModelServer();
});
afterEach(() => server.close());

const refused = (param: string): Answer => ({
  raw: JSON.stringify({ error: { message: `Unsupported parameter: ${param}`, param } }),
  status: 400,
});
const said = (text: string, output = 5): Answer => ({ text, usage: { input: 10, output } });

async function probed(answer: (body: JsonObject) => Answer) {
  server.otherwise(({ json }) => answer(json));
  const { models, parts, saved, recorded } = await modelsAt(`${server.url}/v1`);
  const { probe } = await probeProfile('test', models, parts, new AbortController().signal);
  expect(recorded).toHaveLength(server.requests.length);
  expect(saved).toHaveLength(server.requests.length);
  const checks = Object.fromEntries((probe?.checks ?? []).map(({ check, outcome }) => [check, outcome]));
  return { capabilities: probe?.capabilities, checks, cost: probe?.cost_usd };
}

describe('a probe', () => {
  it('tells a server that enforces schemas and bounds answers by the older field', async () => {
    const { capabilities, checks, cost } = await probed((body) => {
      if (body['max_completion_tokens']) return refused('max_completion_tokens');
      if (body['reasoning_effort']) return refused('reasoning_effort');
      return said(body['response_format'] ? '{"probe_colour":"ochre","probe_number":2}' : 'hello');
    });
    expect(capabilities).toEqual({
      structure: 'schema',
      limit_field: 'max_tokens',
      temperature: true,
      reasoning_effort: false,
    });
    expect(checks).toEqual({
      max_completion_tokens: 'refused',
      max_tokens: 'honoured',
      temperature: 'accepted',
      reasoning_effort: 'refused',
      json_schema: 'honoured',
    });
    expect(cost).toBeCloseTo(3 * (10 + 50) * 1e-6, 8);
  });

  it('tells a field that is ignored from one that is honoured', async () => {
    const { capabilities, checks } = await probed((body) => {
      const long = body['max_tokens'] === 16 || body['max_completion_tokens'] === 16;
      return said('My favourite colour is blue.', long ? 400 : 6);
    });
    expect(capabilities).toMatchObject({ structure: 'plain', limit_field: 'max_tokens' });
    expect(checks).toMatchObject({ json_schema: 'ignored', json_mode: 'ignored', max_tokens: 'ignored' });
  });

  it('finds JSON mode where schemas are refused', async () => {
    const { capabilities } = await probed((body) => {
      const format = body['response_format']?.type;
      return format === 'json_schema' ? refused('response_format') : said(format ? '{"colour":"red"}' : 'red');
    });
    expect(capabilities?.structure).toBe('json');
  });

  it('ends where nothing of it can work, and says why', async () => {
    server.otherwise(() => ({ raw: '{"error":{"message":"bad key"}}', status: 401 }));
    const { models, parts, profiles } = await modelsAt(`${server.url}/v1`);
    const asked = probeProfile('test', models, parts, new AbortController().signal);
    await expect(asked).rejects.toMatchObject({ code: 'model_unauthorized' });
    expect(profiles.get('test').probe).toBeNull();
  });
});
