import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCatalogue } from '../../../src/main/oracle/catalogue.js';
import { defaultShapes, sampleTrace } from '../../../src/main/oracle/sampler/sample.js';
import { failuresOf, validators } from '../../../src/main/oracle/validators/index.js';
import type { GoldCall, GoldTrace } from '../../../src/shared/model/gold-trace.js';

const catalogue = openCatalogue([join(import.meta.dirname, '../../../resources/oracle/domains')]);
const finance = catalogue.named('Finance');

function sampled(fits: (trace: GoldTrace) => boolean): GoldTrace {
  for (let index = 0; index < 4000; index += 1) {
    const { shape: _, ...trace } = sampleTrace(finance, {
      seed: 3,
      index,
      shapes: defaultShapes,
      worlds: (number) => catalogue.world(finance, number),
      worldCount: 4,
    });
    if (fits(trace)) return structuredClone(trace);
  }
  throw new Error('no such trace was sampled');
}

const call = (trace: GoldTrace, tool: string): GoldCall => {
  const found = trace.graph.calls.find(({ tool_id }) => tool_id === `finance.${tool}`);
  if (found === undefined) throw new Error(`the trace has no ${tool}`);
  return found;
};
const has =
  (...tools: string[]) =>
  ({ graph }: GoldTrace) =>
    tools.every((tool) => graph.calls.some(({ tool_id }) => tool_id === `finance.${tool}`));

/** A violation of one kind, put into a trace that is valid. */
const planted: [string, (trace: GoldTrace) => boolean, (trace: GoldTrace) => void][] = [
  ['shape', () => true, (trace) => Reflect.deleteProperty(trace, 'policy')],
  ['tools', () => true, (trace) => Object.assign(trace.graph.calls[0] as GoldCall, { tool_id: 'finance.wire_money' })],
  [
    'argument-schema',
    has('list_invoices'),
    (trace) => Object.assign(call(trace, 'list_invoices').arguments, { status: 'lost' }),
  ],
  [
    'result-schema',
    has('list_invoices'),
    (trace) => Object.assign(trace.results?.[call(trace, 'list_invoices').call_id] as object, { found: -1 }),
  ],
  [
    'dependencies',
    () => true,
    (trace) => Object.assign(trace.graph.calls[0] as GoldCall, { dependencies: ['call_99'] }),
  ],
  [
    'acyclic',
    ({ graph }) => graph.calls.length > 1,
    ({ graph }) => {
      Object.assign(graph.calls[0] as GoldCall, { dependencies: ['call_2'] });
      Object.assign(graph.calls[1] as GoldCall, { dependencies: ['call_1'] });
    },
  ],
  [
    'order',
    ({ graph }) => (graph.calls[1]?.dependencies ?? []).includes('call_1'),
    ({ graph }) => graph.execution_order.reverse(),
  ],
  [
    'feeds',
    has('find_suppliers', 'sum_invoices'),
    (trace) => {
      const { argument_sources: sources } = call(trace, 'sum_invoices');
      Object.assign(sources?.['supplier_id'] as object, { path: 'suppliers[7].supplier_id' });
    },
  ],
  [
    'provenance',
    () => true,
    (trace) =>
      Object.assign(trace.graph.calls[0] as GoldCall, { provenance: { source_type: 'user', source_id: 'another' } }),
  ],
  [
    'simulation',
    has('sum_invoices'),
    (trace) => Object.assign(trace.results?.[call(trace, 'sum_invoices').call_id] as object, { sum: 1 }),
  ],
  [
    'policy',
    has('schedule_payment'),
    (trace) => {
      Reflect.deleteProperty(call(trace, 'schedule_payment').arguments, 'confirmed');
      Reflect.deleteProperty(call(trace, 'schedule_payment').argument_sources as object, 'confirmed');
    },
  ],
  [
    'policy',
    has('list_invoices'),
    (trace) =>
      Object.assign(call(trace, 'list_invoices').arguments, {
        department_id: trace.request.persona?.tenant === 'DEP-0001' ? 'DEP-0002' : 'DEP-0001',
      }),
  ],
  ['policy', has('approve_invoice'), ({ request }) => Object.assign(request.persona as object, { role: 'clerk' })],
  [
    'scope-limits',
    has('list_invoices'),
    (trace) =>
      Object.assign(call(trace, 'list_invoices'), {
        scope: { rows_requested: 90, sensitivity_tier: 'confidential' },
      }),
  ],
  [
    'agreement',
    has('get_invoice'),
    (trace) => {
      trace.request.text += ' And INV-0099.';
    },
  ],
];

