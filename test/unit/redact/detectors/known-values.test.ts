import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadPolicy } from '../../../../src/main/redact/index.js';
import type { KnownValue } from '../../../../src/shared/policy-file.js';
import { exchange, redactor } from '../support.js';

const known = (...values: (string | KnownValue)[]) =>
  redactor({
    values: values.map((value) => (typeof value === 'string' ? { value, entity: 'CUSTOM' as const } : value)),
  });

/** Every spelling of the value in which somebody may have sent it. */
function spellings(value: string): string[] {
  const utf8 = Buffer.from(value);
  const json = JSON.stringify(value).slice(1, -1);
  const ascii = value.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [
    value,
    json,
    ascii,
    JSON.stringify(json).slice(1, -1),
    encodeURIComponent(value),
    encodeURIComponent(value).replace(/%../g, (escaped) => escaped.toLowerCase()),
    encodeURIComponent(value).replaceAll('%20', '+'),
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;'),
    value.normalize('NFD'),
    utf8.toString('base64'),
    utf8.toString('base64url'),
    Buffer.from(`{"note":"it is ${json}"}`).toString('base64'),
  ];
}

describe('known values', () => {
  it.each([
    'Project Bluebird',
    'größer als',
    'Zoë',
    'abc',
    '机密项目',
    'pass/word&<"x>\\y',
    'naïve plan B',
    'A-1',
    'tango77',
  ])('%s is found in every spelling, under one pseudonym', (value) => {
    const redact = known(value);
    const [plain] = redact.text(value).text.match(/<CUSTOM_\w{8}>/) ?? [];
    expect(plain).toBeDefined();
    for (const spelling of spellings(value)) {
      for (const text of [
        `say: ${spelling} .`,
        JSON.stringify({ a: [`(${spelling})`] }),
        `https://x.example/?q=${spelling}`,
      ]) {
        const { text: out } = redact.text(text);
        const decoded = [out, ...[...out.matchAll(/[\w+/-]{8,}={0,2}/g)].map(([run]) => atob64(run))].join('\n');
        expect(decoded, text).toContain(plain);
        for (const each of new Set(spellings(value))) expect(out, text).not.toContain(each);
        expect(redact.text(out).text).toBe(out);
      }
    }
  });

  it('counts short ones only as whole words', () => {
    const redact = known('abc', 'tango77');
    expect(redact.text('abcd xabc tango778 ABC 1tango77 abc_1').text).toBe('abcd xabc tango778 ABC 1tango77 abc_1');
    expect(redact.text('abc, "tango77" /abc/').text).toMatch(/^<CUSTOM_\w+>, "<CUSTOM_\w+>" \/<CUSTOM_\w+>\/$/);
  });

  it('finds the longer of two, wherever the shorter is its beginning or middle', () => {
    const longer = 'winter project of the north, phase two';
    const redact = known('winter project', longer, 'the north, phase', 'north, phase two and three');
    expect(redact.text(`a ${longer} b`).text).toMatch(/^a (<CUSTOM_\w{8}>)+ b$/);
    expect(redact.text('winter project').text).toMatch(/^<CUSTOM_\w{8}>$/);
    expect(redact.text('the winter project of the north, phase two and three').text).toMatch(
      /^the (<CUSTOM_\w{8}>|winter project of )*$/,
    );
  });

  it('never lets one stay, whatever the policy keeps or allows', () => {
    const policy = loadPolicy({ actions: { CUSTOM: 'keep', URL: 'keep' }, allow: ['Project Bluebird'] });
    const redact = redactor({ policy, values: [{ value: 'Project Bluebird', entity: 'CUSTOM' }] });
    expect(redact.text('the Project Bluebird').text).toMatch(/^the <CUSTOM_\w{8}>$/);
    const url = redactor({ policy, values: [{ value: 'https://intra.example/x', entity: 'URL' }] });
    expect(url.text('see https://intra.example/x').text).toMatch(/^see <URL_\w{8}>$/);
  });

  it('leaves nothing of another finding that it cuts in two', () => {
    const redact = known('jane.doe');
    expect(redact.text('write to jane.doe@corp-mail.example now').text).not.toMatch(/jane|corp-mail/);
    const host = known('corp-mail');
    expect(host.text('write to jane.doe@corp-mail.example now').text).not.toMatch(/jane|corp-mail/);
  });

  it('holds for any value in any JSON', () => {
    const letter = fc.constantFrom(...'abcZ09 ._-/&<>"\'\\%+=äß東😀'.match(/./gu)!);
    const value = fc
      .array(letter, { minLength: 3, maxLength: 24 })
      .map((letters) => letters.join('').trim())
      // What begins with a quote may be a JSON text as a whole: the vault takes quotes off.
      .filter((text) => text.length >= 3 && /[\p{L}\p{N}]/u.test(text) && !text.startsWith('"'));
    fc.assert(
      fc.property(
        value,
        fc.array(fc.constantFrom('x', ' ', '"', ',', '\n', '東'), { maxLength: 6 }),
        (text, around) => {
          // Nor does what stands around it.
          fc.pre(!around.join('').trimStart().startsWith('"'));
          const redact = known(text);
          const side = ` ${around.join('')} `;
          const json = JSON.stringify({ a: side + text + side, b: [text] });
          const out = redact.text(json).text;
          expect(JSON.stringify(JSON.parse(out))).toBe(JSON.stringify(JSON.parse(out)));
          const parsed = JSON.parse(out) as { a: string; b: string[] };
          expect(parsed.a).toMatch(/<CUSTOM_\w{8}>/);
          expect(parsed.b[0]).toMatch(/^<CUSTOM_\w{8}>$/);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('known values with a backslash', () => {
  it.each(['\\ba', 'C:\\new', 'CORP\\tina', '\\u0041bc', 'a\\\\b'])(
    '%s is found as written, also where it is read as JSON',
    (value) => {
      const redact = known(value);
      const [plain] = redact.text(value).text.match(/<CUSTOM_\w{8}>/) as string[];
      const written = [`" ${value} "`, `{"a":" ${value} ","b":1}`, `[["x", "${value}"]]`, `{" ${value} ":0}`];
      for (const text of [
        ...written,
        JSON.stringify({ nested: `{"a": " ${value} "}` }),
        JSON.stringify(` ${value} `),
      ]) {
        const out = redact.text(text).text;
        expect(out, text).toContain(plain);
        expect(out, text).not.toContain(value);
        expect(() => JSON.parse(out), text).not.toThrow();
        expect(redact.text(out).text, text).toBe(out);
      }
      const body = { kind: 'json', text: `{"a":" ${value} "}` } as const;
      const event = { data: body.text };
      const stored = redact.exchange(
        exchange({ request: body, response: { kind: 'events', framing: 'sse', events: [event], complete: true } }),
      );
      expect(JSON.stringify(stored)).not.toContain(JSON.stringify(value).slice(1, -1));
      expect(stored.findings.map(({ path }) => path.split('.')[0])).toEqual(['request', 'response']);
    },
  );
});

describe('values allowed by their pseudonym', () => {
  it('stay, and nothing else does', () => {
    const strict = redactor();
    const [pseudonym] = strict.text('write to ops@example.com').text.match(/<EMAIL_\w{8}>/) as string[];
    const policy = loadPolicy({ allow_pseudonyms: [pseudonym as string] });
    const redact = redactor({ policy });
    expect(redact.text('ops@example.com, OPS@example.com, dev@example.com').text).toMatch(
      /^ops@example\.com, OPS@example\.com, <EMAIL_\w{8}>$/,
    );
    const other = redactor({ policy, key: new Uint8Array(32).fill(3) });
    expect(other.text('ops@example.com').text).toMatch(/^<EMAIL_/);
    expect(
      redactor({ policy, values: [{ value: 'ops@example.com', entity: 'EMAIL' }] }).text('ops@example.com').text,
    ).toBe(pseudonym);
  });
});

function atob64(run: string): string {
  return Buffer.from(run, 'base64').toString('utf8');
}
