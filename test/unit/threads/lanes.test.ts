import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { carryOut, remote } from '../../../src/main/threads/remote.js';
import { startWorker } from '../../../src/main/threads/worker-handle.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-lanes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const side = pathToFileURL(
  join(import.meta.dirname, '..', '..', '..', 'src', 'main', 'threads', 'worker-side.ts'),
).href;
const hook = pathToFileURL(join(import.meta.dirname, '..', '..', 'support', 'typescript.mjs')).href;

/** A thread that waits until it is told to go on, and keeps the order in which it was asked for the rest. */
function thread() {
  const entry = join(folder, 'thread.mjs');
  writeFileSync(
    entry,
    `import ${JSON.stringify(hook)};
    const { serveThread } = await import(${JSON.stringify(side)});
    const order = [];
    const gate = Promise.withResolvers();
    serveThread({
      lane: (request) => (request === 'wait' ? 'waiting' : 'control'),
      async request(request) {
        if (request === 'wait') return await gate.promise;
        if (request === 'slow') await new Promise((resolve) => setTimeout(resolve, 50));
        if (request === 'full') throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
        order.push(request);
        if (request === 'go') gate.resolve('waited');
        return order.join();
      },
      connect() {},
    });`,
  );
  return startWorker<string, never>(pathToFileURL(entry), null, () => {});
}

describe('the lanes of a thread', () => {
  it('answer control behind something that waits, in the order it was asked', async () => {
    const worker = thread();
    const waited = worker.request('wait');
    const waitedToo = worker.request('wait');
    const answers = Promise.all([worker.request('slow'), worker.request('quick')]);
    expect(await answers).toEqual(['slow', 'slow,quick']);
    expect(await worker.request('go')).toBe('slow,quick,go');
    expect(await Promise.all([waited, waitedToo])).toEqual(['waited', 'waited']);
    await worker.terminate();
  });
});

it('a thread’s full disk is told as that', async () => {
  const worker = thread();
  await expect(worker.request('full')).rejects.toMatchObject({ code: 'storage_failing', status: 507 });
  await worker.terminate();
});

describe('remote', () => {
  it('carries each call over by name and arguments, and its answer or failure back', async () => {
    const target = {
      add: async (a: number, b: number) => a + b,
      fail: async (message: string) => Promise.reject(new Error(message)),
    };
    const here = remote<typeof target>({ add: true, fail: true }, (command) =>
      carryOut(target, structuredClone(command)),
    );
    expect(await here.add(2, 3)).toBe(5);
    await expect(here.fail('no')).rejects.toThrow('no');
  });
});
