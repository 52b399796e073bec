import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readExchange } from '../../../../src/main/decode/index.js';
import { createRedactor, defaultPolicy } from '../../../../src/main/redact/index.js';
import type { HeaderList } from '../../../../src/shared/model/index.js';
import { captured, jsonHeaders, message } from '../../decode/support.js';

const redactor = createRedactor({ policy: defaultPolicy, key: new Uint8Array(32).fill(7) });

function stored(body: unknown, headers: HeaderList = []) {
  const read = readExchange({ ...captured({}), request: message(JSON.stringify(body), [...jsonHeaders, ...headers]) });
  const redacted = redactor.exchange(read);
  const { body: kept } = redacted.request;
  return { redacted, body: kept.kind === 'json' ? JSON.parse(kept.text) : kept };
}

const uuid = '0199f3c1-7c1e-7a10-8f0e-6a1b2c3d4e5f';
const chance = (seed: string) => createHash('sha512').update(seed).digest('base64url');

describe('what is no secret is stored as it came', () => {
  it('counters of a rate limit, however long', () => {
    const headers: HeaderList = [
      ['x-ratelimit-limit-tokens', '180000000'],
      ['x-ratelimit-remaining-tokens', '179999650'],
      ['x-ratelimit-reset-tokens', '6m0s'],
      ['anthropic-ratelimit-tokens-limit', '80000000'],
    ];
    const { redacted } = stored({}, headers);
    expect(redacted.request.headers.slice(1)).toEqual(headers);
    expect(redacted.findings).toEqual([]);
  });

  it('how agents name their sessions', () => {
    const body = {
      metadata: { user_id: `user_${'0a'.repeat(32)}_account__session_${uuid}`, sessionId: uuid },
      session_id: uuid,
      sessionID: `ses_${chance('a').replaceAll(/[-_]/g, '').slice(0, 26)}`,
      turn: JSON.stringify({ session_id: uuid, thread_id: uuid, turn_id: 'turn-7' }),
      SessionId: 'refactor-42',
    };
    const headers: HeaderList = [['x-codex-turn-metadata', JSON.stringify({ session_id: uuid, sandbox: 'none' })]];
    const read = stored(body, headers);
    expect(read.body).toEqual(body);
    expect(read.redacted.request.headers.slice(1)).toEqual(headers);
  });

  it('a web session’s random value is a cookie all the same', () => {
    const value = chance('web').slice(0, 40);
    expect(JSON.stringify(stored({ sessionId: value }).body)).not.toContain(value);
  });

  it('the name of a function that a call goes to; a person’s is one', () => {
    const body = { tool_uses: [{ recipient_name: 'functions.read', parameters: { path: 'a.txt' } }] };
    expect(stored(body).body).toEqual(body);
    expect(JSON.stringify(stored({ recipient_name: 'Greta Hallström' }).body)).not.toContain('Hallström');
  });

  it('signatures, encrypted reasoning and images in which a key seems to stand', () => {
    const opaque = (seed: string) => {
      const run = [0, 1, 2, 3].map((part) => chance(`${seed}/${part}`)).join('');
      return `${run.slice(0, 150)}_vck_${run.slice(150)}`;
    };
    const image = `/9j/4AAQSkZJRgABAQEAAA${'A'.repeat(200)}+EAAC2z2Rlc2MAAAAAAAAAPG1hZGUgdXAgcHJvZmlsZSBvZiBhIG1hZGUgdXA${'A'.repeat(200)}`;
    const body = {
      contents: [
        { parts: [{ thoughtSignature: opaque('t') }, { inlineData: { mimeType: 'image/jpeg', data: image } }] },
      ],
      input: [{ type: 'reasoning', encrypted_content: opaque('e') }],
      messages: [{ content: [{ type: 'thinking', thinking: '', signature: opaque('s') }] }],
      image_url: { url: `data:image/jpeg;base64,${image}` },
    };
    const read = stored(body);
    expect(read.body).toEqual(body);
    expect(read.redacted.findings).toEqual([]);
  });
});
