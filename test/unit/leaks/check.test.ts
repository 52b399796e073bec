import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Column } from '../../../src/main/dataset/columns.js';
import { fileFormats } from '../../../src/main/dataset/formats/index.js';
import type { CheckState } from '../../../src/main/leaks/check-state.js';
import { type CheckOptions, checkExport, checkFiles, readReport, sampleRow } from '../../../src/main/leaks/index.js';
import type { Json, LeakReport } from '../../../src/shared/model/index.js';
import { card, iban, noise, planted } from './planted.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-leaks-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const columns: Column[] = [
  { name: 'trace_id', type: 'string', nullable: false, description: '' },
  { name: 'text', type: 'string', nullable: true, description: '' },
  { name: 'arguments', type: 'json', nullable: true, description: '' },
  { name: 'started_at', type: 'timestamp', nullable: true, description: '' },
  { name: 'amount', type: 'double', nullable: true, description: '' },
];
type Row = { text?: string; arguments?: Json; amount?: number };
const idOf = (index: number) => `0193a7c0-0000-7000-8000-${String(index).padStart(12, '0')}`;

/** The rows as an export writes them. */
async function write(format: 'jsonl' | 'parquet', rows: Row[], name = 'data'): Promise<void> {
  const file = await fileFormats[format].open(join(folder, `${name}.${format}`), columns);
  for (const [index, row] of rows.entries()) {
    await file.write({ trace_id: idOf(index), started_at: '2026-11-21T09:30:00.123456Z', ...row });
  }
  await file.finish();
}

const options = (fields: Partial<CheckOptions> = {}): CheckOptions => ({
  knownValues: [],
  keeps: () => false,
  key: new Uint8Array(32),
  seed: 0,
  ...fields,
});
const check = (fields: Partial<CheckOptions> = {}) => checkFiles(folder, options(fields));
const places = ({ leaks }: LeakReport) => leaks.map(({ rule, row, path }) => `${rule} ${row} ${path}`);

/** What agents' traffic is full of and nobody has to hide. */
const harmless: Row[] = [
  { text: 'commit 9fceb02d0ae598e95dc970b74767f19372d61af8 by <PERSON_7f3a9c21> <<EMAIL_7f3a9c21>>' },
  {
    text: 'https://<USER_NAME_7f3a9c21>:<PASSWORD_MASKED>@host.internal.net/ and postgres://app:<PASSWORD_0a1b2c3d>@db:5432/x',
  },
  { text: 'https%3A%2F%2Fa:%3CPASSWORD_MASKED%3E@host/' },
  {
    arguments: {
      id: '0193a7c0-8d2f-7c3e-9b1a-0c9f8e7d6c5b',
      call: 'call_abcdefghijklmnopqrstuvwx',
      usage: { prompt_tokens: 1234 },
    },
  },
  { text: 'git@github.com:owner/name.git, @scope/package@1.2.3, logo@2x.png, 127.0.0.1:8080, 2026-11-21 09:30:00' },
  { text: '+2026-11-21 09:30:00 started\n+192.168.100.200 up\n+12 insertions(+), 3 deletions(-)\n@@ -1,7 +1,9 @@' },
  { text: 'sha512-Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4==' },
  {
    amount: 4111.5,
    text: '4111 1111 1111 1112 is no card, DE00 3704 0044 0532 0130 00 no account, 000-12-3456 no number',
  },
  { arguments: '{"nested": "{\\"deep\\": \\"<API_KEY_7f3a9c21>\\"}"}' },
  { text: 'kill -9 12345 # 1732182000123456 ns, 3.14159265358979, 6.02214076e23, 0xdeadbeefcafebabe' },
];

