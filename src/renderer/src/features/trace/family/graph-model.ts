import type { Effect, ToolCall, TraceSummary } from '../../../../../shared/model/index.js';
import type { FamilyMember } from './family-tree.js';

export type NodeKind = 'agent' | 'model' | 'tool' | 'server';
export interface GraphNode {
  id: string;
  kind: NodeKind;
  label: string;
  note: string;
  /** The trace this node is. */
  trace: TraceSummary | null;
}
export interface GraphEdge {
  id: string;
  from: string;
  to: string;
  /** How often, where it has been counted. */
  count: number | null;
  failed: number;
  relation: 'asks' | 'calls' | 'spawns' | 'continues' | 'serves';
  /** Columns it spans: all agents stand left of all tools, however deep they are nested. */
  span: number;
}

/** Beyond this a picture says less than the list. */
const mostNodes = 160;

/**
 * Who called what in a family: agents (its traces), the models they ask, the tools they call, the servers that were seen
 * to run those tools. Counts are of the trace that is looked at; of the others only names are known here.
 */
export function familyGraph(
  members: FamilyMember[],
  here: { trace_id: string; toolCalls: ToolCall[]; effects: Effect[] },
): { nodes: GraphNode[]; edges: GraphEdge[]; left_out: number } {
  const nodes = new Map<string, GraphNode>();
  const edges = new Map<string, GraphEdge>();
  let left_out = 0;
  const node = (kind: NodeKind, key: string, label: string, note: string, trace: TraceSummary | null = null) => {
    const id = `${kind} ${key}`;
    if (!nodes.has(id)) {
      if (nodes.size >= mostNodes) {
        left_out += 1;
        return null;
      }
      nodes.set(id, { id, kind, label, note, trace });
    }
    return id;
  };
  const edge = (
    from: string | null,
    to: string | null,
    relation: GraphEdge['relation'],
    span = 1,
  ): GraphEdge | null => {
    if (from === null || to === null) return null;
    const id = `${from} > ${to}`;
    let found = edges.get(id);
    if (!found) {
      found = { id, from, to, count: null, failed: 0, relation, span };
      edges.set(id, found);
    }
    return found;
  };

  for (const { trace } of members) {
    node('agent', trace.trace_id, trace.title || 'Untitled', `${trace.call_count} calls`, trace);
  }
  const columns = columnsOf(members);
  const rightmost = Math.max(0, ...columns.values());
  for (const { trace } of members) {
    const agent = nodes.has(`agent ${trace.trace_id}`) ? `agent ${trace.trace_id}` : null;
    const above = trace.predecessor_trace_id ?? trace.parent_trace_id;
    if (above !== null && nodes.has(`agent ${above}`)) {
      edge(`agent ${above}`, agent, trace.predecessor_trace_id === null ? 'spawns' : 'continues');
    }
    const span = rightmost - (columns.get(trace.trace_id) ?? 0) + 1;
    for (const model of trace.models) edge(agent, node('model', model, model, 'model'), 'asks', span);
    for (const tool of trace.tool_names) edge(agent, node('tool', tool, tool, 'tool'), 'calls', span);
  }
  for (const call of here.toolCalls) {
    const found = edges.get(`agent ${here.trace_id} > tool ${call.name}`);
    if (!found) continue;
    found.count = (found.count ?? 0) + 1;
    if (call.status === 'error') found.failed += 1;
  }
  const names = new Map(here.toolCalls.map((call) => [call.tool_call_id, call.name]));
  for (const effect of here.effects) {
    const name = effect.tool_call_id === null ? undefined : names.get(effect.tool_call_id);
    if (name === undefined) continue;
    const found = edge(`tool ${name}`, node('server', effect.server, effect.server, effect.protocol), 'serves');
    if (found) found.count = (found.count ?? 0) + 1;
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()].filter((each) => nodes.has(each.to)), left_out };
}

/** Steps from the first agent of the family, along spawning and going on. */
function columnsOf(members: FamilyMember[]): Map<string, number> {
  const columns = new Map<string, number>();
  for (const { trace } of members) {
    const above = trace.predecessor_trace_id ?? trace.parent_trace_id;
    columns.set(trace.trace_id, above === null ? 0 : (columns.get(above) ?? -1) + 1);
  }
  return columns;
}
