import { describe, expect, it } from 'vitest';
import type { ReadExchange, StreamEvent } from '../../../../src/shared/model/index.js';
import { characters, exchange, redactor, secrets, spellings } from '../support.js';

const redact = redactor();
const placeholder = /<[A-Z_]+_[0-9a-f]{8}>/;

describe('exchange', () => {
  it('leaves no planted value in any string of any field', () => {
    for (const value of Object.values(secrets)) {
      const line = `x ${value} y`;
      const list: [string, string][] = [
        ['x-note', line],
        ['x-api-key', value],
        [`x-${/^(?=.*[a-z]{2})[\w.@-]+$/.test(value) ? value : 'other'}`, 'a'],
      ];
      const read: ReadExchange = {
        ...exchange({
          url: `https://api.example.com/a/${encodeURIComponent(value)}?q=${encodeURIComponent(line)}#${encodeURIComponent(value)}`,
        }),
        session: line,
        session_source: 'run',
        upstream_name: line,
        method: line,
        error: { code: 'upstream_failed', message: line, details: { [value]: [line, { password: value }] } },
        issues: [{ side: 'response', code: 'json_invalid', message: line }],
      };
      read.request.headers = list;
      read.request.trailers = list;
      read.request.body = {
        kind: 'form',
        text: `a=${encodeURIComponent(line)}&${encodeURIComponent(value)}=1&j=${encodeURIComponent(JSON.stringify({ a: [value] }))}`,
      };
      read.response = {
        ...read.request,
        status: 500,
        status_text: line,
        informational: [{ status: 103, headers: list }],
        body: {
          kind: 'events',
          framing: 'sse',
          complete: false,
          events: [
            { event: line, id: line, comment: line, data: line },
            { data: `{"a": "${JSON.stringify(line).slice(1, -1)}` },
          ],
        },
      };
      const redacted = redact.exchange(read);
      const output = JSON.stringify(redacted);
      for (const spelling of spellings(value)) expect(output).not.toContain(spelling);
      expect(() => new URL(redacted.url)).not.toThrow();
      expect(redact.exchange(redacted)).toEqual({ ...redacted, findings: [] });
    }
  });

  it('keeps every field of an exchange without secrets', () => {
    const read = exchange({
      requestHeaders: [
        ['Content-Type', 'application/json'],
        ['anthropic-ratelimit-tokens-remaining', '4000'],
        ['Idempotency-Key', '550e8400-e29b-41d4-a716-446655440000'],
        ['X-Claude-Code-Session-Id', '550e8400-e29b-41d4-a716-446655440000'],
        ['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ=='],
      ],
      request: { kind: 'json', text: '{ "model":"m" , "n": 1.50 }' },
      response: { kind: 'text', text: 'not found' },
    });
    expect(redact.exchange(read)).toEqual({ ...read, findings: [] });
  });

  it('keeps the scheme of an authorization and the names of cookies', () => {
    const token = `sk-${characters('base62', 48)}`;
    const { request, findings } = redact.exchange(
      exchange({
        requestHeaders: [
          ['Authorization', `Bearer ${token}`],
          ['authorization', 'Bearer short'],
          ['Proxy-Authorization', 'Basic dTpw'],
          ['Cookie', 'a=1; session="x y"; theme=dark'],
          ['Set-Cookie', 'id=abc; Path=/; HttpOnly; Max-Age=60'],
          ['X-Goog-Api-Key', 'k'],
          ['X-Custom-Auth-Token', 'zzz'],
        ],
      }),
    );
    const shown = request.headers.map(([, value]) => value.replace(/_[0-9a-f]{8}>/g, '>'));
    expect(shown).toEqual([
      'Bearer <API_KEY>',
      'Bearer <TOKEN>',
      'Basic <TOKEN>',
      'a=<COOKIE>; session="<COOKIE>"; theme=<COOKIE>',
      'id=<COOKIE>; Path=/; HttpOnly; Max-Age=60',
      '<API_KEY>',
      '<TOKEN>',
    ]);
    expect(findings[0]).toMatchObject({
      path: 'request.headers.authorization',
      start: 7,
      entity: 'API_KEY',
      action: 'pseudonym',
    });
    expect(redact.text(`key ${token}`).text).toBe(`key ${findings[0]?.replacement}`);
  });

  it('says where in the redacted text each replacement stands', () => {
    const mail = secrets.email as string;
    const body = {
      messages: [{ content: 'x' }, { content: `é "${mail}" and ${mail}` }],
      [`${mail} k`]: 1,
      card: 4111111111111111,
    };
    const { request, findings } = redact.exchange(exchange({ request: { kind: 'json', text: JSON.stringify(body) } }));
    if (request.body.kind !== 'json') throw new Error('not json');
    const parsed = JSON.parse(request.body.text);
    const at = (path: string) => findings.filter((finding) => finding.path === path);
    const content = at('request.body.messages[1].content');
    expect(content).toHaveLength(2);
    for (const { start, end, replacement } of content) {
      expect(parsed.messages[1].content.slice(start, end)).toBe(replacement);
    }
    expect(at('request.body.card')[0]?.replacement).toBe(parsed.card);
    expect(findings.some(({ path }) => path.includes(mail))).toBe(false);
    expect(JSON.stringify(findings)).not.toContain(mail);
  });

  it('keeps at most 1,000 findings and the true number, and replaces all', () => {
    const mails = Array.from({ length: 1500 }, (_, i) => `u${i}${'@'}example.org`);
    const redacted = redact.exchange(exchange({ request: { kind: 'json', text: JSON.stringify(mails) } }));
    expect(redacted.findings).toHaveLength(1000);
    expect(redacted.findings_total).toBe(1500);
    expect(JSON.stringify(redacted)).not.toContain('example.org');
  });

  it('redacts what a cut JSON body holds', () => {
    const mail = (secrets.email as string).replace('@', '\\u0040');
    const text = `{"a":{"password":"p\\"q w","b":["${mail}","\\"password\\": \\"hunter2x`;
    const { request } = redact.exchange(exchange({ request: { kind: 'json', text } }));
    expect((request.body as { text: string }).text.replace(/_[0-9a-f]{8}>/g, '>')).toBe(
      '{"a":{"password":"<PASSWORD>","b":["<EMAIL>","\\"password\\": \\"<PASSWORD>',
    );
  });

  it('gives a streamed secret and its repetition in the final event one pseudonym', () => {
    const token = secrets.github as string;
    const events: StreamEvent[] = [token.slice(0, 7), token.slice(7, 20), token.slice(20)]
      .map((delta) => ({ type: 'response.output_text.delta', item_id: 'm', output_index: 0, content_index: 0, delta }))
      .map((event) => ({ event: event.type, data: JSON.stringify(event) }));
    events.push({
      event: 'response.output_text.done',
      data: JSON.stringify({ type: 'response.output_text.done', text: token }),
    });
    const { response, findings } = redact.exchange(
      exchange({ response: { kind: 'events', framing: 'sse', events, complete: true } }),
    );
    if (response?.body.kind !== 'events') throw new Error('no events');
    const deltas = response.body.events.slice(0, 3).map(({ data }) => JSON.parse(data).delta);
    const done = JSON.parse(response.body.events[3]?.data as string).text;
    expect(deltas).toEqual([expect.stringMatching(placeholder), '', '']);
    expect(done).toBe(deltas[0]);
    expect(findings).toHaveLength(2);
    expect(findings[0]).toMatchObject({ path: 'response.body.events[0].delta', start: 0, end: done.length });
  });

  it('treats NDJSON lines under other keys as records: neighbours are not run together', () => {
    const at = '@';
    const events = [`a${at}x.com`, `bob${at}y.org`].map((mail) => ({ data: JSON.stringify({ owner: mail }) }));
    const { response } = redact.exchange(
      exchange({ response: { kind: 'events', framing: 'ndjson', events, complete: true } }),
    );
    if (response?.body.kind !== 'events') throw new Error('no events');
    const owners = response.body.events.map(({ data }) => JSON.parse(data).owner);
    expect(owners).toEqual([redact.text(`a${at}x.com`).text, redact.text(`bob${at}y.org`).text]);
  });

  it('joins the messages of a WebSocket by direction and seals binary ones', () => {
    const token = secrets.slack as string;
    const bytes = Buffer.from(`binary ${token}`);
    const { response } = redact.exchange(
      exchange({
        response: {
          kind: 'websocket',
          messages: [
            { from: 'server', opcode: 'text', data: JSON.stringify({ type: 'x.delta', delta: token.slice(0, 9) }) },
            { from: 'client', opcode: 'text', data: JSON.stringify({ type: 'x.delta', delta: 'stop' }) },
            { from: 'server', opcode: 'text', data: JSON.stringify({ type: 'x.delta', delta: token.slice(9) }), at: 5 },
            { from: 'server', opcode: 'binary', data: bytes.toString('base64') },
            { from: 'client', opcode: 'close', data: `bye ${token}` },
          ],
        },
      }),
    );
    if (response?.body.kind !== 'websocket') throw new Error('no messages');
    const { messages } = response.body;
    expect(messages).toHaveLength(5);
    expect(JSON.parse(messages[0]?.data as string).delta).toMatch(placeholder);
    expect(JSON.parse(messages[1]?.data as string).delta).toBe('stop');
    expect(messages[2]).toMatchObject({ data: '{"type":"x.delta","delta":""}', at: 5 });
    expect(messages[3]?.sealed).toEqual(bytes);
    const written = JSON.stringify(messages);
    expect(written).not.toContain(token);
    expect(written).not.toContain(bytes.toString('base64').slice(0, 12));
    expect(JSON.stringify({ ...messages[3] })).not.toContain('sealed');
  });
});

describe('url', () => {
  it.each([
    ['https://x.io/v1/models?key=AIzaShort&alt=sse', /^https:\/\/x\.io\/v1\/models\?key=<SECRET_[0-9a-f]{8}>&alt=sse$/],
    ['https://bob:pw@x.io/', /^https:\/\/bob:<PASSWORD_[0-9a-f]{8}>@x\.io\/$/],
    ['https://x.io/u/a%40example.org/y', /^https:\/\/x\.io\/u\/<EMAIL_[0-9a-f]{8}>\/y$/],
    [
      'https://x.io/?api-version=2024-10-21&sig=a%2Bb%3D',
      /^https:\/\/x\.io\/\?api-version=2024-10-21&sig=<SECRET_[0-9a-f]{8}>$/,
    ],
    ['http://127.0.0.1:11434/api/chat', /^http:\/\/127\.0\.0\.1:11434\/api\/chat$/],
    ['https://x.io/#access_token=abc&state=1', /^https:\/\/x\.io\/#access_token=<TOKEN_[0-9a-f]{8}>&state=1$/],
  ])('%s', (url, expected) => {
    const redacted = redact.url(url);
    expect(redacted).toMatch(expected);
    expect(redact.url(redacted)).toBe(redacted);
  });
});
