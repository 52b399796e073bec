import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameworks } from '../../../src/main/verify/qa/frameworks/index.js';
import { readRun } from '../../../src/main/verify/qa/frameworks/read.js';
import { readXml } from '../../../src/main/verify/qa/frameworks/reading/xml.js';
import { frameworkOf } from './recorded.js';

const none = new Uint8Array();
const look = { files: [], read: () => null };

function read(id: string, report: string | Uint8Array, { output = '', exit_code = 0, argv = ['pytest'] } = {}) {
  const framework = frameworkOf(id);
  const command = framework.command(argv, { folder: '/tmp/r', look });
  return readRun(framework, command, {
    workdir: '/repo',
    reports: new Map([['/tmp/r/report', typeof report === 'string' ? Buffer.from(report) : report]]),
    output: { head: Buffer.from(output), tail: none, dropped_bytes: 0 },
    exit_code,
  });
}

const suite = (cases: string) =>
  `<?xml version="1.0"?><testsuites><testsuite name="s">${cases}</testsuite></testsuites>`;
const passing = '<testcase classname="a" name="one"/>';

describe('reports that want to harm', () => {
  it('expands no entity', () => {
    const bomb = `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>`;
    const { tests } = read('pytest', bomb + suite('<testcase name="&b;&c;&#65;&lt;&#x1F600;&#99999999;"/>'));
    expect(tests.map(({ id }) => id)).toEqual(['&b;&c;A<😀&#99999999;']);
  });

  it('reads what is nested a million times', () => {
    const deep = read('pytest', suite('<a>'.repeat(1_000_000) + passing));
    expect(deep.tests.map(({ id }) => id)).toEqual(['a::one']);
    expect(deep.incomplete).toBeDefined();
    expect(read('jest', `{"testResults":${'['.repeat(1_000_000)}`).tests).toEqual([]);
    expect(read('tap', `${' '.repeat(400_000)}ok 1 - deep\n1..1`).tests).toHaveLength(1);
  });

  it('keeps what stands before the place where a report breaks off', () => {
    const whole = suite(`${passing}<testcase classname="a" name="two"><failure message="m">said</failure></testcase>`);
    for (let length = whole.indexOf('/>') + 2; length < whole.length; length += 3) {
      const { tests, incomplete } = read('pytest', whole.slice(0, length));
      expect(tests[0]).toMatchObject({ id: 'a::one', outcome: 'passed' });
      expect(incomplete).toBeDefined();
    }
  });

  it('does not take a case that the report breaks off in for one that passed', () => {
    const { tests } = read(
      'pytest',
      suite(`${passing}<testcase classname="a" name="two"><system-out>`).split('</testsuite>')[0] as string,
    );
    expect(tests.map(({ id }) => id)).toEqual(['a::one']);
  });

  it('reads other encodings, and bytes that are none', () => {
    const utf16 = Buffer.from(`\uFEFF${suite('<testcase name="grün"/>')}`, 'utf16le');
    expect(read('pytest', utf16).tests.map(({ id }) => id)).toEqual(['grün']);
    const latin = Buffer.concat([
      Buffer.from('<testsuite><testcase name="a'),
      Buffer.from([0xfc, 0, 1]),
      Buffer.from('b"/>\n<testcase name="grün"/></testsuite>'),
    ]);
    expect(read('pytest', latin).tests.map(({ id }) => id)).toEqual(['aü b', 'grün']);
  });

  it('counts no more tests than it says, and says that there were more', () => {
    const many = read('pytest', suite('<testcase name="t"/>'.repeat(150_000)));
    expect(many.tests).toHaveLength(100_000);
    expect(many.incomplete).toMatch(/100000/);
  });

  it('cuts ids and messages', () => {
    const long = 'x'.repeat(1_000_000);
    const { tests } = read(
      'pytest',
      suite(`<testcase name="${long}"><failure message="${long}">${long}</failure></testcase>`),
    );
    expect(tests[0]?.id.length).toBeLessThanOrEqual(500);
    expect(tests[0]?.message?.length).toBeLessThanOrEqual(1000);
  });

  it('does not throw and ends, whatever the bytes are', () => {
    const pieces = fc.constantFrom(
      '<testsuite',
      '<testcase name="',
      '"/>',
      '<![CDATA[',
      ']]>',
      '<!--',
      '<!DOCTYPE [',
      '&#x',
      '{"Action":"run"',
      '"testResults":[',
      '}',
      '1..',
      'not ok 1 # TODO',
      '    ',
      '\0',
      '\uD800',
      'test a ... ok\n',
      '<UnitTestResult outcome="',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 30 }), (parts) => {
        for (const { id } of frameworks) read(id, parts.join(''), { output: parts.join(' ') });
      }),
      { numRuns: 200 },
    );
  });

  it('reads in a time that grows with the length alone', () => {
    // Squared it would take hours, and be ended.
    for (const piece of ['<', '<!', '<!--', '<![CDATA[', '<a b="', '<a b=', '</', '&', "<a '"]) {
      readXml(piece.repeat(300_000), { open() {}, text() {}, close() {} });
    }
  });
});

