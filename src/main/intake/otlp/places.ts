import { createHash } from 'node:crypto';
import type { Meaning } from './meaning.js';
import type { Span } from './spans.js';

export interface ReadSpan {
  span: Span;
  /** Null for a span that is none of an agent's: only its place counts. */
  meaning: Meaning | null;
}

/** The trace that a span's record belongs to. */
export interface Place {
  key: string;
  parent_key?: string;
  parent_tool_call_id?: string;
  /** Name of the agent around the span. */
  agent?: string;
  /** An agent's span that is the root of its trace here. */
  root: boolean;
}

/** Keys that were given out for OTLP trace ids, so that later requests find them; oldest forgotten first. */
export interface Homes {
  get(traceId: string): string | undefined;
  set(traceId: string, key: string): void;
}

interface Context {
  key: string;
  parent_key?: string;
  parent_tool_call_id?: string;
  agent?: string;
  /** Earlier requests told of this trace: its key stands. */
  remembered: boolean;
  /** An agent's span is around. */
  inAgent: boolean;
  /** Tool call between the innermost agent and here. */
  tool_call_id?: string;
  inTool: boolean;
}

/** Ids are cut into keys and stored: longer ones are named by their hash. */
const longestId = 200;

/**
 * Places spans by what is around them in the same request: the conversation of the nearest span that names one, and an
 * agent within an agent or within a tool call is a trace of its own. Each span is looked at once, however they are nested.
 */
export function placesOf(spans: ReadSpan[], homes: Homes): Map<ReadSpan, Place> {
  const byId = new Map<string, ReadSpan>();
  for (const read of spans) {
    const id = idOf(read.span.trace_id, read.span.span_id);
    if (!byId.has(id)) byId.set(id, read);
  }
  const conversations = new Map<string, string>();
  for (const { span, meaning } of spans) {
    if (meaning?.session !== undefined && !conversations.has(span.trace_id)) {
      conversations.set(span.trace_id, sessionKey(meaning.session));
    }
  }
  const rootKey = (traceId: string) => homes.get(traceId) ?? conversations.get(traceId) ?? `otlp:${traceId}`;
  const contexts = new Map<ReadSpan, { around: Context; own: Context }>();
  const places = new Map<ReadSpan, Place>();

  for (const start of spans) {
    const path: ReadSpan[] = [];
    const seen = new Set<ReadSpan>();
    for (
      let at: ReadSpan | undefined = start;
      at !== undefined && !contexts.has(at) && !seen.has(at);
      at = at.span.parent_id === null ? undefined : byId.get(idOf(at.span.trace_id, at.span.parent_id))
    ) {
      path.push(at);
      seen.add(at);
    }
    for (const read of path.reverse()) {
      const { span } = read;
      const parent = span.parent_id === null ? undefined : byId.get(idOf(span.trace_id, span.parent_id));
      const around: Context = (parent === undefined ? undefined : contexts.get(parent)?.own) ?? {
        key: rootKey(span.trace_id),
        remembered: homes.get(span.trace_id) !== undefined,
        inAgent: false,
        inTool: false,
      };
      contexts.set(read, { around, own: within(read, around) });
    }
  }

  for (const read of spans) {
    const { around, own } = contexts.get(read) as { around: Context; own: Context };
    if (read.meaning === null) continue;
    const { what } = read.meaning;
    const { key, parent_key, parent_tool_call_id, agent } = own;
    places.set(read, {
      key,
      ...(parent_key === undefined ? {} : { parent_key }),
      ...(parent_tool_call_id === undefined ? {} : { parent_tool_call_id }),
      ...(agent === undefined ? {} : { agent }),
      root: what.type === 'agent' && (!around.inAgent || around.key !== key),
    });
    if (parent_key === undefined && (what.type === 'call' || what.type === 'tool')) homes.set(read.span.trace_id, key);
  }
  return places;
}

function within({ span, meaning }: ReadSpan, around: Context): Context {
  if (meaning === null) return around;
  const { what, session, subagent } = meaning;
  const agent = meaning.agent ?? around.agent;
  const own: Context = { ...around, ...(agent === undefined ? {} : { agent }) };
  const base = session === undefined ? null : sessionKey(session);
  if (subagent !== undefined) {
    const root = base ?? rootOf(around.key);
    return { ...own, key: `${root}/agent:${short(subagent)}`, parent_key: root, inAgent: true };
  }
  if (what.type === 'agent') {
    const isChild = around.inTool || (around.inAgent && isNamed(meaning.agent, around.agent));
    const isOther = base !== null && around.inAgent && base !== rootOf(around.key);
    if (isChild || isOther) {
      const key = isOther ? base : `${rootOf(around.key)}/agent:${span.span_id}`;
      const { tool_call_id: _, parent_tool_call_id: _outer, ...rest } = own;
      return {
        ...rest,
        key,
        parent_key: around.key,
        ...(around.tool_call_id === undefined ? {} : { parent_tool_call_id: around.tool_call_id }),
        inAgent: true,
        inTool: false,
      };
    }
    // What it contains came before it: an agent's span ends last.
    return { ...own, key: around.remembered ? around.key : homeKey(base, around), inAgent: true };
  }
  if (what.type === 'tool') {
    return {
      ...own,
      key: homeKey(base, around),
      inTool: around.inAgent,
      ...(what.tool_call_id === undefined ? {} : { tool_call_id: what.tool_call_id }),
    };
  }
  return { ...own, key: homeKey(base, around) };
}

/** Two agents with names: a workflow around an agent has none. */
function isNamed(agent: string | undefined, around: string | undefined): boolean {
  return agent !== undefined && around !== undefined && agent !== around;
}

/** The conversation that a span names itself, unless it is that of the agent's parent, whose trace is another one. */
function homeKey(base: string | null, around: Context): string {
  return base === null || rootOf(around.key) === base ? around.key : base;
}

function rootOf(key: string): string {
  return key.split('/agent:', 1)[0] as string;
}

function sessionKey(id: string): string {
  return `session:${short(id)}`;
}

function short(id: string): string {
  return id.length <= longestId ? id : createHash('sha256').update(id).digest('hex');
}

function idOf(traceId: string, spanId: string): string {
  return `${traceId}:${spanId}`;
}
