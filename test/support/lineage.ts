import { assemble } from '../../src/main/assemble/index.js';
import { connectionKey } from '../../src/shared/connection.js';
import type {
  Assembled,
  AssembledCall,
  CallNode,
  DecodedExchange,
  LineageReader,
  NewToolCall,
} from '../../src/shared/model/index.js';

/** Most calls that one lookup answers, as the interface promises. */
const maxNodes = 16;

interface StoredTool {
  node: CallNode;
  tool: NewToolCall;
  result: unknown;
  answered: boolean;
}

/** Keeps what the assembler yields and answers its lookups: the store's part in threading, in memory. */
export interface MemoryLineage extends LineageReader {
  save(assembled: Assembled): void;
  calls: AssembledCall[];
  /** Tool calls as they stand after the results that came. */
  tools(): {
    call_id: string;
    tool_call_id: string;
    name: string;
    status: string;
    result: unknown;
    duration_ms: number | null;
  }[];
  /** Calls of a trace in the order they were saved. */
  trace(traceId: string): AssembledCall[];
  /** Lookups answered so far. */
  lookups: number;
}

export function memoryLineage(): MemoryLineage {
  const nodes = new Map<string, CallNode>();
  const index = new Map<string, CallNode[]>();
  const tools = new Map<string, StoredTool[]>();
  const calls: AssembledCall[] = [];
  let lookups = 0;
  const add = (kind: string, key: string, node: CallNode) => {
    const list = index.get(`${kind} ${key}`);
    if (list === undefined) index.set(`${kind} ${key}`, [node]);
    else list.push(node);
  };
  const newest = <T>(list: T[] | undefined): T[] => {
    lookups++;
    return (list ?? []).slice(-maxNodes).reverse();
  };
  const by = (kind: string) => (key: string) => newest(index.get(`${kind} ${key}`)).map((node) => ({ ...node }));
  return {
    byResponseId: by('response'),
    byConversationId: by('conversation'),
    byResponseChain: by('response_chain'),
    byRequestChain: by('request_chain'),
    bySessionKey: by('session'),
    byFingerprint: by('fingerprint'),
    byToolCallId: (id, callId) =>
      newest((tools.get(id) ?? []).filter((stored) => callId === undefined || stored.node.call_id === callId)).map(
        (stored) => ({
          ...stored.node,
          tool_name: stored.tool.name,
          tool_step_id: stored.tool.step_id,
          has_result: stored.answered,
        }),
      ),
    call: (id) => nodes.get(id) ?? null,
    calls,
    get lookups() {
      return lookups;
    },
    trace: (traceId) => calls.filter((call) => call.trace_id === traceId),
    tools: () =>
      [...tools.values()].flat().map(({ node, tool, result }) => ({
        call_id: node.call_id,
        tool_call_id: tool.tool_call_id,
        name: tool.name,
        status: tool.status,
        result,
        duration_ms: tool.duration_ms,
      })),
    save({ call, decoded }) {
      if (call === null) return;
      calls.push(call);
      const { exchange } = decoded;
      const node: CallNode = {
        call_id: call.call.call_id,
        trace_id: call.trace_id,
        parent_call_id: call.call.parent_call_id,
        client: exchange.request.headers.find(([name]) => name.toLowerCase() === 'user-agent')?.[1] ?? 'unknown',
        connection: connectionKey(exchange.client),
        session_key: call.lineage.session_key,
        fingerprint: call.lineage.fingerprint,
        started_at: exchange.started_at,
        ended_at: exchange.ended_at,
        children: 0,
        message_count: call.request_messages.length + call.response_messages.length,
      };
      nodes.set(node.call_id, node);
      const parent = node.parent_call_id === null ? undefined : nodes.get(node.parent_call_id);
      if (parent !== undefined) parent.children++;
      add('request_chain', call.lineage.request_chain, node);
      for (const chain of new Set(call.lineage.response_chains)) add('response_chain', chain, node);
      add('fingerprint', call.lineage.fingerprint, node);
      if (call.lineage.response_id !== null) add('response', call.lineage.response_id, node);
      if (call.lineage.conversation_id !== null) add('conversation', call.lineage.conversation_id, node);
      if (call.lineage.session_key !== null) add('session', call.lineage.session_key, node);
      for (const tool of call.new_tool_calls) {
        const stored = { node, tool: { ...tool }, result: tool.result, answered: tool.result !== undefined };
        const list = tools.get(tool.tool_call_id);
        if (list === undefined) tools.set(tool.tool_call_id, [stored]);
        else list.push(stored);
      }
      for (const arrival of call.tool_results) {
        const stored = tools.get(arrival.tool_call_id)?.find((candidate) => candidate.node.call_id === arrival.call_id);
        if (stored === undefined) throw new Error(`a result for an unknown tool call, ${arrival.tool_call_id}`);
        stored.answered = true;
        stored.result = arrival.result;
        stored.tool.status = arrival.status;
        stored.tool.duration_ms = arrival.duration_ms;
      }
    },
  };
}

/** Assembles decoded exchanges one after the other, as the pipeline does, and keeps what they yield. */
export function threader(lineage: MemoryLineage = memoryLineage()) {
  return {
    lineage,
    take(exchange: DecodedExchange): AssembledCall {
      const assembled = assemble(exchange, lineage);
      if (assembled.call === null) throw new Error(`no call: ${exchange.decode_error?.message ?? exchange.format}`);
      lineage.save(assembled);
      return assembled.call;
    },
  };
}
