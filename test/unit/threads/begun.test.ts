import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { startWorker } from '../../../src/main/threads/worker-handle.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-begun-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const side = pathToFileURL(
  join(import.meta.dirname, '..', '..', '..', 'src', 'main', 'threads', 'worker-side.ts'),
).href;
const hook = pathToFileURL(join(import.meta.dirname, '..', '..', 'support', 'typescript.mjs')).href;

function thread(name: string, loading: string) {
  const entry = join(folder, `${name}.mjs`);
  writeFileSync(
    entry,
    `import ${JSON.stringify(hook)};
    import { workerData as steps } from 'node:worker_threads';
    const { serveThread } = await import(${JSON.stringify(side)});
    ${loading}
    serveThread({ lane: () => 'control', request() { for (;;); }, connect() {} });`,
  );
  const steps = new Int32Array(new SharedArrayBuffer(8));
  return { handle: startWorker<string, never>(pathToFileURL(entry), steps, () => {}), steps };
}

describe('a thread that is ended', () => {
  it('has loaded what it needs, and is ended whatever it does from then on', async () => {
    const { handle, steps } = thread('loads', 'Atomics.wait(steps, 1, 0, 300); steps[0] = 1;');
    const asked = handle.request('for ever').catch((error: Error) => error);
    await handle.terminate();
    expect(steps[0]).toBe(1);
    expect(await asked).toBeInstanceOf(Error);
  });

  it('is not waited for where it crashed while it loaded', async () => {
    const { handle } = thread('crashes', "throw new Error('cannot load');");
    await handle.terminate();
    expect(await handle.ended).toMatchObject({ message: 'cannot load' });
  });
});
