/** Bodies just below the limit. */
const bodyBytes = 9_500_000;
const start = Date.parse('2026-11-21T09:30:00Z');
const at = (number: number) => new Date(start + number).toISOString();

/** So many items of one size that the whole has the wanted bytes. */
function many<T>(make: (number: number) => T, bytes = bodyBytes): T[] {
  const size = Buffer.byteLength(JSON.stringify(make(1_000_000))) + 1;
  return Array.from({ length: Math.floor((bytes - 1000) / size) }, (_, number) => make(number));
}

const event = (number: number) => ({
  type: 'terminal_command',
  event_id: `event-${number}`,
  timestamp: at(number),
  command: `make test-${number}`,
  exit_code: 0,
  // A batch has at most 10,000 events.
  output: `ok ${number} ${'line '.repeat(160)}`,
});

export const ingestBody = () => ({
  trace_id: 'bench-ingest',
  event_type: 'llm_call',
  payload: {
    request: {
      model: 'gpt-5',
      messages: many((number) => ({ role: number % 2 ? 'user' : 'assistant', content: `turn ${number}` })),
    },
    response: { choices: [{ message: { role: 'assistant', content: 'done' } }] },
  },
});

export const traceBody = (bytes?: number) => ({
  schema_version: '1.0',
  developer_id: 'bench',
  bug_id: 'BENCH-1',
  repo: { name: 'bench', url: 'https://example.com/bench', branch: 'main', commit_before: 'a'.repeat(40) },
  start_time: at(0),
  end_time: null,
  events: many(event, bytes),
});

export const eventsBody = () => ({ events: many((number) => ({ ...event(number), event_id: `more-${number}` })) });

export const finalizeBody = () => ({
  completion_status: 'completed',
  notes: many((number) => ({ note: `n${number}` })),
});

export const otlpBody = () => ({
  resourceSpans: [
    {
      scopeSpans: [
        {
          spans: many((number) => ({
            traceId: (number % 500).toString(16).padStart(32, 'a'),
            spanId: (number + 1).toString(16).padStart(16, '0'),
            name: 'chat',
            startTimeUnixNano: String(BigInt(start) * 1_000_000n + BigInt(number)),
            endTimeUnixNano: String(BigInt(start) * 1_000_000n + BigInt(number + 5)),
            attributes: [
              { key: 'gen_ai.operation.name', value: { stringValue: 'chat' } },
              { key: 'gen_ai.request.model', value: { stringValue: 'gpt-5' } },
              { key: 'gen_ai.prompt', value: { stringValue: 'words '.repeat(3000) } },
            ],
          })),
        },
      ],
    },
  ],
});

/** A HAR file of requests whose addresses are as long as a search can be hard. */
export const longAddresses = (count: number) => ({
  log: {
    version: '1.2',
    creator: { name: 'bench', version: '1' },
    entries: Array.from({ length: count }, (_, number) => ({
      startedDateTime: at(number),
      time: 5,
      request: {
        method: 'GET',
        url: `https://example.com/${number}/${'a'.repeat(3900)}`,
        httpVersion: 'HTTP/1.1',
        headers: [],
        queryString: [],
        cookies: [],
        headersSize: -1,
        bodySize: 0,
      },
      response: {
        status: 200,
        statusText: 'OK',
        httpVersion: 'HTTP/1.1',
        headers: [{ name: 'content-type', value: 'text/plain' }],
        cookies: [],
        content: { size: 2, mimeType: 'text/plain', text: 'ok' },
        redirectURL: '',
        headersSize: -1,
        bodySize: 2,
      },
      cache: {},
      timings: { send: 0, wait: 5, receive: 0 },
    })),
  },
});

/** Of the smallest values that there are. */
export const smallValues = () => ({
  trace_id: 'bench-values',
  event_type: 'thought',
  payload: { content: 'values', values: Array.from({ length: 4_500_000 }, (_, number) => number % 10) },
});

/** Conversations, one a line, of so many bytes in all. */
export function chatLines(count: number, bytes: number): string {
  const words = 'words '.repeat(Math.max(1, Math.floor((bytes / count - 150) / 6)));
  const line = (number: number) =>
    JSON.stringify({
      messages: [
        { role: 'user', content: `question ${number}` },
        { role: 'assistant', content: `answer ${number} ${words}` },
      ],
    });
  return `${Array.from({ length: count }, (_, number) => line(number)).join('\n')}\n`;
}
