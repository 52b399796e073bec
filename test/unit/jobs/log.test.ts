import { getEventListeners } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { uuidv7 } from '../../../src/shared/ids.js';
import type { JobLogLine } from '../../../src/shared/model/index.js';
import { testLogs } from '../../support/job-kinds.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-logs-'));
});
const never = new AbortController().signal;
const fileOf = (jobId: string) => join(folder, `${jobId}.jsonl`);

async function texts(lines: AsyncGenerator<JobLogLine>): Promise<string[]> {
  const found: string[] = [];
  for await (const { seq, text } of lines) found.push(`${seq} ${text}`);
  return found;
}

describe('the log of a job', () => {
  it('is a file of the user alone, read from any line on', async () => {
    const logs = testLogs(folder);
    const id = uuidv7();
    logs.open(id);
    for (const text of ['one', 'two', 'three']) logs.append(id, 'info', text);
    expect(await texts(logs.read(id, 0, false, never))).toEqual(['1 one', '2 two', '3 three']);
    await logs.end(id);
    expect(await texts(logs.read(id, 2, false, never))).toEqual(['3 three']);
    expect(await texts(logs.read(uuidv7(), 0, false, never))).toEqual([]);
    if (process.platform !== 'win32') {
      expect(statSync(fileOf(id)).mode & 0o777).toBe(0o600);
    }
    logs.append(id, 'info', 'too late');
    expect(await texts(logs.read(id, 0, true, never))).toHaveLength(3);
  });

  it('is followed line by line until the job is over', async () => {
    const logs = testLogs(folder);
    const id = uuidv7();
    logs.open(id);
    logs.append(id, 'info', 'before');
    const following = logs.read(id, 0, true, never);
    expect((await following.next()).value).toMatchObject({ seq: 1, text: 'before' });
    const next = following.next();
    logs.append(id, 'warn', 'while');
    expect((await next).value).toMatchObject({ seq: 2, level: 'warn', text: 'while' });
    const end = following.next();
    await logs.end(id);
    expect((await end).done).toBe(true);
  });

  it('lets go of who stops to follow', async () => {
    const logs = testLogs(folder);
    const id = uuidv7();
    logs.open(id);
    const stop = new AbortController();
    const next = logs.read(id, 0, true, stop.signal).next();
    stop.abort();
    expect((await next).done).toBe(true);
  });

  it('goes on after a restart behind the last whole line', async () => {
    const id = uuidv7();
    const before = testLogs(folder);
    before.open(id);
    before.append(id, 'info', 'one');
    await before.end(id);
    appendFileSync(fileOf(id), '{"seq":2,"at":"2026-');
    const after = testLogs(folder);
    after.open(id);
    after.append(id, 'info', 'two');
    await after.end(id);
    expect(await texts(after.read(id, 0, false, never))).toEqual(['1 one', '2 two']);
  });

  it('ends at 10 MB and says so, also after a restart', async () => {
    const id = uuidv7();
    const logs = testLogs(folder);
    logs.open(id);
    for (let n = 0; n < 9000; n++) logs.append(id, 'info', `${n} ${'é'.repeat(3000)}`);
    await logs.end(id);
    expect(statSync(fileOf(id)).size).toBeLessThanOrEqual(10_000_000);
    expect(statSync(fileOf(id)).size).toBeGreaterThan(9_900_000);
    const again = testLogs(folder);
    again.open(id);
    again.append(id, 'info', 'no more');
    await again.end(id);
    const lines = await texts(again.read(id, 0, false, never));
    expect(lines.at(-1)).toMatch(/10 MB and ends here/);
    expect(lines.filter((line) => line.includes('ends here'))).toHaveLength(1);
  });

  it('gives up values that are erased, of jobs under way too', async () => {
    const logs = testLogs(folder);
    const [over, running] = [uuidv7(), uuidv7()];
    for (const id of [over, running]) {
      logs.open(id);
      logs.append(id, 'info', 'of Ada Lovelace');
    }
    await logs.end(over);
    const following = logs.read(running, 0, true, never);
    expect((await following.next()).value?.text).toBe('of Ada Lovelace');
    const rewritten = logs.rewrite(async (said) => said.map((text) => text.replace('Ada Lovelace', '<PERSON>')));
    logs.append(running, 'info', 'meanwhile');
    await rewritten;
    expect((await following.next()).value).toMatchObject({ seq: 2, text: 'meanwhile' });
    await logs.end(running);
    for (const id of [over, running]) {
      expect(readFileSync(fileOf(id), 'utf8')).not.toContain('Ada');
      expect((await texts(logs.read(id, 0, false, never)))[0]).toBe('1 of <PERSON>');
    }
  });

  it('gives up what was told of runs of tests whose traces are gone, of jobs under way too', async () => {
    const logs = testLogs(folder);
    const [over, running, gone, other] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];
    for (const id of [over, running]) {
      logs.open(id);
      logs.append(id, 'info', 'of the job');
      logs.append(id, 'info', 'of Ada', gone);
      logs.append(id, 'warn', 'of Ada too', gone);
      logs.append(id, 'info', 'of Bob', other);
      logs.append(id, 'info', 'of Ada again', gone);
    }
    await logs.end(over);
    const following = logs.read(running, 5, true, never);
    const next = following.next();
    const dropped = logs.drop(running, new Set([gone]));
    logs.append(running, 'info', 'meanwhile');
    await dropped;
    await logs.drop(over, new Set([gone]));
    await logs.drop(uuidv7(), new Set([gone]));
    logs.append(running, 'info', 'behind it');
    expect((await next).value).toMatchObject({ seq: 6, text: 'meanwhile' });
    expect((await following.next()).value).toMatchObject({ seq: 7, text: 'behind it' });
    await logs.end(running);
    for (const id of [over, running]) expect(readFileSync(fileOf(id), 'utf8')).not.toMatch(new RegExp(`Ada|${gone}`));
    expect(await texts(logs.read(over, 0, false, never))).toEqual([
      '1 of the job',
      expect.stringMatching(/^3 .*deleted/),
      '4 of Bob',
      expect.stringMatching(/^5 .*deleted/),
    ]);
    // Numbers go on behind what was taken out.
    logs.open(over);
    logs.append(over, 'info', 'later');
    await logs.end(over);
    expect(await texts(logs.read(over, 5, false, never))).toEqual(['6 later']);
  });

  it('loses no line that waits where a change of it fails', async () => {
    const id = uuidv7();
    const logs = testLogs(folder);
    logs.open(id);
    logs.append(id, 'info', 'first');
    await expect.poll(() => existsSync(fileOf(id)) && readFileSync(fileOf(id), 'utf8')).toContain('first');
    const changing = logs.rewrite(async (said) => {
      if (said.includes('second')) throw new Error('the erasure was cancelled');
      if (said.includes('first')) logs.append(id, 'info', 'second');
      return said;
    });
    await expect(changing).rejects.toThrow('cancelled');
    await logs.end(id);
    expect(await texts(logs.read(id, 0, false, never))).toEqual(['1 first', '2 second']);
  });

  it('leaves nothing behind at who followed it', async () => {
    const id = uuidv7();
    const logs = testLogs(folder);
    logs.open(id);
    const stop = new AbortController();
    const following = logs.read(id, 0, true, stop.signal);
    for (let n = 1; n <= 30; n++) {
      const next = following.next();
      logs.append(id, 'info', `line ${n}`);
      expect((await next).value?.seq).toBe(n);
    }
    const next = following.next();
    await expect.poll(() => getEventListeners(stop.signal, 'abort').length).toBe(1);
    await logs.end(id);
    expect((await next).done).toBe(true);
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
  });

  it('goes with its job', async () => {
    const logs = testLogs(folder);
    const [kept, gone] = [uuidv7(), uuidv7()];
    for (const id of [kept, gone]) {
      logs.open(id);
      logs.append(id, 'info', 'x');
      await logs.end(id);
    }
    await logs.sweep((id) => id === kept);
    expect(readdirSync(folder)).toEqual([`${kept}.jsonl`]);
  });
});
