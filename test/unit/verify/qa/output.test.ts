import { describe, expect, it } from 'vitest';
import { excerptOf } from '../../../../src/main/verify/qa/excerpt.js';
import { tellOutput } from '../../../../src/main/verify/qa/live-output.js';

const bytes = (text: string) => Buffer.from(text);
const none = new Uint8Array();
const secret = `sk-${'Ab3dE9'.repeat(8)}`;
/** As a gate does: it knows a secret that is whole. */
const clean = (text: string) => text.replaceAll(secret, '[SECRET]');
const half = secret.slice(0, 20);
const otherHalf = secret.slice(-20);

describe('what is shown of an output', () => {
  it('is all of a short one, redacted, bytes that are no UTF-8 too', () => {
    const output = {
      head: Buffer.concat([bytes(`key ${secret} \xff\n`), Buffer.from([0xff])]),
      tail: none,
      dropped_bytes: 0,
    };
    expect(excerptOf(output, clean)).toBe('key [SECRET] ÿ\nÿ');
  });

  it.each(Array.from({ length: 120 }, (_, at) => at * 3))(
    'holds no half of a secret that %i bytes more move along',
    (more) => {
      // Lines, of which every one has a secret: wherever the text is cut, one is near.
      const line = `${'x'.repeat(61)} ${secret}\n`;
      const text = `${'y'.repeat(more)}\n${line.repeat(3000)}`;
      for (const output of [
        { head: bytes(text), tail: none, dropped_bytes: 0 },
        { head: bytes(text.slice(0, 100_000)), tail: bytes(text.slice(-100_000 - more)), dropped_bytes: 5 },
        { head: bytes(text.slice(0, 9000)), tail: bytes(text.slice(-9000 - more)), dropped_bytes: 5 },
      ]) {
        const shown = excerptOf(output, clean);
        expect(shown).toContain('[SECRET]');
        expect(shown.includes(half) || shown.includes(otherHalf)).toBe(false);
        expect(shown.length).toBeLessThan(4100);
      }
    },
  );

  it('says how much was not kept, where one line is all there is too', () => {
    const output = { head: bytes('z'.repeat(5000)), tail: bytes('z'.repeat(5000)), dropped_bytes: 7 };
    expect(excerptOf(output, clean)).toBe('\n[… 7 bytes were not kept …]\n');
  });
});

describe('output as it comes', () => {
  const told = (chunks: readonly string[]) => {
    const lines: string[] = [];
    const output = tellOutput((line) => lines.push(clean(line)));
    for (const chunk of chunks) output.add(bytes(chunk));
    const all = bytes(chunks.join(''));
    output.end({ head: all, tail: none, dropped_bytes: 0 });
    return lines;
  };

  it('is told by whole lines, however it is split', () => {
    expect(told(['one\ntw', 'o\r\nthr', 'ee'])).toEqual(['one', 'two', 'three']);
  });

  it.each(Array.from({ length: 60 }, (_, at) => at))(
    'holds no half of a secret where a long line is cut (%i)',
    (more) => {
      const words = `${'w'.repeat(more)} ${`${secret} `.repeat(80)}`;
      for (const chunks of [
        [`${words}\n`],
        [words.slice(0, 1990), `${words.slice(1990)}\n`],
        ['ä '.repeat(900), `${words}\n`],
      ]) {
        const lines = told(chunks);
        expect(lines).toHaveLength(1);
        expect(lines[0]).toMatch(/ \[…\]$/);
        expect(lines[0]?.includes(half)).toBe(false);
      }
    },
  );

  it('of a flood are its first lines and its last, none of them cut', () => {
    const lines = told([Array.from({ length: 20_000 }, (_, at) => `line ${at} ${secret}`).join('\n')]);
    expect(lines[0]).toBe('line 0 [SECRET]');
    expect(lines.at(-1)).toBe('line 19999 [SECRET]');
    expect(lines.some((line) => line.includes(otherHalf))).toBe(false);
    expect(told([`${'a'.repeat(9000)}\nb\n`])).toEqual(['[a long line without a space]', 'b']);
  });

  it('of a flood of empty lines are no more than of any other', () => {
    const lines = told(['\n'.repeat(60_000), 'end\n']);
    expect(lines.length).toBeLessThan(1200);
    expect(lines.at(-2)).toBe('end');
  });

  const body = Array.from({ length: 50 }, (_, at) => `${at}`.padStart(4, 'A').repeat(16));
  const pem = ['-----BEGIN RSA PRIVATE KEY-----', ...body, '-----END RSA PRIVATE KEY-----'];
  const putty = ['PuTTY-User-Key-File-3: ssh-ed25519', 'Private-Lines: 50', ...body, 'Private-MAC: 00ff'];

  it.each([pem, pem.map((line) => `E   ${line}`), putty, pem.slice(0, 40)])(
    'shows no line of a private key, each of which a gate takes for nothing',
    (...key) => {
      const lines = told(['before\n', ...key.map((line) => `${line}\n`)]);
      expect(lines).toEqual(['before', '[a private key, which is not shown]']);
    },
  );

  it('shows what stands behind a key, and of the end of a flood no rest of one', () => {
    expect(told([[...pem, 'behind'].join('\n')])).toEqual(['[a private key, which is not shown]', 'behind']);
    const flood = 'a line of many\n'.repeat(9000);
    for (const key of [pem, putty]) {
      const rest = [...Array(6).fill(key).flat(), 'behind'].join('\n');
      const shown = told([`${flood}${rest}`]).join('\n');
      expect(shown).toContain('behind');
      expect(body.some((line) => shown.includes(line))).toBe(false);
    }
  });
});
