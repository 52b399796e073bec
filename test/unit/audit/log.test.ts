import { createHash } from 'node:crypto';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAuditLog } from '../../../src/main/audit/index.js';
import type { AuditEntry, NewAuditEntry } from '../../../src/shared/model/index.js';

const key = new Uint8Array(32).fill(7);
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-audit-'));
  path = join(folder, 'audit.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry = (target: string): NewAuditEntry => ({
  action: 'trace_deleted',
  actor: { kind: 'token', token_id: 'a-token' },
  target,
  details: { count: 3, names: ['b', 'a'], nested: { z: null, a: true } },
});

async function written(count: number) {
  const log = openAuditLog(path, key);
  for (let i = 1; i <= count; i++) await log.record(entry(`trace ${i}`));
  return log;
}
const lines = () => readFileSync(path, 'utf8').split('\n').slice(0, -1);
const write = (all: string[]) => writeFileSync(path, all.map((line) => `${line}\n`).join(''));

describe('a log', () => {
  it('is empty and whole at first', async () => {
    const log = openAuditLog(path, key);
    expect(await log.verify()).toEqual({
      valid: true,
      entries: 0,
      head: null,
      end_checked: true,
      torn_bytes: 0,
      problem: null,
    });
    expect(await log.list(null, 10)).toEqual({ items: [], next_cursor: null });
  });

  it('chains its entries so that others can verify them', async () => {
    const log = await written(3);
    let previous = '0'.repeat(64);
    for (const [index, line] of lines().entries()) {
      const { hash, ...open } = JSON.parse(line) as AuditEntry;
      expect(open.seq).toBe(index + 1);
      expect(open.previous).toBe(previous);
      // Canonical: names sorted, no white space; so taking `hash` out of the text gives what was hashed.
      const hashed = line.replace(`"hash":"${hash}",`, '');
      expect(createHash('sha256').update(hashed).digest('hex')).toBe(hash);
      previous = hash;
    }
    expect(await log.verify()).toMatchObject({ valid: true, entries: 3, head: { seq: 3, hash: previous } });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'audit-head.json')).mode & 0o777).toBe(0o600);
  });

  it('keeps the order of the calls, and goes on when it is opened again', async () => {
    const log = openAuditLog(path, key);
    await Promise.all(Array.from({ length: 20 }, (_, i) => log.record(entry(`trace ${i}`))));
    await openAuditLog(path, key).record(entry('later'));
    const items = (await log.list(null, 100)).items;
    expect(items.map(({ target }) => target)).toEqual([
      'later',
      ...Array.from({ length: 20 }, (_, i) => `trace ${19 - i}`),
    ]);
    expect(await log.verify()).toMatchObject({ valid: true, entries: 21 });
  });

  it('takes entries of two writers at once', async () => {
    const two = [openAuditLog(path, key), openAuditLog(path, key)];
    await Promise.all(Array.from({ length: 30 }, (_, i) => two[i % 2]?.record(entry(`trace ${i}`))));
    expect(await two[0]?.verify()).toMatchObject({ valid: true, entries: 30 });
    expect(readdirSync(folder).sort()).toEqual(['audit-head.json', 'audit.jsonl']);
  });

  it('takes over the lock of a writer that died', async () => {
    writeFileSync(`${path}.lock`, '999999999');
    await written(1);
    expect(lines()).toHaveLength(1);
  });

  it('pages from the newest, by action too', async () => {
    const log = await written(7);
    await log.record({ action: 'rescan', actor: { kind: 'engine', token_id: null } });
    await log.record(entry('last'));
    const seen: number[] = [];
    for (let cursor: string | null = null; ; ) {
      const page = await log.list(cursor, 2);
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map(({ seq }) => seq));
      cursor = page.next_cursor;
      if (cursor === null) break;
    }
    expect(seen).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect((await log.list(null, 10, ['rescan'])).items.map(({ seq }) => seq)).toEqual([8]);
    await expect(log.list('x', 2)).rejects.toMatchObject({ code: 'cursor_invalid' });
  });
});