describe('a violation is found', () => {
  test.each(planted)('%s', (validator, fits, plant) => {
    const trace = sampled(fits);
    expect(failuresOf(trace, catalogue)).toEqual([]);
    plant(trace);
    expect(failuresOf(trace, catalogue).map((failure) => failure.validator)).toContain(validator);
  });

  test('of each kind that there is', () => {
    const kinds = new Set(planted.map(([kind]) => kind));
    expect(validators.map(({ id }) => id).filter((id) => !kinds.has(id))).toEqual(['minimal-scope']);
  });

  test.each([1.1, 2, 10])('over-fetching at %f times what was asked, with the smaller alternative', (times) => {
    const trace = sampled(
      ({ graph: { calls } }) =>
        calls.length === 1 &&
        calls[0]?.tool_id === 'finance.list_invoices' &&
        Number(calls[0].arguments['limit'] ?? 0) >= 3,
    );
    const only = trace.graph.calls[0] as GoldCall;
    const asked = Number(only.arguments['limit']);
    const more = Math.ceil(asked * times);
    only.arguments['limit'] = more;
    only.scope.rows_requested = more;
    // The words say so too: nothing but the world tells.
    trace.request.expected_scope.rows_requested = more;
    const found = failuresOf(trace, catalogue).filter(({ validator }) => validator === 'minimal-scope');
    expect(found).toHaveLength(1);
    expect(found[0]?.message).toContain(`asks for ${more} rows where ${asked} are needed`);
    expect(found[0]?.message).toContain(`"limit":${asked}`);
  });

  test('a filter that was asked for and left out', () => {
    const trace = sampled(
      ({ graph: { calls }, request }) =>
        calls.length === 1 &&
        calls[0]?.tool_id === 'finance.list_invoices' &&
        calls[0].arguments['status'] !== undefined &&
        request.asks?.[0]?.rows === null,
    );
    const only = trace.graph.calls[0] as GoldCall;
    Reflect.deleteProperty(only.arguments, 'status');
    Reflect.deleteProperty(only.argument_sources as object, 'status');
    expect(failuresOf(trace, catalogue).map(({ validator }) => validator)).toContain('minimal-scope');
  });
});

test('the example of the document that gold traces come from is one', () => {
  const example = {
    trace_id: 'finance_00000001',
    request: {
      request_id: 'finance_req_0',
      domain: 'Finance',
      text: 'Find my most recent unpaid invoice',
      intent_category: 'retrieve',
      expected_scope: { rows_requested: 1, sensitivity_tier: 'confidential' },
    },
    policy: {
      policy_id: 'finance_policy_v1',
      domain: 'Finance',
      rules: ['Users can only access invoices for their own department'],
      scope_limits: { max_results: 100 },
    },
    graph: {
      graph_id: 'graph_finance_req_0',
      calls: [
        {
          call_id: 'call_1',
          tool_id: 'finance.list_invoices',
          arguments: { limit: 1, status: 'unpaid' },
          scope: { rows_requested: 1, sensitivity_tier: 'confidential' },
          provenance: { source_type: 'user', source_id: 'finance_req_0' },
        },
      ],
      execution_order: ['call_1'],
    },
    validated: true,
    created_at: '2026-01-25T18:00:00',
  };
  expect(failuresOf(example, catalogue)).toEqual([]);
});
