import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64Texts } from '../../../../src/main/redact/scan/base64.js';
import { redactor } from '../support.js';

const redact = redactor();
const email = ['jane.roe', 'mail.example.org'].join('@');
const wrap = (text: string, length: number, mark = '\n') =>
  (
    Buffer.from(text)
      .toString('base64')
      .match(new RegExp(`.{1,${length}}`, 'g')) ?? []
  ).join(mark);

/** The first run of base64 in the redacted text, decoded. */
function unwrapped(text: string): string {
  const [found] = base64Texts(redact.text(text).text);
  return found?.text.replace(/<([A-Z_]+)_[0-9a-f]{8}>/g, '<$1>') ?? '';
}

describe('text wrapped in base64', () => {
  it('is redacted as the text that it is and wrapped again', () => {
    const plain = Buffer.from(`{"contact":"${email}","retries":3}`).toString('base64');
    expect(unwrapped(`data:application/json;base64,${plain}`)).toBe('{"contact":"<EMAIL>","retries":3}');
    expect(unwrapped(`echo ${plain} | base64 -d`)).toBe('{"contact":"<EMAIL>","retries":3}');
    expect(unwrapped(JSON.stringify({ content: plain }))).toBe('{"contact":"<EMAIL>","retries":3}');
  });

  it('is judged by the keys of the JSON in it', () => {
    const plain = Buffer.from('{"password":"correcthorse","port":80}').toString('base64');
    expect(unwrapped(`x ${plain}`)).toBe('{"password":"<PASSWORD>","port":80}');
  });

  it('keeps its alphabet, its padding and its line ends', () => {
    const text = `name: app\ncontact: ${email}\n${'note: all is well\n'.repeat(12)}`;
    for (const mark of ['\n', '\r\n']) {
      const lines = redact.text(wrap(text, 76, mark)).text.split(mark);
      expect(lines.slice(0, -1).every((line) => line.length === 76)).toBe(true);
      expect(Buffer.from(lines.join(''), 'base64').toString()).toBe(
        text.replace(email, /<EMAIL_[0-9a-f]{8}>/.exec(Buffer.from(lines.join(''), 'base64').toString())?.[0] ?? ''),
      );
    }
    const url = Buffer.from(`??>>~~ ${email} ok`).toString('base64url');
    expect(url).toMatch(/[-_]/);
    expect(redact.text(url).text).not.toMatch(/[+/=]/);
    expect(unwrapped(url)).toBe('??>>~~ <EMAIL> ok');
  });

  it('counts as one finding, over the whole of it', () => {
    const plain = Buffer.from(`mail ${email} now`).toString('base64');
    const { text, findings } = redact.text(`a ${plain} b`);
    expect(findings).toHaveLength(1);
    expect([findings[0]?.entity, findings[0]?.start, findings[0]?.end]).toEqual(['EMAIL', 2, text.length - 2]);
    const [span] = redact.spans(`a ${plain} b`).findings;
    expect([span?.start, span?.end]).toEqual([2, 2 + plain.length]);
  });

  it('is opened inside base64 too, and nothing changes the second time', () => {
    const inner = Buffer.from(`mail ${email} now`).toString('base64');
    const once = redact.text(Buffer.from(`again: ${inner}\n`).toString('base64')).text;
    expect(Buffer.from(Buffer.from(once, 'base64').toString().slice(7), 'base64').toString()).toContain('<EMAIL_');
    expect(redact.text(once).text).toBe(once);
  });

  it.each([
    'commit 9fceb02d0ae598e95dc970b74767f19372d61af8',
    'src/main/redact/detectors/national-ids/check-digits.ts',
    'AbstractSingletonProxyFactoryBeanDefinitionReader',
    `iVBORw0KGgo${'AAAABmJLR0QA'.repeat(20)}`,
  ])('other runs of its letters are none: %s', (text) => {
    expect([...base64Texts(text)]).toEqual([]);
    expect(redact.text(text).text).toBe(text);
  });

  it('comes back as it was, whatever stands around it', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), fc.string({ unit: 'grapheme', maxLength: 60 }), (around, inner) => {
        const text = `${around} ${Buffer.from(inner).toString('base64')} ${around}`;
        for (const { start, end, text: plain, encode } of base64Texts(text)) {
          expect(encode(plain)).toBe(text.slice(start, end));
        }
      }),
      { numRuns: 500 },
    );
  });
});
