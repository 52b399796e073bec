import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '../../../../src/main/redact/index.js';
import type { Body, ReadExchange } from '../../../../src/shared/model/index.js';
import { characters, exchange, redactor } from '../support.js';

const value = characters('base62', 24, 3);
const said = (text: string): Body => ({
  kind: 'json',
  text: JSON.stringify({ messages: [{ role: 'user', content: text }] }),
});
const told = said(`API_TOKEN=${value}`);

function of(
  conversation: number,
  parts: Parameters<typeof exchange>[0],
  more: Partial<ReadExchange> = {},
): ReadExchange {
  const each = exchange(parts);
  return { ...each, client: { ...each.client, connection: conversation }, ...more };
}

describe('a secret that was recognised earlier in a conversation', () => {
  const delta = (text: string) => ({ data: JSON.stringify({ choices: [{ index: 0, delta: { content: text } }] }) });
  const places: Record<string, Parameters<typeof exchange>[0]> = {
    'a later turn': { request: said(`the key ${value} is not valid`) },
    'an answer': { response: said(`I used ${value}`) },
    'the pieces of a stream': {
      response: {
        kind: 'events',
        framing: 'sse',
        events: ['used ', value.slice(0, 9), value.slice(9, 15), value.slice(15), ' again'].map(delta),
        complete: true,
      },
    },
    'a header': { responseHeaders: [['x-debug', `seen ${value}`]] },
    'arguments in a text': { request: said(JSON.stringify({ cmd: `run --with ${value}` })) },
    'plain text': { response: { kind: 'text', text: `denied: ${value}` } },
    'an URL': { url: `https://example.test/a/${value}/b` },
  };

  for (const [place, parts] of Object.entries(places))
    it(`is hidden in ${place}`, () => {
      const redact = redactor();
      expect(JSON.stringify(redactor().exchange(of(2, parts))).includes(value.slice(9, 15))).toBe(true);
      redact.exchange(of(1, { request: told }, { session: 'run-7' }));
      const later = redact.exchange(of(2, parts, { session: 'run-7' }));
      for (const piece of [value, value.slice(0, 9), value.slice(9, 15), value.slice(15)])
        expect(JSON.stringify(later)).not.toContain(piece);
    });

  it('is hidden by whatever a policy does with it', () => {
    for (const action of ['pseudonym', 'mask', 'surrogate', 'drop'] as const) {
      const actions = { ...defaultPolicy.actions, TOKEN: action, SECRET: action };
      const redact = redactor({ policy: { ...defaultPolicy, actions } });
      redact.exchange(of(1, { request: told }));
      expect(JSON.stringify(redact.exchange(of(1, { request: said(`again ${value}`) })))).not.toContain(value);
    }
  });

  it('is known by the ids in headers and bodies too, where no session was named', () => {
    const redact = redactor();
    redact.exchange(of(1, { request: told, requestHeaders: [['X-Claude-Code-Session-Id', 'c0ffee-1234-5678']] }));
    const later = of(9, { request: said(value), requestHeaders: [['x-claude-code-session-id', 'c0ffee-1234-5678']] });
    expect(JSON.stringify(redact.exchange(later))).not.toContain(value);
    const body = (text: string): Body => ({
      kind: 'json',
      text: JSON.stringify({ prompt_cache_key: 'thread-0001', input: text }),
    });
    redact.exchange(of(3, { request: body(`API_TOKEN=${value}`) }));
    expect(JSON.stringify(redact.exchange(of(4, { request: body(`see ${value}`) })))).not.toContain(value);
  });

  it('is nothing to other conversations, and is forgotten where very many came since', () => {
    const redact = redactor();
    const bare = said(`see ${value} there`);
    redact.exchange(of(1, { request: told }));
    expect(redact.exchange(of(2, { request: bare })).request.body).toEqual(bare);
    for (let other = 10; other < 700; other++)
      redact.exchange(of(other, { request: said(`API_TOKEN=${characters('base62', 24, 4)}`) }));
    expect(redact.exchange(of(1, { request: bare })).request.body).toEqual(bare);
  });
});