describe('what is no evidence', () => {
  it('is a command that prints that all passed', () => {
    const said =
      'collected 3 items\n=== 3 passed in 0.01s ===\ntest a ... ok\ntest result: ok. 1 passed\nOK\nall passed\n';
    for (const { id } of frameworks) {
      const { evidence } = read(id, '', { output: said, argv: ['sh', 'run.sh'] });
      expect([id, evidence]).toEqual([id, false]);
    }
  });

  it('is the output of a framework that was asked for a report and wrote none', () => {
    const report = read('pytest', '', { output: 'tests/test_a.py::test_one PASSED\n' });
    expect(report).toMatchObject({ tier: 'output', evidence: false, tests: [{ outcome: 'passed' }] });
  });

  it('is an empty report, and one of skipped tests', () => {
    expect(read('pytest', suite('')).evidence).toBe(false);
    expect(read('pytest', suite('<testcase name="a"><skipped/></testcase>')).evidence).toBe(false);
  });
});

describe('ids', () => {
  it('are the same in every run', () => {
    const one = read(
      'pytest',
      suite('<testcase name="t[&lt;A object at 0x7f3a1c0d5e80&gt;-/tmp/pytest-of-me/pytest-12/x0]"/>'),
    );
    const two = read(
      'pytest',
      suite('<testcase name="t[&lt;A object at 0x7fbb0c0aaaa0&gt;-/tmp/pytest-of-me/pytest-13/x0]"/>'),
    );
    expect(one.tests).toEqual(two.tests);
  });

  it('keep what a parameter means', () => {
    const names = ['t[2024-01-02]', 't[0xff]', 't[12:30]', 't[a@b.example]', 't[1.5]'];
    const { tests } = read('pytest', suite(names.map((name) => `<testcase name="${name}"/>`).join('')));
    expect(tests.map(({ id }) => id)).toEqual(names);
  });

  it('of two tests of one name stay two', () => {
    const { tests } = read('pytest', suite('<testcase name="t"/><testcase name="t"><failure/></testcase>'));
    expect(tests.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual(['t passed', 't #2 failed']);
  });
});

describe('what is missing outside of the repository', () => {
  it.each([
    ['pytest', '/usr/bin/python3: No module named pytest', 1],
    ['maven', '[ERROR] Cannot access central (https://example.org) in offline mode', 1],
    ['cargo-test', 'error: no matching package named `serde` found', 101],
    ['go-test', 'x.go:3:2: no required module provides package example.com/y', 1],
    ['jest', 'sh: 1: jest: not found', 1],
    ['pytest', '', 127],
    ['pytest', 'OSError: [Errno 28] No space left on device', 1],
  ])('%s: %s', (id, output, exit_code) => {
    expect(read(id, '', { output, exit_code }).environment).toBeDefined();
  });

  it('is not looked for where tests ran', () => {
    expect(
      read('pytest', suite(passing), { output: 'No space left on device', exit_code: 1 }).environment,
    ).toBeUndefined();
  });
});
