import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { createThreadPool } from '../../../src/main/threads/thread-pool.js';
import { startWorker } from '../../../src/main/threads/worker-handle.js';
import { SluiceError } from '../../../src/shared/errors.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-pool-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const side = pathToFileURL(
  join(import.meta.dirname, '..', '..', '..', 'src', 'main', 'threads', 'worker-side.ts'),
).href;
const hook = pathToFileURL(join(import.meta.dirname, '..', '..', 'support', 'typescript.mjs')).href;

/** A pool of threads that name themselves, run for ever, wait for a gate in shared memory, or crash. */
function pool(size: number, deadlineMs: number) {
  const entry = join(folder, 'thread.mjs');
  const gate = new Int32Array(new SharedArrayBuffer(4));
  let started = 0;
  writeFileSync(
    entry,
    `import ${JSON.stringify(hook)};
    import { threadId, workerData } from 'node:worker_threads';
    const { serveThread } = await import(${JSON.stringify(side)});
    serveThread({
      lane: () => 'control',
      request(request) {
        if (request === 'for ever') for (;;);
        if (request === 'wait') Atomics.wait(workerData, 0, 0);
        if (request === 'crash') process.exit(3);
        return request === 'bytes' ? new Uint8Array(4096) : threadId;
      },
      connect() {},
    });`,
  );
  const made = createThreadPool<string>({
    start: () => {
      started += 1;
      return startWorker<string, never>(pathToFileURL(entry), gate, () => {});
    },
    size,
    deadlineMs,
  });
  const ask = (request: string, wide = false, by = '') =>
    made.ask(request, { wide, by, tooLong: () => new SluiceError('query_too_expensive', 'too long') });
  return {
    ask,
    close: made.close,
    started: () => started,
    open() {
      Atomics.store(gate, 0, 1);
      Atomics.notify(gate, 0);
    },
  };
}

const minutes = 600_000;

describe('a pool of threads', () => {
  it('ends a thread that is over its deadline, says so, and answers the next by another', async () => {
    const threads = pool(1, 500);
    await expect(threads.ask('for ever')).rejects.toMatchObject({ code: 'query_too_expensive' });
    await threads.close();
    const next = pool(1, minutes);
    const first = await next.ask('who');
    await expect(next.ask('crash')).rejects.toThrow('code 3');
    expect(await next.ask('who')).not.toBe(first);
    expect(next.started()).toBe(2);
    await next.close();
  });

  it('leaves one thread to what is answered at once', async () => {
    const threads = pool(2, minutes);
    const wide = [threads.ask('wait', true), threads.ask('wait', true)];
    // Both wide ones are under way or wait: this one is answered all the same.
    expect(await threads.ask('who')).toEqual(expect.any(Number));
    threads.open();
    const [first, second] = await Promise.all(wide);
    expect(first).toBe(second);
    await threads.close();
  });

  it('takes askers in turn, so that whoever asks much waits for nobody else’s', async () => {
    const threads = pool(1, minutes);
    const order: string[] = [];
    const asked = (by: string) => threads.ask('who', true, by).then(() => order.push(by));
    const all = [
      threads.ask('wait', true, 'a'),
      asked('a'),
      asked('a'),
      asked('a'),
      asked('b'),
      asked('b'),
      asked('c'),
    ];
    threads.open();
    await Promise.all(all);
    expect(order).toEqual(['b', 'c', 'a', 'b', 'a', 'a']);
    await threads.close();
  });

  it('takes no more of one asker than leaves room for others', async () => {
    const threads = pool(1, minutes);
    const held = threads.ask('wait', true, 'a');
    const many = Promise.allSettled(Array.from({ length: 501 }, () => threads.ask('who', true, 'a')));
    const other = threads.ask('who', true, 'b');
    threads.open();
    await Promise.all([held, other]);
    const refused = (await many).filter(({ status }) => status === 'rejected');
    expect(refused).toMatchObject([{ reason: { code: 'engine_busy' } }]);
    await threads.close();
  });

  it('hands bytes over and refuses whoever still waits when it is closed', async () => {
    const threads = pool(1, minutes);
    expect(((await threads.ask('bytes')) as Uint8Array).byteLength).toBe(4096);
    const waiting = [threads.ask('wait'), threads.ask('who')];
    const refused = Promise.allSettled(waiting);
    await threads.close();
    expect((await refused).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(threads.ask('who')).rejects.toMatchObject({ code: 'shutting_down' });
  });
});
