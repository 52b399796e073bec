import type { IntakeEvent, IntakeRecord, Json } from '../../../shared/model/index.js';
import { conversation } from '../messages/conversation.js';
import { unreadEvents } from '../messages/unread.js';
import type { Place, ReadSpan } from './places.js';
import { first, present, textOf } from './values.js';

const longestName = 120;

/** The record of a span, named by its ids: the same span again is the same record. Null where there is nothing to keep. */
export function recordOf({ span, meaning }: ReadSpan, place: Place): IntakeRecord | null {
  if (meaning === null) return null;
  const { what } = meaning;
  const events = eventsOf(span, meaning, place);
  if (what.type !== 'call' && events.length === 0 && !place.root) return null;
  const client = clientOf(span.resource);
  const { key, parent_key, parent_tool_call_id } = place;
  return {
    version: 1,
    key: `${span.trace_id}:${span.span_id}`,
    source: 'otlp',
    ...(client === undefined ? {} : { client }),
    trace: {
      key,
      kind: 'agent',
      ...(parent_key === undefined ? {} : { parent_key }),
      ...(parent_tool_call_id === undefined ? {} : { parent_tool_call_id }),
      ...(place.root ? { completion_status: span.failed ? ('failed' as const) : ('completed' as const) } : {}),
      ...(place.root && what.type === 'agent' ? { metadata: present({ agent_name: what.title ?? place.agent }) } : {}),
    },
    started_at: span.started_at,
    ended_at: span.ended_at,
    ...(what.type === 'call' ? { call: what.call } : {}),
    ...(events.length === 0 ? {} : { events }),
    extra: present({
      span: span.name.slice(0, longestName),
      trace_id: span.trace_id,
      span_id: span.span_id,
      parent_span_id: span.parent_id ?? undefined,
      scope: span.scope === '' ? undefined : span.scope.slice(0, longestName),
      provider: first(span.attributes, 'gen_ai.provider.name', 'gen_ai.system', 'llm.provider', 'ai.model.provider'),
      agent: place.agent?.slice(0, longestName),
    }),
  };
}

function eventsOf(
  span: ReadSpan['span'],
  { what, scores }: NonNullable<ReadSpan['meaning']>,
  place: Place,
): IntakeEvent[] {
  const base = (name: string) => ({
    event_id: `${span.span_id}:${name}`,
    at: span.started_at,
    ...(place.agent === undefined ? {} : { agent: place.agent.slice(0, longestName) }),
  });
  const duration_ms = (span.ended_at - span.started_at) / 1000;
  const events: IntakeEvent[] = [];
  if (what.type === 'tool') {
    const { name, tool_call_id, result, is_error } = what;
    events.push({
      ...base('tool'),
      type: 'tool_execution',
      duration_ms,
      name,
      ...(tool_call_id === undefined ? {} : { tool_call_id }),
      arguments: what.arguments,
      result: result ?? errorText(span),
      ...(is_error ? { is_error } : {}),
    });
  } else if (what.type === 'call') {
    const { sent = conversation([]), answered = conversation([]) } = what;
    events.push(
      ...unreadEvents({ event_id: `${span.span_id}:unread`, at: span.started_at, name: span.name }, sent, answered),
    );
  } else if (what.type === 'step') {
    const { description, data } = what;
    events.push({ ...base('step'), type: 'state_change', duration_ms, description, data });
  }
  scores.forEach((score, index) => {
    events.push({ ...base(`score:${index}`), type: 'score', kind: 'judge', ...score });
  });
  return events;
}

/** A failed tool's result is what it failed with. */
function errorText(span: ReadSpan['span']): Json {
  return span.failed && span.status_message !== '' ? span.status_message : null;
}

/** `service.name/service.version`; the name that SDKs make up for a program that has none says nothing. */
function clientOf(resource: ReadSpan['span']['resource']): string | undefined {
  const name = textOf(resource['service.name']);
  if (name === undefined || name.startsWith('unknown_service')) return undefined;
  const version = textOf(resource['service.version']);
  return `${name}${version === undefined ? '' : `/${version}`}`.replace(/[^\x20-\x7e]/g, '?').slice(0, longestName);
}
