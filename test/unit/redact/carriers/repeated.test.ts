import { describe, expect, it } from 'vitest';
import type { Body } from '../../../../src/shared/model/index.js';
import { characters, exchange, redactor } from '../support.js';

const redact = redactor();
/** Random, and of no form that would be known by itself. */
const value = characters('base62', 26, 4);
const json = (content: unknown): Body => ({ kind: 'json', text: JSON.stringify(content) });
const said = (content: string) => json({ messages: [{ role: 'user', content }] });
const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');

describe('a secret that was recognised once in an exchange', () => {
  it('is hidden in the request too, where only the answer tells that it is one', () => {
    const answer = json({ choices: [{ message: { role: 'assistant', content: `export MOOR_TOKEN=${value}` } }] });
    const request = said(`what did you do with ${value} yesterday?`);
    expect(JSON.stringify(redact.exchange(exchange({ request })))).toContain(value);
    const redacted = redact.exchange(exchange({ request, response: answer }));
    expect(JSON.stringify(redacted)).not.toContain(value);
    const [placeholder] = /<[A-Z_]+_[0-9a-f]{8}>/.exec(JSON.stringify(redacted.request.body)) ?? [];
    expect(JSON.stringify(redacted.response?.body)).toContain(placeholder);
    expect(redacted.findings.map(({ detector }) => detector)).toContain('same-exchange');
  });

  it('is hidden in URL, headers and text, escaped, percent-encoded and in base64', () => {
    const plain = [
      `used ${value} for the call`,
      JSON.stringify({ note: JSON.stringify({ seen: `x${value}` }) }),
      `echo ${base64(`pilot of the tide: ${value}, yours`)} | base64 -d`,
      `file ${value}.txt`,
    ];
    const read = exchange({
      url: `https://api.example.com/berths/${value}?seen=a%20${value}`,
      requestHeaders: [
        ['authorization', `Bearer ${value}`],
        ['x-trail', `moor:${value}:4`],
      ],
      request: json({ messages: plain.map((content) => ({ role: 'user', content })) }),
    });
    const redacted = redact.exchange(read);
    const output = JSON.stringify(redacted);
    expect(output).not.toContain(value);
    for (const [, run] of output.matchAll(/([A-Za-z0-9+/]{40,}={0,2})/g))
      expect(Buffer.from(run as string, 'base64').toString('utf8')).not.toContain(value);
    expect(redact.exchange(redacted)).toEqual({ ...redacted, findings: [] });
  });

  it('is hidden where a stream deals it out in pieces', () => {
    const pieces = ['used ', value.slice(0, 7), value.slice(7, 15), value.slice(15), ' again'];
    const delta = (text: string) => JSON.stringify({ choices: [{ index: 0, delta: { content: text } }] });
    const events = pieces.map((piece) => ({ data: delta(piece) }));
    const response: Body = { kind: 'events', framing: 'sse', events, complete: true };
    const alone = redactor().exchange(exchange({ response })).response?.body;
    const beside = redact.exchange(exchange({ requestHeaders: [['x-api-key', value]], response })).response?.body;
    const joined = (body: typeof alone) =>
      body?.kind === 'events'
        ? body.events.map(({ data }) => JSON.parse(data).choices[0].delta.content as string).join('')
        : '';
    expect(joined(alone)).toBe(`used ${value} again`);
    expect(joined(beside)).toMatch(/^used <[A-Z_]+_[0-9a-f]{8}> again$/);
    expect(beside).toMatchObject({ events: { length: events.length } });
  });

  it('is hidden in a text that tells of it twice, and as the password of a basic authorization', () => {
    expect(redact.text(JSON.stringify({ token: value, log: `with ${value} it went` })).text).not.toContain(value);
    const password = `k3!${characters('base62', 9)}`;
    const redacted = redact.exchange(
      exchange({
        requestHeaders: [['authorization', `Basic ${base64(`pilot:${password}`)}`]],
        request: said(`the pilot typed ${password} and went on`),
      }),
    );
    expect(JSON.stringify(redacted)).not.toContain(password);
  });

  it('takes nothing along that is short, an ordinary word, a number or a name', () => {
    for (const common of [
      'secret',
      'tide2031',
      '20311204',
      'harbour_token_v2',
      'src/login/page2.ts',
      'password-reset-2',
    ]) {
      const request = said(`see ${common} and again ${common} there`);
      const redacted = redact.exchange(exchange({ request, response: json({ password: common, token: common }) }));
      const { body } = redacted.request;
      expect([common, body]).toEqual([common, request]);
    }
  });
});
