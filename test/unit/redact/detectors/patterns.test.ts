import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { detectors } from '../../../../src/main/redact/detectors/index.js';
import { addressPatterns } from '../../../../src/main/redact/detectors/postal-address.js';
import { structuredPatterns } from '../../../../src/main/redact/detectors/structured-tokens.js';
import { redactor } from '../support.js';

const room = new URL('../../../../src/main/redact/', import.meta.url);
const literal =
  /(?<=[=(,:!&|?[]\s*|return\s+|^\s*)\/((?![/*])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([dgimsuvy]*)/gm;

interface Part {
  /** Largest number of repetitions of this part, its own and that of what is in it. */
  most: number;
  /** An unbounded quantifier stands somewhere in it. */
  open: boolean;
}

/**
 * What makes a pattern slow on hostile text: an unbounded repetition inside a repetition, an unbounded repetition that
 * can fail after it ran and is tried again from every start, or bounded ones that multiply beyond reason.
 */
function complaints(source: string, flags: string): string[] {
  const found: string[] = [];
  let at = 0;

  function alternatives(): Part {
    const part: Part = { most: 1, open: false };
    while (at < source.length && source[at] !== ')') {
      if (source[at] === '|') at++;
      else {
        const next = atom();
        part.most = Math.max(part.most, next.most);
        part.open ||= next.open;
      }
    }
    return part;
  }

  function atom(): Part {
    let part: Part = { most: 1, open: false };
    if (source[at] === '(') {
      at++;
      const look = /^\?(?:[:=!]|<[=!]|<\w+>)/.exec(source.slice(at));
      if (look) at += look[0].length;
      part = alternatives();
      at++;
    } else if (source[at] === '[') {
      at++;
      while (source[at] !== ']') at += source[at] === '\\' ? 2 : 1;
      at++;
    } else if (source[at] === '\\') at += /^\\[pP]\{/.test(source.slice(at)) ? source.indexOf('}', at) - at + 1 : 2;
    else at++;
    const quantifier = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(source.slice(at));
    if (!quantifier) return part;
    at += quantifier[0].length;
    const [whole, low, comma, high] = quantifier;
    const most = whole.startsWith('?') ? 1 : low === undefined || (comma && !high) ? Infinity : Number(high || low);
    if (most === Infinity) {
      if (part.most > 1) found.push('a repetition inside an unbounded one');
      const retried = !flags.includes('y') && !source.startsWith('^');
      if (retried && !/^\)*$/.test(source.slice(at)))
        found.push('an unbounded repetition that can fail later and is retried');
      return { most: Infinity, open: true };
    }
    if (most > 1 && part.open) found.push('an unbounded repetition inside a repetition');
    if (most > 1 && most * part.most > 20_000) found.push('repetitions that multiply');
    return { most: most * part.most, open: part.open };
  }

  while (at < source.length) {
    alternatives();
    at++;
  }
  return found;
}

describe('every pattern is linear', () => {
  it('the check itself knows bad ones', () => {
    for (const bad of ['(a+)+b', '(?:\\w{1,9})*x', 'a+b', '\\d*$', '(?:[a-z]{1,200}\\.){1,200}x']) {
      expect(complaints(bad, 'g'), bad).not.toEqual([]);
    }
    for (const [good, flags] of [
      ['^a*b', ''],
      ['[a-z]{1,64}@', 'g'],
      ['a+b', 'y'],
      ['sk-\\w{20,}', 'g'],
    ] as const) {
      expect(complaints(good, flags), good).toEqual([]);
    }
  });

  it('those of addresses, which are put together from parts', () => {
    for (const [name, { source, flags }] of Object.entries(addressPatterns))
      expect(complaints(source, flags), name).toEqual([]);
  });

  const files = readdirSync(room, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  it.each(files)('%s', (file) => {
    const code = readFileSync(new URL(file.replaceAll('\\', '/'), room), 'utf8').replace(
      /^\s*(?:\*|\/\/|\/\*).*$/gm,
      '',
    );
    for (const [whole, source = '', flags = ''] of code.matchAll(literal)) {
      // The structured tokens are made sticky where they are used.
      const sticky = Object.values(structuredPatterns).some((pattern) => pattern.source === source) ? 'y' : '';
      expect(complaints(source, flags + sticky), whole).toEqual([]);
      expect(() => new RegExp(source, flags)).not.toThrow();
    }
    if (file === 'detectors/phone.ts') expect([...code.matchAll(literal)].length).toBeGreaterThan(8);
  });
});

describe('hostile repeats', () => {
  it('of every anchor end, stay idempotent, and leave JSON valid', () => {
    const redact = redactor();
    const anchors = new Set(detectors.flatMap((detector) => ('anchors' in detector ? [...detector.anchors] : [])));
    const units = [...anchors].flatMap((anchor) => [anchor, `${anchor}aB1`, ` ${anchor}="`]);
    for (const unit of [
      ...units,
      '\\',
      '"',
      '\\"',
      '%40',
      '4111 ',
      '+1',
      '123-45-',
      '{"a":',
      '[',
      '<EMAIL_',
      '\\u0040',
    ]) {
      const text = unit.repeat(Math.ceil(3000 / unit.length));
      const once = redact.text(text).text;
      expect(redact.text(once).text, unit).toBe(once);
      expect(() => JSON.parse(redact.text(JSON.stringify({ text })).text)).not.toThrow();
    }
  });

  it('of brackets and quotes a million times are walked without recursion', () => {
    const redact = redactor();
    for (const unit of ['[', '{"a":', '"', '\\"', '[1,', '{"a":"']) {
      const text = unit.repeat(1_000_000 / unit.length);
      expect(redact.text(text).text).toBe(text);
    }
    const nested = `${'['.repeat(100_000)}"${['x', 'example.org'].join('@')}"${']'.repeat(100_000)}`;
    expect(redact.text(nested).text).toMatch(/\["<EMAIL_[0-9a-f]{8}>"\]/);
  });
});
