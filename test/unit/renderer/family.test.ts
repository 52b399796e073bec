import { describe, expect, it } from 'vitest';
import { familyTree } from '../../../src/renderer/src/features/trace/family/family-tree.js';
import { familyGraph } from '../../../src/renderer/src/features/trace/family/graph-model.js';
import { waterfallRows } from '../../../src/renderer/src/features/trace/family/waterfall-rows.js';
import type { Effect, ToolCall, TraceSummary } from '../../../src/shared/model/index.js';
import { testCall, testId, testTrace } from '../../support/traces.js';

const at = (second: number) => `2026-11-21T09:30:${String(second).padStart(2, '0')}.000Z`;
const id = (number: number) => testId(1, number);
const trace = (number: number, fields: Partial<TraceSummary> = {}): TraceSummary =>
  testTrace({ trace_id: id(number), title: `t${number}`, started_at: at(number), tool_names: [], ...fields } as never);
const shape = (traces: TraceSummary[]) =>
  familyTree(traces).map(({ trace: { title }, depth, relation }) => `${'  '.repeat(depth)}${title} ${relation}`);

describe('a family of traces', () => {
  const family = [
    trace(5, { predecessor_trace_id: id(1) }),
    trace(4, { parent_trace_id: id(3) }),
    trace(3, { parent_trace_id: id(1) }),
    trace(2, { parent_trace_id: id(1) }),
    trace(1),
  ];

  it('is a tree: subagents below who spawned them, segments behind what they continue', () => {
    expect(shape(family)).toEqual(['t1 root', '  t2 subagent', '  t3 subagent', '    t4 subagent', 't5 segment']);
  });

  it('shows each trace once, also where links go round or out of the family', () => {
    const odd = [
      trace(1, { parent_trace_id: id(2) }),
      trace(2, { parent_trace_id: id(1) }),
      trace(3, { parent_trace_id: id(99) }),
    ];
    expect(shape(odd)).toHaveLength(3);
    expect(new Set(shape(odd)).size).toBe(3);
  });

  it('lays out a chain of ten thousand segments', () => {
    const chain = Array.from({ length: 10_000 }, (_, at) =>
      trace(1, { trace_id: id(at), predecessor_trace_id: at === 0 ? null : id(at - 1) }),
    );
    expect(familyTree(chain)).toHaveLength(10_000);
  });
});

const toolCall = (name: string, fields: Partial<ToolCall> = {}): ToolCall => ({
  tool_call_id: `call_${name}`,
  trace_id: id(1),
  call_id: testId(2, 1),
  step_id: testId(3, 1),
  name,
  arguments: {},
  result: null,
  status: 'ok',
  timestamp: at(12),
  duration_ms: 1000,
  metadata: {},
  ...fields,
});

describe('the waterfall', () => {
  it('puts calls and tool calls of open traces in time order below them', () => {
    const members = familyTree([trace(1), trace(2, { parent_trace_id: id(1) })]);
    const contents = {
      calls: [
        testCall({ call_id: testId(2, 2), started_at: at(20) }),
        testCall({ call_id: testId(2, 1), started_at: at(10) }),
      ],
      toolCalls: [toolCall('read')],
      more: true,
    };
    const rows = waterfallRows(members, new Map([[id(1), contents]]));
    expect(rows.map((row) => `${row.depth} ${row.kind}`)).toEqual([
      '0 trace',
      '1 call',
      '2 tool',
      '1 call',
      '1 more',
      '1 trace',
    ]);
    expect(rows.map((row) => row.kind === 'trace' && row.open)).toEqual([true, false, false, false, false, false]);
  });
});

describe('the graph', () => {
  const members = familyTree([
    trace(1, { models: ['m'], tool_names: ['read', 'Task'] }),
    trace(2, { parent_trace_id: id(1), models: ['m'], tool_names: ['read'] }),
  ]);

  it('shares models and tools among agents and counts those of the trace in view', () => {
    const toolCalls = [toolCall('read'), toolCall('read', { status: 'error' }), toolCall('Task')];
    const { nodes, edges } = familyGraph(members, { trace_id: id(1), toolCalls, effects: [] });
    expect(nodes.map((node) => node.id).sort()).toEqual(
      [`agent ${id(1)}`, `agent ${id(2)}`, 'model m', 'tool Task', 'tool read'].sort(),
    );
    const edge = (to: string, from = `agent ${id(1)}`) => edges.find((each) => each.from === from && each.to === to);
    expect(edge('tool read')).toMatchObject({ count: 2, failed: 1 });
    expect(edge('tool read', `agent ${id(2)}`)).toMatchObject({ count: null });
    expect(edge(`agent ${id(2)}`)).toMatchObject({ relation: 'spawns' });
  });

  it('adds the servers that were seen to run a tool', () => {
    const effect = { tool_call_id: 'call_read', server: 'files.example', protocol: 'mcp' } as Effect;
    const { edges } = familyGraph(members, { trace_id: id(1), toolCalls: [toolCall('read')], effects: [effect] });
    expect(edges).toContainEqual(expect.objectContaining({ from: 'tool read', to: 'server files.example', count: 1 }));
  });

  it('stays small, and says what it left out', () => {
    const tool_names = Array.from({ length: 400 }, (_, at) => `tool_${at}`);
    const graph = familyGraph(familyTree([trace(1, { tool_names })]), { trace_id: id(1), toolCalls: [], effects: [] });
    expect(graph.nodes.length).toBeLessThanOrEqual(160);
    expect(graph.left_out).toBeGreaterThan(200);
    for (const { from, to } of graph.edges) {
      expect(graph.nodes.map((node) => node.id)).toEqual(expect.arrayContaining([from, to]));
    }
  });
});