describe.each(['jsonl', 'parquet'] as const)('%s', (format) => {
  it.each(Object.entries(planted))('shows %s wherever it stands', async (rule, values) => {
    const rows = values.flatMap((value): Row[] => [
      { text: `before ${value} after` },
      { arguments: { headers: [{ name: 'x', value }] } },
      { arguments: { inner: JSON.stringify({ deeper: JSON.stringify({ value }) }) } },
    ]);
    await write(format, [...harmless, ...rows]);
    const report = await check();
    expect(places(report)).toEqual(
      values.flatMap((_value, index) => {
        const row = harmless.length + index * 3 + 1;
        return [
          `${rule} ${row} text`,
          `${rule} ${row + 1} arguments.headers[0].value`,
          `${rule} ${row + 2} arguments.inner.deeper.value`,
        ];
      }),
    );
    expect(report.by_rule).toEqual({ [rule]: values.length * 3 });
    const text = JSON.stringify(report);
    for (const value of values) for (const part of parts(value)) expect(text).not.toContain(part);
    // Equal values are known by their hash, different ones differ.
    expect(new Set(report.leaks.map(({ hash }) => hash)).size).toBe(values.length);
  });

  it('leaves alone what is no leak', async () => {
    await write(format, harmless);
    const report = await check();
    expect(places(report)).toEqual([]);
    expect(report).toMatchObject({ rows: harmless.length, leaks_count: 0, by_rule: {}, unread: [] });
  });

  it('shows known values in every spelling, whatever the policy keeps', async () => {
    const value = `Tü"r ${noise(12, 'known')}/+`;
    const percent = encodeURIComponent(value);
    const rows: Row[] = [
      { text: `x${value}y` },
      { text: `log: ${JSON.stringify(JSON.stringify({ token: value }))}` },
      { text: `GET /?q=${percent}&r=1` },
      { text: `q=${percent.replace(/%../g, (hex) => hex.toLowerCase())}` },
      ...[0, 1, 2].map((shift) => ({ text: Buffer.from(`${'a'.repeat(shift)}${value}zz`).toString('base64') })),
      { text: Buffer.from(`ab${value}`).toString('base64url') },
      { text: `0x00${Buffer.from(value).toString('hex')}ff` },
      { arguments: { [`a ${value}`]: true } },
    ];
    await write(format, rows);
    const report = await check({ knownValues: [value], keeps: () => true });
    expect(report.leaks.map(({ rule, row }) => `${rule} ${row}`)).toEqual(
      rows.map((_, index) => `known-value ${index + 1}`),
    );
    expect(JSON.stringify(report)).not.toContain(noise(12, 'known'));
  });

  it('draws the same rows for a seed, and reads them back', async () => {
    await write(
      format,
      Array.from({ length: 300 }, (_, index) => ({ text: `row ${index}` })),
    );
    const [first, again, other] = [await check({ seed: 5 }), await check({ seed: 5 }), await check({ seed: 6 })];
    expect(first.sample).toEqual(again.sample);
    expect(first.sample.rows).not.toEqual(other.sample.rows);
    expect(first.sample.rows).toHaveLength(50);
    expect(new Set(first.sample.rows.map(({ row }) => row)).size).toBe(50);
    // Drawn from all of it, not from its beginning.
    expect(first.sample.rows.filter(({ row }) => row > 150).length).toBeGreaterThan(10);
    for (const drawn of first.sample.rows.slice(0, 5)) {
      expect(drawn.id).toBe(idOf(drawn.row - 1));
      const shown = await sampleRow(join(folder, drawn.file), drawn);
      expect(JSON.parse(shown?.text ?? '')).toMatchObject({ text: `row ${drawn.row - 1}` });
    }
  });
});

/** Pieces of a value that would give it away. */
function parts(value: string): string[] {
  return value.length < 24 ? [value] : [value.slice(-16), value.slice(8, 24)];
}

