import type { CallNode, EffectJoin, Json, LineageReader, Micros, ToolCallNode } from '../../../shared/model/index.js';
import { runOf, sessionOf } from '../../../shared/session-keys.js';
import { wireNames } from '../../../shared/tool-names.js';
import { exactKey, nameKey, sameArguments } from './keys.js';
import { placeOf, urlKeys, urlsOf } from './urls.js';

/** Something that was done, as it looks for the tool call that asked for it. */
export interface Deed {
  protocol: 'mcp' | 'http' | 'otlp';
  /** Tool name as the server knows it; `GET https://host/path` for plain HTTP. */
  name: string;
  arguments: Json;
  http?: { method: string; url: URL };
  started_at: Micros;
  /** Run label (`sluice run --session`) it was seen in, '' outside of one; null where that is not known. */
  run: string | null;
  /** Only tool calls of this trace. */
  trace_id?: string;
}

export interface Claim {
  node: ToolCallNode;
  join: EffectJoin;
  arguments_altered: boolean;
}

/** Microseconds from the tool call to what it does. */
const window = 3600 * 1_000_000;
/** Of two agents that ask for the same within this time, the first gets the first answer. */
const together = 60 * 1_000_000;
/** Clocks of two observers differ, and one observer's events of one moment come in any order. */
const slack = { mcp: 50_000, http: 50_000, otlp: 2_000_000 } as const;

interface Candidate {
  node: ToolCallNode;
  call: CallNode | null;
}

const placeOfTool = (node: { trace_id: string; call_id: string | null; tool_call_id: string }) =>
  `${node.trace_id}\0${node.call_id}\0${node.tool_call_id}`;

/**
 * The stored tool call that asked for the deed: by name and the same arguments, else by name and time; a plain request by
 * its URL. At most three lookups of at most 16 tool calls each.
 * @param taken tool calls (`placeOfTool`) that others of the same exchange were joined to; the answer is added
 */
export function claimFor(deed: Deed, lineage: LineageReader, taken: Set<string>): Claim | null {
  const claim = deed.http === undefined ? byName(deed, lineage, taken) : byUrl(deed, deed.http, lineage, taken);
  if (claim !== null) taken.add(placeOfTool(claim.node));
  return claim;
}

function byName(deed: Deed, lineage: LineageReader, taken: Set<string>): Claim | null {
  const named = (node: ToolCallNode) => sameTool(node.name, deed.name);
  const exact = fitting(deed, lineage.toolCallsByKey(exactKey(deed.name, deed.arguments)), lineage, taken, named);
  if (exact.length > 0) {
    const node = first(exact, deed.started_at);
    return {
      node,
      arguments_altered: false,
      join: join(
        'name and arguments',
        exact,
        node,
        [0.98, 0.9, 0.75],
        `${deed.name} was asked for with these arguments`,
      ),
    };
  }
  const near = fitting(deed, lineage.toolCallsByKey(nameKey(deed.name)), lineage, taken, named);
  const best = likest(near, deed.arguments);
  if (best.length === 0) return null;
  const node = first(best, deed.started_at);
  return {
    node,
    arguments_altered: true,
    join: join(
      'name and time',
      best,
      node,
      [0.7, 0.6, 0.5],
      `${deed.name} was asked for shortly before, with other arguments`,
    ),
  };
}

function byUrl(deed: Deed, http: NonNullable<Deed['http']>, lineage: LineageReader, taken: Set<string>): Claim | null {
  for (const [rank, key] of urlKeys(http.url).entries()) {
    const asked = (node: ToolCallNode) =>
      urlsOf(node.name, node.arguments).find(
        ({ url, method }) => placeOf(url) === placeOf(http.url) && (method === null || method === http.method),
      );
    const candidates = fitting(deed, lineage.toolCallsByKey(key), lineage, taken, (node) => asked(node) !== undefined);
    if (candidates.length === 0) continue;
    const node = first(candidates, deed.started_at);
    const { url, whole } = asked(node) as NonNullable<ReturnType<typeof asked>>;
    const sure =
      rank === 0 ? (whole ? ([0.95, 0.85, 0.7] as const) : ([0.9, 0.8, 0.65] as const)) : ([0.7, 0.6, 0.5] as const);
    const found = join(
      rank === 0 ? 'url' : 'host and path',
      candidates,
      node,
      sure,
      `${placeOf(http.url)} stands in the arguments of ${node.name}`,
    );
    return {
      node,
      arguments_altered: rank > 0 && url.search !== '' && url.search !== http.url.search,
      join: whole ? found : { ...found, part: true },
    };
  }
  return null;
}

