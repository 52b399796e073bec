import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { luhn } from '../../../../../src/main/redact/forms/checksums.js';
import { defaultPolicy, entities } from '../../../../../src/main/redact/index.js';
import type { StreamEvent } from '../../../../../src/shared/model/index.js';
import { exchange, redactor, secrets, spellings } from '../../support.js';

const kept = new Set(['URL', 'LOCATION', 'DATE_TIME', 'AGE', 'TITLE', 'NRP']);
const actions = Object.fromEntries(
  entities.filter((entity) => !kept.has(entity)).map((entity) => [entity, 'surrogate' as const]),
);
const redact = redactor({ policy: { ...defaultPolicy, actions } });
const values = Object.values(secrets);

const planted = fc
  .tuple(
    fc.constantFrom('', 'see ', 'a "', 'line\n'),
    fc.constantFrom(...values),
    fc.constantFrom('', ' end', '" b', '\n'),
  )
  .map(([before, value, after]) => before + value + after);
const card = Number((secrets.card as string).replaceAll(' ', ''));
const leaf = fc.oneof(
  planted,
  planted.map((value) => ({ [value]: 1 })),
  fc.constantFrom<unknown>('the quick brown fox', '', 0, -1.5, true, null, card),
  fc.integer({ min: 10_000_000, max: 99_999_999 }).map((password) => ({ password })),
  fc.constantFrom('hunter2x9k', 'correct horse').map((password) => ({ password, user_name: 'jdoe' })),
);
const { document } = fc.letrec<{ document: unknown }>((tie) => ({
  document: fc.oneof(
    { depthSize: 'small', maxDepth: 5 },
    leaf,
    fc.array(tie('document'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', 'content', 'text', 'args', 'id', 'deep key'), tie('document'), { maxKeys: 4 }),
    tie('document').map((value) => JSON.stringify(value)),
  ),
}));

/** The kind of every value in a document, keys left aside: they may be surrogates too. */
function types(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(types);
  if (typeof value === 'object' && value !== null) return Object.values(value).map(types);
  return value === null ? 'null' : typeof value;
}

describe('redaction with surrogates', () => {
  it('leaves valid JSON of the same types, no planted value, and changes nothing when repeated', () => {
    fc.assert(
      fc.property(document, (value) => {
        const input = JSON.stringify({ value });
        const { text } = redact.text(input);
        for (const secret of values) for (const spelling of spellings(secret)) expect(text).not.toContain(spelling);
        expect(types(JSON.parse(text))).toEqual(types(JSON.parse(input)));
        expect(redact.text(text).text).toBe(text);
      }),
      { numRuns: 800 },
    );
  });

  it('keeps a number a number of as many digits, with its check digit', () => {
    const parsed = JSON.parse(redact.text(`{"number":${card},"note":"card ${secrets.card}","pin":-12345678}`).text);
    expect(String(parsed.number)).toMatch(/^4\d{15}$/);
    expect(luhn(String(parsed.number))).toBe(true);
    expect(parsed.note.replace(/\D/g, '')).toBe(String(parsed.number));
    expect(JSON.parse(redact.text('{"password":-12345678}').text).password).toBeLessThan(-9_999_999);
    expect(JSON.parse(redact.text('{"cvv":1234}').text).cvv).toMatch(/^<PASSWORD_\w{8}>$/);
  });

  it('is the same value in text, JSON, a URL, a form, a header and base64, written as each demands', () => {
    const mail = secrets.email as string;
    const name = redact.text(mail).text;
    expect(name).toMatch(/^[a-z.]+[0-9a-f]{8}@[a-z]+\.example$/);
    const wrapped = Buffer.from(`mail: ${mail}, bye`).toString('base64');
    const read = exchange({
      url: `https://api.example/u/${encodeURIComponent(mail)}?to=${encodeURIComponent(mail)}`,
      requestHeaders: [['x-user', mail]],
      request: {
        kind: 'form',
        text: `to=${encodeURIComponent(mail)}&n=1&phone=${encodeURIComponent('+44 20 7946 0958')}`,
      },
      response: { kind: 'text', text: `say ${wrapped} or "{\\"to\\":\\"${mail}\\"}"` },
    });
    const out = redact.exchange(read);
    const url = new URL(out.url);
    expect(decodeURIComponent(url.pathname)).toBe(`/u/${name}`);
    expect(url.searchParams.get('to')).toBe(name);
    expect(out.request.headers).toEqual([['x-user', name]]);
    const form = new URLSearchParams(out.request.body.kind === 'form' ? out.request.body.text : '');
    expect(form.get('to')).toBe(name);
    expect(form.get('n')).toBe('1');
    expect(form.get('phone')).toMatch(/^\+44 20 \d{4} \d{4}$|^\+44 2\d \d{4} \d{4}$/);
    const body = out.response?.body.kind === 'text' ? out.response.body.text : '';
    expect(body).toContain(Buffer.from(`mail: ${name}, bye`).toString('base64'));
    expect(body).toContain(`"{\\"to\\":\\"${name}\\"}"`);
    expect(redact.exchange(out).findings).toEqual([]);
    expect(out.findings.map(({ action }) => action)).not.toContain('pseudonym');
  });

  it('follows the escapes of the text it stands in', () => {
    const text = `key = "${(secrets.pem as string).replaceAll('\n', '\\n')}" and %2B44%2020%207946%200958`;
    const out = redact.text(text).text;
    expect(out).toMatch(
      /^key = "-----BEGIN PRIVATE KEY-----\\n[A-Za-z0-9]{64}\\n[A-Za-z0-9]{64}\\n-----END PRIVATE KEY-----" and %2B44%20/,
    );
    expect(out).not.toContain('7946');
    expect(redact.text(out).text).toBe(out);
  });

  it('finds a value split over stream deltas and puts its surrogate into the first', () => {
    for (const value of values) {
      const whole = `I say ${value} now`;
      const expected = redact.text(whole).text;
      for (let split = 7; split < whole.length; split += 5) {
        const events: StreamEvent[] = [whole.slice(0, split), whole.slice(split)].map((piece) => ({
          data: JSON.stringify({ choices: [{ index: 0, delta: { content: piece } }] }),
        }));
        const read = exchange({ response: { kind: 'events', framing: 'sse', events, complete: true } });
        const { response } = redact.exchange(read);
        if (response?.body.kind !== 'events') throw new Error('no events');
        const text = response.body.events.map(({ data }) => JSON.parse(data).choices[0].delta.content).join('');
        expect(text).toBe(expected);
        expect(redact.exchange({ ...read, response }).response).toEqual(response);
      }
    }
  });

  it('is stable over any text', () => {
    const noise = fc.constantFrom(
      ...values,
      ...['password=', 'token: ', '"', '\\"', "'", '\\n', '\n', ' ', '@', 'a.io', '://u:', '%40', '{', '}', '[', ':'],
      ...['Bearer ', 'cookie: a=', '<EMAIL_12345678>', '4111', '-', '12', 'ssn', 'phone ', 'hunter2x9', 'é', '\ud83d'],
    );
    fc.assert(
      fc.property(fc.array(noise, { maxLength: 12 }), (parts) => {
        const { text } = redact.text(parts.join(''));
        expect(redact.text(text).text).toBe(text);
      }),
      { numRuns: 1500 },
    );
  });
});

describe('what is dropped', () => {
  it('is masked, and its finding says so', () => {
    const strict = redactor({ policy: { ...defaultPolicy, actions: { EMAIL: 'drop' } } });
    const { text, findings } = strict.text(`to ${secrets.email}`);
    expect(text).toBe('to <EMAIL_MASKED>');
    expect(findings).toMatchObject([{ entity: 'EMAIL', action: 'drop', replacement: '<EMAIL_MASKED>' }]);
  });
});
