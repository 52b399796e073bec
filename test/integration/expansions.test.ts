import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, sluice, startEngine } from '../support/engine.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';

// biome-ignore lint/suspicious/noExplicitAny: answers of the API
type Any = any;

const written = 'I am asked where the bell hangs; searching is the way to know. Ask anna.schmidt@mail-example.com.';
const search = { type: 'function', function: { name: 'search', parameters: { type: 'object', properties: {} } } };

/** Captured over the proxy, written by a scripted model, taken into a dataset: all over HTTP. */
describe('reasoning that a model writes of captured calls', () => {
  let engine: Engine;
  let server: ModelServer;
  const asked = () => server.requests.filter(({ json }) => json.response_format?.json_schema?.name === 'reasoning');
  beforeAll(async () => {
    server = await startModelServer();
    server.otherwise(({ json }) => {
      const usage = { input: 200, output: 50 };
      if (json.response_format !== undefined) return { text: JSON.stringify({ reasoning: written }), usage };
      return json.messages.length > 1
        ? { text: 'It hangs in the tower.' }
        : { toolCalls: [{ id: `call_${json.messages[0].content.length}`, name: 'search', arguments: { q: 'bell' } }] };
    });
    engine = await startEngine(['--upstream', `stub=${server.url}`]);
    for (const content of ['Where does the bell hang?', 'Where does the great bell hang?']) {
      const say = async (messages: object[]): Promise<Any> => {
        const answer = await fetch(`${engine.ready.proxy}/stub/v1/chat/completions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            model: 'agent-1',
            messages,
            tools: [search, { ...search, function: { name: 'read' } }],
          }),
        });
        return ((await answer.json()) as Any).choices[0].message;
      };
      const message = await say([{ role: 'user', content }]);
      const result = { role: 'tool', tool_call_id: message.tool_calls[0].id, content: 'In the tower.' };
      await say([{ role: 'user', content }, message, result]);
    }
    await engine.settled();
    const base_url = `${server.url}/v1/`;
    const profile = { name: 'writer', base_url, model: 'w-1', price: { input: 1, output: 10 } };
    await engine.api('/models', { body: profile });
  });
  afterAll(async () => {
    await engine?.dispose();
    await server?.close();
  });
  const over = (job_id: string) =>
    engine.until<Any>(`/jobs/${job_id}`, (job: Any) => /queued|running/.test(job.state) === false && job);
  const refusal = async (body: object) => {
    const answer = await engine.fetch('/expansions', { body });
    return [answer.status, ((await answer.json()) as Any).error.code];
  };

  it('is asked for after an agreement alone, costs nothing the second time, and is told page by page', async () => {
    expect(await refusal({ query: '', profile: 'writer' })).toEqual([409, 'model_not_agreed']);
    expect(await refusal({ query: '', profile: 'nobody' })).toEqual([404, 'model_profile_missing']);
    await engine.api('/models/writer/agree', { body: { host: new URL(server.url).host } });
    expect(await refusal({ query: 'status:(', profile: 'writer' })).toEqual([400, 'query_invalid']);
    const forecast = await engine.api('/expansions/forecast', { body: { query: '', profile: 'writer' } });
    expect(forecast).toMatchObject({ traces: 2, calls: 4, looked_at: 2 });
    expect(asked()).toEqual([]);

    const { job_id } = await engine.api('/expansions', { body: { query: '', profile: 'writer', budget_usd: 1 } });
    const { result } = await over(job_id);
    expect(result).toMatchObject({ traces: 2, written: 4, own: 0, left_out: 0, cached: 0, stopped: null });
    expect(result.cost_usd).toBeCloseTo(4 * 0.0007, 9);
    expect(result.cost_usd).toBeLessThanOrEqual(forecast.most_usd);
    expect(asked()[0]?.json.messages[1].content).toMatch(/<<<context [0-9a-f]{20}\n[\s\S]*\n\nReminder: /);

    const { items: traces } = await engine.api('/traces');
    const first = await engine.api(`/traces/${traces[0].trace_id}/expansions?limit=1`);
    const rest = await engine.api(`/traces/${traces[0].trace_id}/expansions?cursor=${first.next_cursor}`);
    const whole = await engine.api(`/traces/${traces[0].trace_id}`);
    const told = [...first.items, ...rest.items];
    expect(new Set(told.map(({ call_id }) => call_id))).toEqual(
      new Set(whole.calls.map(({ call_id }: Any) => call_id)),
    );
    expect(told[0]).toMatchObject({ profile: 'writer', model: 'w-1', reduction: { left_out: [] } });
    // What a model said passes the gate too.
    expect(told[0].reasoning).toContain('searching is the way to know');
    expect(JSON.stringify(told)).not.toContain('anna.schmidt');
    expect((await engine.fetch('/traces/0190aaaa-0000-7000-8000-000000000000/expansions')).status).toBe(404);

    const count = asked().length;
    const { stdout, stderr, code } = await sluice(['expand', '', '--data-dir', engine.ready.data_dir]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(
        /^reasoning of 4 calls, 4 from the cache, 0 told their own, 0 left out, \$0\.0000, /,
      ),
    });
    expect(stderr).toMatch(/^2 traces, up to 4 calls, at most \$0\.\d{4}\n/);
    expect(asked()).toHaveLength(count);
    const { items } = await engine.api('/audit-log?action=expansion_started');
    expect(items.map(({ details }: Any) => details)).toEqual([
      { profile: 'writer', calls: 'without', budget_usd: null },
      { profile: 'writer', calls: 'without', budget_usd: 1 },
    ]);
  });

  it('stands in derived rows of a dataset, never in a real one, and the same again', async () => {
    const definition = {
      query: '',
      packages: ['tool-selection'],
      layouts: ['training-example'],
      format: 'jsonl',
      pseudonyms: 'project',
      augment: { ids: ['reasoning-expansion'], share: 0.5 },
    };
    await engine.api('/datasets', { body: { name: 'bells', definition } });
    const build = async () => {
      const { job_id } = await engine.api('/datasets/bells/versions', { body: {} });
      const { out } = (await over(job_id)).result;
      const file = (name: string) => readFileSync(join(out, name), 'utf8');
      const rows = (name: string) =>
        file(name)
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line));
      return { real: rows('data.jsonl'), derived: rows('data_augmented.jsonl'), notes: rows('augmented.jsonl'), file };
    };
    const { real, derived, notes, file } = await build();
    expect(real).toHaveLength(2);
    expect(derived).toHaveLength(2);
    expect(JSON.stringify(real)).not.toContain('the way to know');
    expect(JSON.stringify(real)).not.toContain('derived');
    for (const [at, row] of derived.entries()) {
      const source = real.find(({ id }) => id === row.id);
      expect(row.expected_output.reasoning).toContain('searching is the way to know');
      expect({ ...row.expected_output, reasoning: '' }).toEqual(source.expected_output);
      const by = { by: 'reasoning-expansion', details: { profile: 'writer', model: 'w-1' } };
      expect(row.metadata.derived).toMatchObject([by]);
      expect(notes[at]).toMatchObject({ ...by, file: 'data_augmented.jsonl', row: at });
    }
    expect(JSON.parse(file('manifest.json')).augmentation).toMatchObject({ rows: 2, by: { 'reasoning-expansion': 2 } });
    expect((await build()).derived).toEqual(derived);
  });

  it('goes with what is erased of it', async () => {
    const { job } = await engine.api('/erasures', { body: { subject: ['searching is the way'] } });
    await over(job.job_id);
    const { items: traces } = await engine.api('/traces');
    const { items } = await engine.api(`/traces/${traces[0].trace_id}/expansions`);
    expect(items).toHaveLength(2);
    expect(JSON.stringify(items)).not.toContain('searching is the way');
  });
});
