import {
  fromIso,
  type IntakeEvent,
  type Json,
  type Micros,
  millisOfSpan,
  type Quantity,
  type SentEvent,
} from '../../../shared/model/index.js';
import { sentDecision } from '../decision.js';

type Fields = { [name: string]: Json };

/** Microseconds of a time as it is sent: ISO-8601, or milliseconds since 1970. */
export function microsOf(time: string | number): Micros {
  return typeof time === 'number' ? Math.round(time * 1000) : fromIso(time);
}

/** The neutral form of an event as it was sent. A tool call that brought its result is two. */
export function intakeEvents(sent: SentEvent): IntakeEvent[] {
  const { timestamp, event_id, duration_ms, agent } = sent;
  const base = {
    at: microsOf(timestamp),
    ...(event_id === undefined ? {} : { event_id }),
    ...(duration_ms === undefined ? {} : { duration_ms }),
    ...(agent === undefined ? {} : { agent }),
  };
  switch (sent.type) {
    case 'file_open':
    case 'file_close':
      return [{ ...base, type: sent.type, file: sent.file, ...otherData(sent, ['file']) }];
    case 'code_edit':
      return [{ ...base, type: 'code_edit', file: sent.file, diff: sent.diff, ...otherData(sent, ['file', 'diff']) }];
    case 'terminal_command':
      return [
        {
          ...base,
          ...spanOf(sent),
          type: 'terminal_command',
          command: sent.command,
          exit_code: sent.exit_code ?? null,
          output: sent.output ?? '',
          // Text says more than its number.
          ...otherData(sent, [
            'command',
            'exit_code',
            'output',
            ...(typeof sent.duration === 'number' ? ['duration'] : []),
          ]),
        },
      ];
    case 'test_result':
      return [
        {
          ...base,
          type: 'test_result',
          name: sent.name ?? 'tests',
          status: sent.status ?? testStatus(sent),
          ...(sent.output === undefined ? {} : { output: sent.output }),
          ...otherData(sent, ['name', 'status', 'output']),
        },
      ];
    case 'reasoning_step':
    case 'user_feedback':
      return [{ ...base, type: sent.type, content: sent.content, ...otherData(sent, ['content']) }];
    case 'reasoning':
      return [{ ...base, type: 'reasoning', content: sent.content }];
    case 'message':
      return [{ ...base, type: 'message', role: sent.role, content: contentText(sent.content) }];
    case 'tool_call': {
      const { tool_call_id, name, result, is_error } = sent;
      const metadata = otherData(sent, ['tool_call_id', 'name', 'arguments', 'result', 'is_error']).data;
      const call: IntakeEvent = {
        ...base,
        type: 'tool_call',
        name,
        arguments: sent.arguments ?? {},
        ...(tool_call_id === undefined ? {} : { tool_call_id }),
        ...(metadata === undefined ? {} : { metadata }),
      };
      if (result === undefined) return [call];
      const answer: IntakeEvent = {
        at: base.at + Math.round((base.duration_ms ?? 0) * 1000),
        ...(event_id === undefined ? {} : { event_id: `${event_id}\0result` }),
        ...(agent === undefined ? {} : { agent }),
        type: 'tool_result',
        name,
        result,
        ...(tool_call_id === undefined ? {} : { tool_call_id }),
        ...(is_error === undefined ? {} : { is_error }),
      };
      return [call, answer];
    }
    case 'tool_result': {
      const { tool_call_id, name, result, is_error } = sent;
      return [
        {
          ...base,
          type: 'tool_result',
          result,
          ...(tool_call_id === undefined ? {} : { tool_call_id }),
          ...(name === undefined ? {} : { name }),
          ...(is_error === undefined ? {} : { is_error }),
        },
      ];
    }
    case 'decision': {
      return [{ ...base, type: 'decision', ...sentDecision(sent) }];
    }
    case 'error': {
      const { code, message, details } = sent;
      const more = details ?? otherData(sent, ['code', 'message', 'details']).data;
      return [
        { ...base, type: 'error', code: code ?? 'error', message, ...(more === undefined ? {} : { details: more }) },
      ];
    }
    case 'state_change': {
      const { description, data } = sent;
      const more = otherData(sent, ['description']);
      return [{ ...base, type: 'state_change', description, ...(data === undefined ? more : { data }) }];
    }
  }
}

/** A command's time is told in seconds too, or as text. */
function spanOf({ duration_ms, duration }: { duration_ms?: number; duration?: Quantity }): { duration_ms?: number } {
  const span = duration_ms ?? (duration === undefined ? undefined : millisOfSpan(duration));
  return span === undefined || span < 0 ? {} : { duration_ms: span };
}

const ownFields = new Set(['type', 'timestamp', 'event_id', 'duration_ms', 'agent', 'data', 'payload']);

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What an event says beyond its fields, as `data`; nothing where there is nothing. */
function otherData(sent: SentEvent, fields: string[]): { data?: Fields } {
  const { data, payload } = sent as { data?: Json; payload?: Json };
  const more: Fields = {};
  // Of their fields only those are left that the event has itself.
  for (const inner of [data, payload]) if (isFields(inner)) Object.assign(more, inner);
  for (const [name, value] of Object.entries(sent)) {
    if (!ownFields.has(name) && !fields.includes(name) && value !== undefined) more[name] = value as Json;
  }
  if (data !== undefined && !isFields(data)) more.data = data;
  return Object.keys(more).length === 0 ? {} : { data: more };
}

function testStatus({ passed, failed, exit_code }: Extract<SentEvent, { type: 'test_result' }>): string {
  if (failed === true || (typeof failed === 'number' && failed > 0) || passed === false) return 'failed';
  if (passed === true || (typeof passed === 'number' && passed > 0)) return 'passed';
  if (typeof exit_code === 'number') return exit_code === 0 ? 'passed' : 'failed';
  return 'unknown';
}

/** Text of a message's content: a string, text parts joined, else its JSON. */
export function contentText(content: Json): string {
  if (typeof content === 'string') return content;
  if (Array.isArray(content)) {
    const texts = content.map((part) => {
      const text = typeof part === 'object' && part !== null && !Array.isArray(part) ? part.text : part;
      return typeof text === 'string' ? text : null;
    });
    if (texts.every((text) => text !== null)) return texts.join('\n');
  }
  return JSON.stringify(content);
}
