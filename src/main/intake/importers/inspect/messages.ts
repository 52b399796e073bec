import type { ChatMessage, Json, Part, Role } from '../../../../shared/model/index.js';
import { isObject, type JsonObject, objectOf, objectsOf, present, textOf } from '../fields.js';

/** Texts that stand in many places are kept once, beside the sample, and named by their hash. */
export function withAttachments(value: Json, attachments: JsonObject): Json {
  if (typeof value === 'string') {
    const name = /^attachment:\/\/([0-9a-f]+)$/.exec(value)?.[1];
    return name === undefined ? value : (attachments[name] ?? value);
  }
  if (Array.isArray(value)) return value.map((each) => withAttachments(each, attachments));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withAttachments(each, attachments)]));
}

/** A message as Inspect keeps it, whichever vendor it went to. */
export function messageOf(message: JsonObject): ChatMessage {
  const role = textOf(message['role']) ?? 'user';
  if (role === 'tool') {
    const error = objectOf(message['error']);
    const failed = Object.keys(error).length > 0;
    const content = message['content'] ?? '';
    const result = failed && content === '' ? (error['message'] ?? '') : plain(content);
    const call = textOf(message['tool_call_id']) ?? null;
    const name = textOf(message['function']);
    return {
      role: 'tool',
      parts: [
        { type: 'tool_result', tool_call_id: call, result, is_error: failed, ...(name === undefined ? {} : { name }) },
      ],
    };
  }
  const calls = objectsOf(message['tool_calls']).map((call): Part => {
    const broken = textOf(call['parse_error']);
    return {
      type: 'tool_call',
      id: textOf(call['id']) ?? null,
      name: textOf(call['function']) ?? 'unknown',
      arguments: call['arguments'] ?? {},
      ...(broken === undefined ? {} : { invalid_json: true }),
    };
  });
  const thought = textOf(message['reasoning']);
  const thinking: Part[] = thought === undefined ? [] : [{ type: 'reasoning', text: thought }];
  return { role: role as Role, parts: [...thinking, ...contentParts(message['content']), ...calls] };
}

function contentParts(content: Json | undefined): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  return objectsOf(content).map((part): Part => {
    const type = textOf(part['type']);
    if (type === 'text')
      return { type: part['refusal'] === true ? 'refusal' : 'text', text: textOf(part['text']) ?? '' };
    if (type === 'reasoning') {
      const signature = textOf(part['signature']);
      const shown = textOf(part['reasoning']) ?? '';
      const hidden = part['redacted'] === true;
      // What is hidden is opaque; a summary may stand beside it.
      return {
        type: 'reasoning',
        text: hidden ? (textOf(part['summary']) ?? shown) : shown,
        ...(hidden ? { encrypted: true } : {}),
        ...(signature === undefined ? {} : { signature }),
      };
    }
    if (type === 'image' || type === 'audio' || type === 'video' || type === 'document') {
      const url = textOf(part[type]);
      const media = type === 'document' ? 'file' : type;
      return { type: 'media', media, ...(url === undefined ? {} : { url }) };
    }
    if (type === 'tool_use')
      return {
        type: 'tool_call',
        id: textOf(part['id']) ?? null,
        name: textOf(part['name']) ?? 'unknown',
        arguments: part['arguments'] ?? {},
        server: true,
      };
    return { type: 'other', label: type ?? 'content', value: part };
  });
}

/** Words where it is only words. */
function plain(content: Json): Json {
  if (!Array.isArray(content)) return content;
  const texts = objectsOf(content).map((part) => (part['type'] === 'text' ? textOf(part['text']) : undefined));
  return texts.every((text) => text !== undefined) ? texts.join('\n') : content;
}

/** Names a message within its sample. */
export function keyOf(message: JsonObject): string {
  const { id } = message;
  return textOf(id) ?? JSON.stringify(present({ role: message['role'], content: message['content'] }));
}
