import type {
  ChatMessage,
  DecodedRequest,
  DecodedResponse,
  IntakeRecord,
  IntakeTrace,
  Json,
  Micros,
  Usage,
} from '../../../shared/model/index.js';
import { objectOf, textOf } from './fields.js';

/** A record of an importer; its key is unique within the source. */
export function recordOf(
  importer: string,
  key: string,
  trace: IntakeTrace,
  times: { started_at: Micros; ended_at?: Micros },
  content: Pick<IntakeRecord, 'call' | 'events' | 'client' | 'extra' | 'restores'> = {},
): IntakeRecord {
  const { call, events, client, extra, restores } = content;
  return {
    version: 1,
    key,
    source: `import:${importer}`,
    trace,
    started_at: times.started_at,
    ended_at: Math.max(times.ended_at ?? times.started_at, times.started_at),
    ...(client === undefined ? {} : { client }),
    ...(call === undefined ? {} : { call }),
    ...(events === undefined || events.length === 0 ? {} : { events }),
    ...(extra === undefined ? {} : { extra }),
    ...(restores === undefined ? {} : { restores }),
  };
}

/** A request as files tell of it: what they leave out is empty. */
export function requestOf(
  messages: ChatMessage[],
  fields: Partial<DecodedRequest> & Pick<DecodedRequest, 'history_complete'>,
): DecodedRequest {
  return { model: null, params: {}, tools: [], stream: false, operation: 'chat', ...fields, messages };
}

export function responseOf(messages: ChatMessage[], fields: Partial<DecodedResponse> = {}): DecodedResponse {
  return {
    response_id: null,
    model: null,
    stop_reason: null,
    usage: null,
    error: null,
    partial: false,
    first_content_event: null,
    unknown_events: {},
    ...fields,
    messages,
  };
}

/** Only the counts that are known; null where none is. */
export function usageOf(usage: { [K in keyof Usage]: number | undefined }): Usage | null {
  const counted = Object.entries(usage).filter((entry) => entry[1] !== undefined);
  return counted.length === 0 ? null : (Object.fromEntries(counted) as Usage);
}

/** A message without content says nothing; agents write such. */
export function isEmpty(message: ChatMessage): boolean {
  return message.parts.length === 0;
}

/** Words of the first user message. */
export function firstWords(messages: readonly ChatMessage[]): string | undefined {
  for (const message of messages) {
    if (message.role !== 'user') continue;
    for (const part of message.parts) if (part.type === 'text' && part.text.trim() !== '') return part.text;
  }
  return undefined;
}

export function errorOf(value: Json | undefined, code = 'error'): { code: string; message: string } | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string') return { code, message: value };
  const object = objectOf(value);
  return {
    code: textOf(object['code']) ?? textOf(object['type']) ?? code,
    message: textOf(object['message']) ?? textOf(object['error']) ?? JSON.stringify(value).slice(0, 2000),
  };
}