describe('what is done to it', () => {
  it('shows whichever field is changed', async () => {
    const log = await written(4);
    const all = lines();
    const second = JSON.parse(all[1] as string) as AuditEntry;
    const others: { [field in keyof AuditEntry]: unknown } = {
      version: 2,
      seq: 7,
      at: '2020-01-01T00:00:00.000Z',
      actor: { kind: 'studio', token_id: null },
      action: 'rescan',
      target: 'another',
      details: { count: 4 },
      previous: '1'.repeat(64),
      hash: '2'.repeat(64),
    };
    for (const [field, value] of Object.entries(others)) {
      const sorted = Object.fromEntries(
        Object.entries({ ...second, [field]: value }).sort(([a], [b]) => (a < b ? -1 : 1)),
      );
      write(all.with(1, JSON.stringify(sorted)));
      const verdict = await log.verify();
      expect(verdict, field).toMatchObject({ valid: false, entries: 1, problem: { line: 2 } });
    }
    write(all);
    expect(await log.verify()).toMatchObject({ valid: true });
  });

  it('shows any byte that is changed', async () => {
    const log = await written(3);
    const before = readFileSync(path);
    await fc.assert(
      fc.asyncProperty(fc.nat(before.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const after = Buffer.from(before);
        after[at] = (after[at] as number) ^ by;
        writeFileSync(path, after);
        expect((await log.verify()).valid).toBe(false);
      }),
      { numRuns: 150 },
    );
  });

  it('shows another spelling of the same entry', async () => {
    const log = await written(2);
    write(lines().with(0, JSON.stringify(JSON.parse(lines()[0] as string), null, 1).replaceAll('\n', '')));
    expect(await log.verify()).toMatchObject({ valid: false, problem: { line: 1 } });
  });

  it.each([
    ['a line is taken out', (all: string[]) => all.toSpliced(2, 1), 3],
    ['the first line is taken out', (all: string[]) => all.slice(1), 1],
    ['a line is added', (all: string[]) => all.toSpliced(2, 0, all[1] as string), 3],
    ['two lines change places', (all: string[]) => all.with(1, all[2] as string).with(2, all[1] as string), 2],
    ['a line is emptied', (all: string[]) => all.with(3, ''), 4],
    ['the last line is cut off', (all: string[]) => all.slice(0, -1), null],
    ['everything is cut off', () => [], null],
  ])('shows that %s', async (_name, change, line) => {
    const log = await written(5);
    write(change(lines()));
    expect(await log.verify()).toMatchObject({ valid: false, problem: { line } });
  });

  it('shows that the log is gone', async () => {
    const log = await written(2);
    rmSync(path);
    expect((await log.verify()).problem?.message).toBe('Entries 1 to 2 were cut off.');
  });

  it('shows a well-made entry that somebody without the key added', async () => {
    const log = await written(2);
    const before = readFileSync(path, 'utf8');
    const head = readFileSync(join(folder, 'audit-head.json'), 'utf8');
    await log.record(entry('forged'));
    writeFileSync(join(folder, 'audit-head.json'), head);
    expect((await log.verify()).problem?.message).toBe('What follows entry 2 was not written by Sluice.');
    writeFileSync(path, before);
    expect((await log.verify()).valid).toBe(true);
  });

  it('goes on behind the gap where the end was cut off, so that it stays seen', async () => {
    const log = await written(5);
    write(lines().slice(0, 3));
    await log.record(entry('after'));
    await log.record(entry('after'));
    expect(await log.verify()).toMatchObject({ valid: false, entries: 3, problem: { line: 4, seq: 6 } });
  });

  it('shows a head that was lost or made with another key, for good', async () => {
    const log = await written(2);
    const head = join(folder, 'audit-head.json');
    const kept = readFileSync(head, 'utf8');
    rmSync(head);
    expect((await log.verify()).problem?.message).toMatch(/sealed head is missing/);
    writeFileSync(head, kept);
    expect((await openAuditLog(path, new Uint8Array(32)).verify()).problem?.message).toMatch(/key/);
    rmSync(head);
    await log.record(entry('after'));
    expect(lines().map((line) => (JSON.parse(line) as AuditEntry).action)).toContain('log_recovered');
    expect(await log.verify()).toMatchObject({ valid: false, problem: { line: 3 } });
  });

  it('checks the chain without the key, and says that the end was not checked', async () => {
    await written(3);
    write(lines().slice(0, 2));
    const log = openAuditLog(path, null);
    expect(await log.verify()).toMatchObject({ valid: true, end_checked: false, entries: 2 });
    expect(() => log.record(entry('x'))).toThrow(TypeError);
  });
});

describe('a crash', () => {
  it('in the middle of a line is recovered from, and told', async () => {
    const log = await written(3);
    const torn = '{"action":"rescan","actor":{"ki';
    appendFileSync(path, torn);
    expect(await log.verify()).toMatchObject({ valid: true, entries: 3, torn_bytes: torn.length });
    expect((await log.list(null, 10)).items).toHaveLength(3);
    await openAuditLog(path, key).record(entry('after'));
    const all = lines().map((line) => JSON.parse(line) as AuditEntry);
    expect(all.map(({ seq, action }) => [seq, action])).toEqual([
      [1, 'trace_deleted'],
      [2, 'trace_deleted'],
      [3, 'trace_deleted'],
      [4, 'log_recovered'],
      [5, 'trace_deleted'],
    ]);
    const { file, bytes } = (all[3] as AuditEntry).details as { file: string; bytes: number };
    expect(bytes).toBe(torn.length);
    expect(readFileSync(join(folder, file), 'utf8')).toBe(torn);
    expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    expect(await log.verify()).toMatchObject({ valid: true, entries: 5, torn_bytes: 0 });
  });

  it('at any byte of an append loses nothing that was answered', async () => {
    const log = await written(2);
    const headPath = join(folder, 'audit-head.json');
    const headBefore = JSON.parse(readFileSync(headPath, 'utf8'));
    const sizeBefore = statSync(path).size;
    // The head as it stands while the third line is written: it names the entry to come.
    const real = await captureHead(headPath, () => log.record(entry('third')));
    const whole = readFileSync(path);
    expect(real.seq).toBe(headBefore.seq);
    for (const size of [sizeBefore, sizeBefore + 1, whole.length - 1, whole.length]) {
      writeFileSync(path, whole);
      truncateSync(path, size);
      writeFileSync(headPath, real.text);
      expect(await log.verify(), `${size}`).toMatchObject({ valid: true });
      await openAuditLog(path, key).record(entry('after'));
      expect(await log.verify(), `${size}`).toMatchObject({ valid: true, torn_bytes: 0 });
    }
  });
});

/** The head file's text between the two writings of one append. */
async function captureHead(headPath: string, append: () => Promise<unknown>): Promise<{ seq: number; text: string }> {
  const done = append().then(() => 'done');
  for (;;) {
    const text = readFileSync(headPath, 'utf8');
    if (JSON.parse(text).next !== null) {
      await done;
      return { seq: JSON.parse(text).seq, text };
    }
    if ((await Promise.race([done, new Promise((wake) => setImmediate(() => wake('wait')))])) === 'done') {
      throw new Error('the head was not seen between its two writings');
    }
  }
}
