import type { ChatMessage, IntakeEvent, Micros } from '../../../../shared/model/index.js';
import { type JsonObject, objectOf, present, textOf } from '../fields.js';

/** Blocks of an answer that was already given out, because its writer paused inside it. */
export function lateEvents(blocks: JsonObject[], uuid: string, at: Micros): IntakeEvent[] {
  return blocks.flatMap((block, index): IntakeEvent[] => {
    const event_id = `${uuid}:${index}`;
    if (block['type'] === 'text')
      return [{ type: 'message', role: 'assistant', content: textOf(block['text']) ?? '', at, event_id }];
    if (block['type'] === 'thinking')
      return [{ type: 'reasoning', content: textOf(block['thinking']) ?? '', at, event_id }];
    if (block['type'] !== 'tool_use') return [];
    return [
      {
        type: 'tool_call',
        ...present({ tool_call_id: block['id'] }),
        name: textOf(block['name']) ?? 'unknown',
        arguments: block['input'] ?? {},
        at,
        event_id,
      },
    ];
  });
}

/** What a user said and no call of the file was given: asked and never answered, taken back, or without a parent. */
export function unheardEvents(messages: ChatMessage[], uuid: string, at: Micros): IntakeEvent[] {
  const parts = messages.flatMap(({ role, parts }) => parts.map((part) => ({ role, part })));
  return parts.flatMap(({ role, part }, index): IntakeEvent[] => {
    const event_id = `${uuid}:${index}`;
    if (part.type === 'text' && role !== 'assistant')
      return [{ type: 'message', role, content: part.text, at, event_id }];
    if (part.type !== 'tool_result') return [];
    const { tool_call_id, result, is_error } = part;
    return [
      {
        type: 'tool_result',
        result,
        at,
        event_id,
        ...(tool_call_id === null ? {} : { tool_call_id }),
        ...(is_error === undefined ? {} : { is_error }),
      },
    ];
  });
}

/** What a line of type `system` tells; null where it says nothing. */
export function systemEvent(line: JsonObject, uuid: string, at: Micros): IntakeEvent | null {
  const subtype = textOf(line['subtype']) ?? 'system';
  const content = textOf(line['content']) ?? '';
  if (subtype === 'compact_boundary') {
    const data = { change: 'compaction', ...objectOf(line['compactMetadata']) };
    return { type: 'state_change', description: 'compacted', derived: true, at, event_id: uuid, data };
  }
  if (subtype === 'api_error') {
    const error = objectOf(line['error']);
    const message = textOf(error['message']) ?? textOf(objectOf(error['error'])['message']) ?? (content || 'API error');
    const details = present({ retry: line['retryAttempt'], status: error['status'] });
    return { type: 'error', code: 'api_error', message, at, event_id: uuid, details };
  }
  if (content === '' || line['isMeta'] === true) return null;
  return { type: 'state_change', description: subtype, at, event_id: uuid, data: { content } };
}
