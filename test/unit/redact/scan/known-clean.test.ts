import { describe, expect, it } from 'vitest';
import { createRedactor, defaultPolicy, knownCleanBytes, strictestPolicy } from '../../../../src/main/redact/index.js';
import { knownClean } from '../../../../src/main/redact/scan/known-clean.js';

const harmless = 'The kiln was fired for eleven hours, and every bowl but one came out as it should have come out.';
const key = Buffer.alloc(32, 3);

describe('texts that are known to be clean', () => {
  it('are known under the rules they were found clean by, and to whoever shares the memory', () => {
    const memory = new SharedArrayBuffer(knownCleanBytes);
    const first = knownClean(memory, 'rules');
    expect(first.has(harmless)).toBe(false);
    first.add(harmless);
    expect(knownClean(memory, 'rules').has(harmless)).toBe(true);
    expect(knownClean(memory, 'other rules').has(harmless)).toBe(false);
    expect(first.has(`${harmless} And more.`)).toBe(false);
  });

  it('are looked through again where a value is named, and where the policy looks for more', () => {
    const clean = new SharedArrayBuffer(knownCleanBytes);
    const text = `${harmless} It was built by a man who is 47 years old.`;
    const plain = createRedactor({ policy: defaultPolicy, key, clean });
    expect(plain.text(text).findings).toEqual([]);
    const named = createRedactor({
      policy: defaultPolicy,
      key,
      clean,
      values: [{ value: 'eleven hours', entity: 'CUSTOM' }],
    });
    expect(named.text(text).text).not.toContain('eleven hours');
    const stricter = createRedactor({ policy: strictestPolicy, key, clean });
    expect(stricter.text(text).text).not.toContain('47');
    expect(plain.text(text).findings).toEqual([]);
  });

  it('are what the gate gave out, and never what it was given with something in it', () => {
    const clean = new SharedArrayBuffer(knownCleanBytes);
    const text = `${harmless} Ask ines.haugland@pottery.example about it.`;
    const gate = createRedactor({ policy: defaultPolicy, key, clean });
    const given = gate.text(text).text;
    expect(given).not.toContain('ines.haugland');
    const other = createRedactor({ policy: defaultPolicy, key, clean });
    expect(other.spans(given).findings).toEqual([]);
    expect(other.spans(text).findings).toHaveLength(1);
  });

  it('stand for nothing where a key or header says what they are', () => {
    const clean = new SharedArrayBuffer(knownCleanBytes);
    const gate = createRedactor({ policy: defaultPolicy, key, clean });
    const value = 'correct horse battery staple and a number of other words, as phrases for doors are made of';
    expect(gate.text(value).findings).toEqual([]);
    expect(gate.text(JSON.stringify({ password: value })).text).not.toContain('battery');
  });
});
