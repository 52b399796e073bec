import type {
  ActionItem,
  DecodedAction,
  DecodedExchange,
  EffectChange,
  EffectNode,
  Json,
  LineageReader,
  NewEffect,
  ToolCallNode,
} from '../../../shared/model/index.js';
import { runOf } from '../../../shared/session-keys.js';
import { nulJoinedId } from '../../ground/derived-ids.js';
import { type Claim, claimFor, type Deed } from './claim.js';
import { exactKey, nameKey, sameArguments } from './keys.js';
import { resultAltered } from './result.js';
import { urlKeys } from './urls.js';

/** What an exchange of a tool protocol, or a plain HTTP request, did for the tool calls of models. */
export function actionEffects(decoded: DecodedExchange, action: DecodedAction, lineage: LineageReader): EffectChange[] {
  const taken = new Set<string>();
  const changes: EffectChange[] = [];
  action.items.forEach((item, index) => {
    if (item.tools !== undefined && item.tools.length > 0) {
      changes.push({ type: 'offer', server: action.server, names: item.tools.map((name) => name.toLowerCase()) });
    }
    if (item.from !== 'client') return;
    const context = { decoded, action, item, index, lineage, taken };
    if (action.protocol === 'http') changes.push(...request(context));
    else if (item.method === 'tools/call' && asks(item)) changes.push(...request(context));
    else if (!asks(item) && (item.method === 'tools/call' || item.method === '')) changes.push(...answer(context));
  });
  return changes;
}

interface Context {
  decoded: DecodedExchange;
  action: DecodedAction;
  item: ActionItem;
  index: number;
  lineage: LineageReader;
  taken: Set<string>;
}

const asks = (item: ActionItem) => item.name !== undefined || item.arguments !== undefined;

function request(context: Context): EffectChange[] {
  const { action, item, lineage, taken } = context;
  const deed = deedOf(context);
  if (deed === null) return [];
  const half_key = halfKey(context);
  const waiting = half_key === null ? null : lineage.effectByHalf(half_key);
  const early = waiting !== null && waiting.name === '' ? waiting : null;
  const claim = claimFor(deed, lineage, taken);
  if (claim === null) {
    const first = early === null ? sentBefore(deed, context) : null;
    if (first !== null) return answered(first, resultOf(item), item, lineage);
  }
  const result = early?.result ?? resultOf(item);
  const ended_at = early?.ended_at ?? (isAnswered(item) ? (item.ended_at ?? null) : null);
  const effect: NewEffect = {
    effect_id: early?.effect_id ?? effectId(context),
    half_key,
    protocol: action.protocol,
    server: action.server,
    name: deed.name,
    arguments: deed.arguments,
    result,
    status: early?.status ?? (isAnswered(item) ? (item.is_error ? 'error' : 'ok') : 'pending'),
    started_at: item.started_at,
    ended_at,
    keys: deed.http === undefined ? [exactKey(deed.name, deed.arguments), nameKey(deed.name)] : urlKeys(deed.http.url),
    joined: claim === null ? null : joined(claim),
  };
  return [
    { type: early === null ? 'add' : 'replace', effect },
    ...(claim === null ? [] : delivered(effect.effect_id, result, claim.node.result, claim.node.status)),
  ];
}

/** The half that carries only the response: it completes the request that came before, or waits for it. */
function answer(context: Context): EffectChange[] {
  const { action, item, lineage } = context;
  const half_key = halfKey(context);
  const result = resultOf(item);
  if (half_key === null || result === null) return [];
  const asked = lineage.effectByHalf(half_key);
  if (asked !== null && asked.status === 'pending') return answered(asked, result, item, lineage);
  // The answers of initialize, ping and the like come over the same stream.
  if (!isToolResult(result) && !item.is_error) return [];
  const ended_at = item.ended_at ?? item.started_at;
  const effect: NewEffect = {
    effect_id: effectId(context),
    half_key,
    protocol: action.protocol,
    server: action.server,
    name: '',
    arguments: null,
    result,
    status: item.is_error ? 'error' : 'ok',
    started_at: ended_at,
    ended_at,
    keys: [],
    joined: null,
  };
  return [{ type: 'add', effect }];
}