describe('what is kept', () => {
  it('asks the policy by entity and value', async () => {
    const [email] = planted['personal/email'] as [string];
    await write('jsonl', [{ text: `${email} and other.person@internal.net` }]);
    const asked: string[] = [];
    const report = await check({
      keeps(entity, value) {
        asked.push(`${entity} ${value}`);
        return value === email;
      },
    });
    expect(asked).toEqual([`EMAIL ${email}`, 'EMAIL other.person@internal.net']);
    expect(report.leaks_count).toBe(1);
  });

  it('is one leak where two rules point to one place', async () => {
    const [token] = planted['secretlint/github'] as [string];
    await write('jsonl', [{ text: token }]);
    expect((await check({ knownValues: [token] })).by_rule).toEqual({ 'known-value': 1 });
  });

  it('hides every value, also beside another and in a key', async () => {
    const values = [
      ...(planted['personal/ssn'] as string[]),
      ...(planted['personal/email'] as string[]),
      noise(20, 'key'),
    ];
    await write('jsonl', [{ text: values.join(', ') }, { arguments: { [noise(20, 'key')]: values[0] as string } }]);
    const report = await check({ knownValues: [noise(20, 'key')] });
    expect(report.leaks_count).toBe(6);
    for (const value of values) expect(JSON.stringify(report)).not.toContain(value);
    expect(report.leaks[0]?.context).toContain('█');
    // Around it stands what stands beside it in its own text, nothing of another column or row.
    await write('jsonl', [{ text: `mail ${values[1]}.`, arguments: { other: 'neighbour' } }], 'more');
    const more = await checkFiles(join(folder, 'more.jsonl'), options());
    expect(more.leaks.map(({ context }) => context)).toEqual(['text = mail █']);
  });
});