/** True where a model's name for a tool can mean the server's tool. */
export function sameTool(asked: string, served: string): boolean {
  return wireNames(asked).includes(served.toLowerCase()) || wireNames(served).includes(asked.toLowerCase());
}

function fitting(
  deed: Deed,
  nodes: ToolCallNode[],
  lineage: LineageReader,
  taken: Set<string>,
  accept: (node: ToolCallNode) => boolean,
): Candidate[] {
  return nodes.flatMap((node) => {
    if (taken.has(placeOfTool(node)) || (deed.trace_id !== undefined && node.trace_id !== deed.trace_id)) return [];
    const call = node.call_id === null ? null : lineage.call(node.call_id);
    const began = call?.started_at ?? node.asked_at;
    if (deed.started_at < began - slack[deed.protocol] || deed.started_at > node.asked_at + window) return [];
    const answered =
      node.status === 'pending' || node.duration_ms === null ? null : node.asked_at + node.duration_ms * 1000;
    if (answered !== null && deed.started_at > answered + slack[deed.protocol]) return [];
    if (call !== null && deed.run !== null && !mayRunIn(deed.run, call.session_key)) return [];
    return accept(node) && isFree(deed, node, lineage) ? [{ node, call }] : [];
  });
}

/** Calls that a session's file told of say nothing about a run. */
function mayRunIn(run: string, key: string | null): boolean {
  return runOf(key) === run || (run !== '' && key !== null && sessionOf(key) === key);
}

/** A tool call has one effect on the wire, beside what others report of it; a command line may fetch several URLs. */
function isFree(deed: Deed, node: ToolCallNode, lineage: LineageReader): boolean {
  if (node.effect_id === null) return true;
  const effect = lineage.effectOf(node.trace_id, node.tool_call_id);
  if (effect === null) return true;
  if (effect.protocol === 'otlp') return deed.protocol !== 'otlp';
  return deed.protocol === 'otlp' || (effect.join?.part === true && effect.name !== deed.name);
}

/** Those whose arguments have most entries in common with what was sent; with none in common only what is still open. */
function likest(candidates: Candidate[], sent: Json): Candidate[] {
  const entries = entriesOf(sent);
  const common = candidates.map(
    ({ node }) => [...entriesOf(node.arguments)].filter((each) => entries.has(each)).length,
  );
  const most = Math.max(0, ...common);
  return candidates.filter(
    ({ node }, index) => common[index] === most && (most > 0 || entries.size === 0 || node.status === 'pending'),
  );
}

function entriesOf(value: Json): Set<string> {
  if (value === null || typeof value !== 'object') return new Set(value === null ? [] : [sameArguments(value)]);
  return new Set(
    Object.entries(value)
      .slice(0, 64)
      .map(([key, inner]) => `${key}\0${sameArguments(inner)}`),
  );
}

/**
 * The one whose turn it is. Lookups answer newest first, so the last of the list asked first. Where the conversation went
 * on without a result, the tool was never run, and it would else take what every later one of its kind does.
 */
function first(candidates: Candidate[], at: Micros): ToolCallNode {
  const live = candidates.filter(({ node, call }) => node.status !== 'pending' || (call?.children ?? 0) === 0);
  const pool = (live.length > 0 ? live : candidates).map(({ node }) => node);
  const recent = pool.filter((node) => at - node.asked_at < together);
  if (recent.length > 0) {
    const earliest = Math.min(...recent.map((node) => node.asked_at));
    return recent.findLast((node) => node.asked_at === earliest) as ToolCallNode;
  }
  const newest = pool[0] as ToolCallNode;
  return pool.findLast((node) => node.call_id === newest.call_id) as ToolCallNode;
}

/** @param sure how sure it is with one candidate, with equals in one answer of the model, with equals of several */
function join(
  basis: string,
  candidates: Candidate[],
  node: ToolCallNode,
  sure: readonly [number, number, number],
  evidence: string,
): EffectJoin {
  const rivals = candidates.length;
  const within = candidates.every((each) => each.node.call_id === node.call_id);
  return {
    basis,
    confidence: rivals === 1 ? sure[0] : within ? sure[1] : sure[2],
    evidence: rivals === 1 ? evidence : `${evidence}; the first of ${rivals} that were open`,
  };
}
