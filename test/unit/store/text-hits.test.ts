import { beforeAll, describe, expect, it } from 'vitest';
import { agentRun, store, type TestStore } from './support.js';

let target: TestStore;
let ids: string[];

beforeAll(() => {
  target = store('file');
  for (const ask of ['Where is the harbour master today?', 'Nothing of that sort'])
    agentRun(target, { format: 'openai-chat', ask, turns: 3 });
  ids = target.reader.traces({ query: '', limit: 10, cursor: null }).items.map(({ trace_id }) => trace_id);
});

const steps = (traceId: string) => target.reader.traceSteps(traceId, -1, 500);

describe('hits of a list', () => {
  it('are the first place in a step, with what stands around it', () => {
    const [hit, ...others] = target.reader.listHits('harbour has:tool', ids);
    expect(others).toEqual([]);
    expect(hit).toMatchObject({ match: 'harbour', text: 'harbour', whole: true });
    expect(`${hit?.before}${hit?.match}${hit?.after}`).toContain('Where is the harbour master today?');
    const step = steps(hit?.trace_id as string).find(({ step_id }) => step_id === hit?.step_id);
    expect(step).toMatchObject({ type: 'message', role: 'user' });
  });

  it('stand in a result of a tool too, as a phrase and as the beginning of a word', () => {
    for (const query of ['beacon1', '"Found quay1"', 'beac*']) {
      const hits = target.reader.listHits(query, ids);
      expect(hits.length, query).toBe(2);
      for (const hit of hits) {
        expect(steps(hit.trace_id).map(({ step_id }) => step_id)).toContain(hit.step_id);
        expect(target.reader.traceHits(hit.trace_id, hit.text, hit.whole).hits, query).toBeGreaterThan(0);
      }
    }
  });

  it('are none of what must not be there, and none of fields', () => {
    expect(target.reader.listHits('-harbour', ids)).toEqual([]);
    expect(target.reader.listHits('kind:agent', ids)).toEqual([]);
    expect(target.reader.listHits('harbour', ['0190b0e0-0000-7000-8000-000000000000'])).toEqual([]);
  });
});

describe('hits of exchanges', () => {
  const all = () => target.reader.exchanges({ query: '', limit: 100, cursor: null }).items;
  const shown = (query: string) => {
    const exchanges = all();
    const hits = target.reader.exchangeHits(
      query,
      exchanges.map(({ exchange_id }) => exchange_id),
    );
    return { exchanges, hits };
  };

  it('are in all that the list finds by words, and in no other', () => {
    for (const query of ['harbour', 'beacon1', '"Found quay1"', 'beac*', 'completions', 'nowhere']) {
      const { hits } = shown(query);
      const found = target.reader.exchanges({ query, limit: 100, cursor: null }).items;
      expect(
        hits.map(({ exchange_id }) => exchange_id),
        query,
      ).toEqual(found.map(({ exchange_id }) => exchange_id));
    }
    expect(shown('status:200').hits).toEqual([]);
    expect(target.reader.exchangeHits('harbour', ['0190b0e0-0000-7000-8000-000000000000'])).toEqual([]);
  });

  it('show what was asked, what a tool brought, and else the address', () => {
    const [asked] = shown('harbour').hits;
    expect(`${asked?.before}${asked?.match}${asked?.after}`).toContain('Where is the harbour master today?');
    expect(shown('beacon1').hits[0]).toMatchObject({ match: 'beacon1' });
    const { exchanges, hits } = shown('completions');
    expect(`${hits[0]?.before}${hits[0]?.match}${hits[0]?.after}`).toBe(exchanges[0]?.url);
  });
});

describe('hits in a trace', () => {
  it('are counted in every step, arguments and results included, in their order', () => {
    const [traceId] = ids as [string];
    const all = steps(traceId);
    const found = target.reader.traceHits(traceId, 'BEACON', false);
    const having = all.filter((step) => /beacon/i.test(JSON.stringify(step)));
    expect(found.steps.map(({ step_id }) => step_id)).toEqual(
      having.filter(({ type }) => type !== 'decision').map(({ step_id }) => step_id),
    );
    expect(found.steps_count).toBe(found.steps.length);
    expect(found.hits).toBe(found.steps.reduce((sum, { hits }) => sum + hits, 0));
    expect(target.reader.traceHits(traceId, 'beaco', true).hits).toBe(0);
  });
});