describe('a value that is hard to see', () => {
  it('as a number, a key, beyond a piece’s end, after a comment that would switch rules off', async () => {
    const [token] = planted['secretlint/github'] as [string];
    const number = Number(card('411111111111111'));
    await write('jsonl', [
      { arguments: { card: number } },
      { arguments: { [`mail ${(planted['personal/email'] as string[])[0]}`]: 1 } },
      { text: `${'x '.repeat(130 * 512)}${token}` },
      { text: `secretlint-disable\n/* secretlint-disable-line */ ${token}` },
      { text: `${'y '.repeat(200 * 512)}${iban('DE', '370400440532013000')}${' z'.repeat(200 * 512)}` },
    ]);
    expect(places(await check())).toEqual([
      'personal/card 1 arguments.card',
      'personal/email 2 arguments.(key)',
      'secretlint/github 3 text',
      'secretlint/github 4 text',
      'personal/iban 5 text',
    ]);
  });

  it('across the end of any piece, and counts once', async () => {
    const [token] = planted['secretlint/github'] as [string];
    const piece = 128 * 1024;
    const rows = [-45, -41, -20, -7, 0, 3].map((by) => ({
      text: `${' '.repeat(piece + by - 7)}${token} ${' x'.repeat(piece)}`,
    }));
    await write('jsonl', rows);
    expect((await check()).leaks.map(({ row }) => row)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('in README, in a line that is no JSON, in a folder below', async () => {
    const [email] = planted['personal/email'] as [string];
    await writeFile(join(folder, 'README.md'), `# Data\n\nquery "${email}"\n`);
    await writeFile(join(folder, 'data.jsonl'), `{"a": 1}\n{"broken": "${email}\n`);
    await mkdir(join(folder, 'more'));
    await writeFile(join(folder, 'more', 'x.csv'), `a,b\n1,${email}\n`);
    await writeFile(join(folder, 'picture.png'), 'not looked at');
    await symlink('/etc/hostname', join(folder, 'link.txt'));
    const report = await check();
    expect(report.leaks.map(({ file, row }) => `${file} ${row}`)).toEqual([
      'README.md 3',
      'data.jsonl 2',
      'more/x.csv 2',
    ]);
    expect(report.unread.map(({ name }) => name)).toEqual(['link.txt', 'picture.png']);
  });
});

it('a value in the name of a file is a leak too, and the report does not repeat it', async () => {
  await write('jsonl', harmless.slice(0, 1), 'kestrel-harbour');
  await writeFile(join(folder, 'kestrel-harbour.bin'), '');
  const report = await check({ knownValues: ['kestrel-harbour'] });
  expect(report.leaks.map(({ file, row }) => `${file} ${row}`)).toEqual(['file 1 0', 'file 2 0']);
  expect(JSON.stringify(report)).not.toContain('kestrel');
});

it('counts and draws the rows of the dataset, and looks into what stands beside them too', async () => {
  await write('jsonl', harmless);
  const [email] = planted['personal/email'] as [string];
  await writeFile(join(folder, 'consent.jsonl'), `{"basis": "asked ${email}"}\n`);
  await writeFile(join(folder, 'manifest.json'), '{"files": [{"name": "data.jsonl"}]}\n');
  const report = await check();
  expect(report.rows).toBe(harmless.length);
  expect(report.sample.rows.every(({ file }) => file === 'data.jsonl')).toBe(true);
  expect(places(report)).toEqual(['personal/email 1 basis']);
});

describe('an export', () => {
  const allow = { name: 'Sam Reviewer', reason: 'test keys of the vendor' };

  it('with a leak is refused, with places and no values', async () => {
    const [token] = planted['secretlint/github'] as [string];
    await write('jsonl', [{ text: token }]);
    const refused = await checkExport(folder, { ...options(), allow: null }).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'export_leaks',
      details: { leaks_count: 1, leaks: [{ file: 'data.jsonl', row: 1, path: 'text', rule: 'secretlint/github' }] },
    });
    expect(JSON.stringify(refused)).not.toContain(token);
    expect(await readdir(folder)).toEqual(['data.jsonl']);
  });

  it('with a leak that somebody takes on says who and why', async () => {
    await write('jsonl', [{ text: (planted['secretlint/github'] as string[])[0] as string }]);
    const report = await checkExport(folder, { ...options(), allow });
    expect(report).toMatchObject({ leaks_count: 1, overridden: allow });
    expect(await readReport(folder)).toEqual(report);
    // The report itself is nothing to be reported.
    expect((await check()).files.map(({ name }) => name)).toEqual(['data.jsonl']);
  });

  it('without one needs nobody, and gives the same bytes each time', async () => {
    await write('parquet', harmless);
    expect(await checkExport(folder, { ...options(), allow })).toMatchObject({ leaks_count: 0, overridden: null });
    const first = await readFile(join(folder, 'leaks.json'));
    await checkExport(folder, { ...options(), allow: null });
    expect(await readFile(join(folder, 'leaks.json'))).toEqual(first);
  });

  it.each(['jsonl', 'parquet'] as const)('goes on where it broke off in %s, and finds the same', async (format) => {
    const text = 'The lighthouse at night and the keeper of the lamp. '.repeat(200);
    const rows = Array.from({ length: 1200 }, (_, row) => ({
      text: row % 100 === 7 ? `${text} ${card('411111111111111')}` : text,
    }));
    await write(format, rows.slice(0, 200), 'first');
    await write(format, rows, 'second');
    const states: CheckState[] = [];
    const keep = { onState: async (state: CheckState) => void states.push(structuredClone(state)) };
    const whole = await check(keep);
    expect(whole).toMatchObject({ rows: 1400, leaks_count: 14 });
    expect(states.length).toBeGreaterThan(1);
    for (const state of states) {
      expect(state.rows).toBeLessThan(1400);
      expect(await check({ resumed: state })).toEqual(whole);
    }
    // Of other files it does not go on.
    await write(format, rows.slice(0, 100), 'third');
    expect(await check({ resumed: states[0] ?? null })).toMatchObject({ rows: 1500, leaks_count: 15 });
  });

  it('is given up when it is cancelled', async () => {
    await write('jsonl', harmless);
    await expect(check({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'job_cancelled' });
  });

  it('that is none says so', async () => {
    await expect(checkFiles(join(folder, 'missing'), options())).rejects.toMatchObject({ code: 'export_unreadable' });
    await writeFile(join(folder, 'x.parquet'), 'not Parquet at all, whatever it is called');
    await expect(check()).rejects.toMatchObject({ code: 'export_unreadable' });
  });
});

it('holds what it holds whatever the size of the file, and is not slow', async () => {
  const rows = Array.from({ length: 2000 }, (_, index) => ({
    text: `${index} ${'const value = await fetch(url, { method }); // src/main/index.ts:120\n'.repeat(40)}`,
    arguments: {
      command: `ls -la /srv/app/${index}`,
      output: 'drwxr-xr-x 2 root root 4096 Nov 21 09:30 .\n'.repeat(20),
    },
  }));
  await write('jsonl', rows);
  const report = await check({ knownValues: Array.from({ length: 1000 }, (_, index) => noise(24, `known ${index}`)) });
  expect(report).toMatchObject({ rows: 2000, leaks_count: 0 });
});
