import { readExchange } from '../../src/main/decode/index.js';
import { recordExchange } from '../../src/main/intake/records.js';
import type {
  ActionItem,
  ChatMessage,
  DecodedExchange,
  IntakeCall,
  IntakeRecord,
  Json,
  Part,
  RedactedExchange,
  Usage,
} from '../../src/shared/model/index.js';

/** Where records and actions of tests happen, when nothing else is said. Microseconds. */
export const testTime = 1_790_000_000_000_000;

let count = 0;

/** A record as it comes out of the decoder, with nothing to redact. */
export function decodedRecord(record: Partial<IntakeRecord> & Pick<IntakeRecord, 'trace'>): DecodedExchange {
  const started_at = record.started_at ?? record.events?.[0]?.at ?? testTime;
  const whole: IntakeRecord = {
    version: 1,
    key: `record-${++count}`,
    source: 'rest',
    principal: { id: null, admin: true },
    started_at,
    ended_at: started_at,
    ...record,
  };
  const exchange = { ...readExchange(recordExchange(whole)), findings: [] } as unknown as RedactedExchange;
  const call = whole.call === undefined ? null : { ...whole.call, cost_usd: whole.call.cost_usd ?? null };
  return { exchange, format: 'intake', call, record: whole, decode_error: null };
}

/** A call as a record tells of it. */
export function reportedCall(
  messages: ChatMessage[],
  answer: Part[],
  more: { response_id?: string; model?: string; usage?: Usage; previous?: string; stop_reason?: string } = {},
): IntakeCall {
  const { previous } = more;
  return {
    format: 'otlp',
    request: {
      model: more.model ?? 'scripted-1',
      params: {},
      tools: [],
      messages,
      stream: false,
      history_complete: previous === undefined,
      ...(previous === undefined ? {} : { previous_response_id: previous }),
      operation: 'chat',
    },
    response: {
      response_id: more.response_id ?? null,
      model: more.model ?? 'scripted-1',
      messages: answer.length === 0 ? [] : [{ role: 'assistant', parts: answer }],
      stop_reason: more.stop_reason ?? null,
      usage: more.usage ?? null,
      error: null,
      partial: false,
      first_content_event: null,
      unknown_events: {},
    },
  };
}

export const says = (role: ChatMessage['role'], text: string): ChatMessage => ({
  role,
  parts: [{ type: 'text', text }],
});

/** An exchange with an MCP server, or a plain HTTP request, as it comes out of the decoder. */
export function decodedAction(
  item: Partial<ActionItem> & Pick<ActionItem, 'started_at'>,
  more: { protocol?: 'mcp' | 'http'; server?: string; session_id?: string | null; run?: string } = {},
): DecodedExchange {
  const { protocol = 'mcp', server = 'tools.example.org/mcp', session_id = null, run } = more;
  const { started_at, ended_at = started_at + 1000 } = item;
  const base = recordExchange({
    version: 1,
    key: `action-${++count}`,
    source: 'test',
    trace: { key: 'none', kind: 'agent' },
    started_at,
    ended_at,
  });
  const exchange = {
    ...readExchange({
      ...base,
      via: 'intercept',
      url: protocol === 'http' ? (item.name ?? 'https://example.org/') : `https://${server}`,
      client: { address: '127.0.0.1', port: 4000, connection: 9, protocol: 'http/1.1' },
      ...(run === undefined ? {} : { session: run, session_source: 'run' as const }),
    }),
    findings: [],
  } as unknown as RedactedExchange;
  const whole: ActionItem = {
    id: protocol === 'mcp' ? String(count) : null,
    method: protocol === 'mcp' ? 'tools/call' : 'GET',
    from: 'client',
    ...item,
  };
  return {
    exchange,
    format: protocol,
    call: null,
    action: { protocol, server, session_id, items: [whole] },
    decode_error: null,
  };
}

export const textResult = (text: string): Json => ({ content: [{ type: 'text', text }] });