function answered(effect: EffectNode, result: Json | null, item: ActionItem, lineage: LineageReader): EffectChange[] {
  if (result === null) return [];
  const { effect_id } = effect;
  const status = item.is_error ? 'error' : 'ok';
  const ended_at = item.ended_at ?? item.started_at;
  const answeredCall = lineage
    .toolCallsByKey(exactKey(effect.name, effect.arguments))
    .find((node) => node.trace_id === effect.trace_id && node.tool_call_id === effect.tool_call_id);
  return [
    { type: 'complete', effect_id, result, status, ended_at },
    ...(answeredCall === undefined ? [] : delivered(effect_id, result, answeredCall.result, answeredCall.status)),
  ];
}

/** Microseconds within which a client that was refused tries again by itself; a model takes longer to ask again. */
const retry = 10_000_000;

/**
 * The same request sent before without an answer, or with an error that the client does not leave at that: servers that
 * need more input let it be sent again under a new id, and clients repeat one that broke off or was refused. All are one
 * effect of one tool call, which ended as the last of them did.
 */
function sentBefore(deed: Deed, { action, lineage }: Context): EffectNode | null {
  const isOpen = (effect: EffectNode | null, node: ToolCallNode): effect is EffectNode =>
    effect !== null &&
    (effect.status === 'pending' ? action.protocol === 'mcp' : isRetried(effect, node, deed)) &&
    effect.server === action.server &&
    effect.name === deed.name &&
    effect.started_at <= deed.started_at;
  const keys = deed.http === undefined ? [exactKey(deed.name, deed.arguments)] : urlKeys(deed.http.url).slice(0, 1);
  for (const node of keys.flatMap((key) => lineage.toolCallsByKey(key))) {
    const effect = node.effect_id === null ? null : lineage.effectOf(node.trace_id, node.tool_call_id);
    if (isOpen(effect, node)) return effect;
  }
  return null;
}

function isRetried(effect: EffectNode, node: ToolCallNode, deed: Deed): boolean {
  const ended_at = effect.ended_at ?? effect.started_at;
  return (
    effect.status === 'error' &&
    sameArguments(effect.arguments) === sameArguments(deed.arguments) &&
    node.status === 'pending' &&
    deed.started_at >= ended_at &&
    deed.started_at <= ended_at + retry
  );
}

function deedOf({ decoded, action, item }: Context): Deed | null {
  const { exchange } = decoded;
  const run = runOf(exchange.session_source === 'run' ? `run:${exchange.session ?? ''}` : null);
  const base = { protocol: action.protocol, started_at: item.started_at, run };
  if (action.protocol === 'mcp') return { ...base, name: item.name ?? '', arguments: item.arguments ?? {} };
  const text = item.name ?? exchange.url;
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const method = item.method.toUpperCase();
  return {
    ...base,
    name: `${method} ${url.origin}${url.pathname}`,
    arguments: {
      ...(url.search === '' ? {} : { query: Object.fromEntries([...url.searchParams].slice(0, 64)) }),
      ...(item.arguments === undefined || item.arguments === null ? {} : { body: item.arguments }),
    },
    http: { method, url },
  };
}

/** Host, session and JSON-RPC id: the oldest dialect answers under another path than it is asked under. */
function halfKey({ decoded, action, item }: Context): string | null {
  if (action.protocol !== 'mcp' || item.id === null) return null;
  const host = action.server.split('/', 1)[0];
  const { address } = decoded.exchange.client;
  return `${host} ${action.session_id || `client:${address}`} ${item.id}`.slice(0, 600);
}

/** An answer may be empty (HTTP 204); one that asks for more input is none. */
function isAnswered(item: ActionItem): boolean {
  return item.result !== undefined && !item.incomplete;
}

function resultOf(item: ActionItem): Json | null {
  return isAnswered(item) ? (item.result ?? null) : null;
}

function isToolResult(value: Json): boolean {
  return (
    value !== null &&
    typeof value === 'object' &&
    !Array.isArray(value) &&
    (Array.isArray(value.content) || 'structuredContent' in value || 'isError' in value)
  );
}

function effectId({ decoded, item, index }: Context): string {
  return nulJoinedId(item.started_at, decoded.exchange.exchange_id, 'effect', index);
}

function joined({ node, join, arguments_altered }: Claim): NonNullable<NewEffect['joined']> {
  const { trace_id, tool_call_id, call_id } = node;
  return { trace_id, tool_call_id, call_id, join, arguments_altered };
}

function delivered(effect_id: string, wire: Json | null, modelResult: Json | null, status: string): EffectChange[] {
  if (wire === null || status === 'pending' || modelResult === null) return [];
  return [{ type: 'delivered', effect_id, result_altered: resultAltered(wire, modelResult) }];
}
