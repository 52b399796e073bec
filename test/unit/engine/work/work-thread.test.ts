import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createWorkThread } from '../../../../src/main/engine/work/work-thread.js';
import { JobAborted, RunnerCrashed } from '../../../../src/main/jobs/index.js';
import { jobControl } from '../../../support/job-kinds.js';

/** A thread that crashes where the job's query asks for it, calls the engine, and ends a job when it is aborted. */
const entry = join(mkdtempSync(join(tmpdir(), 'sluice-work-')), 'thread.mjs');
writeFileSync(
  entry,
  `import { parentPort } from 'node:worker_threads';
const asked = new Map(), jobs = new Map();
parentPort.on('message', ({ id, request }) => {
  const answer = (value) => parentPort.postMessage({ id, value });
  if (request.type === 'run') {
    if (request.params.query === 'crash') throw new TypeError('boom');
    if (request.params.query === 'wait') jobs.set(request.job, id);
    if (request.params.query === 'ask') {
      asked.set(1, id);
      parentPort.postMessage({ event: { type: 'log', job: request.job, lines: [{ line: 'asking', level: 'info' }] } });
      parentPort.postMessage({ event: { type: 'call', id: 1, command: { name: 'stored', args: [] } } });
    }
  } else if (request.type === 'abort') {
    parentPort.postMessage({ id: jobs.get(request.job), error: { code: 'job_cancelled', message: request.state, expected: true } });
    answer(null);
  } else if (request.type === 'answer') {
    parentPort.postMessage({ id: asked.get(request.id), value: 'told' });
    answer(null);
  } else if (request.type === 'stop') { answer(null); parentPort.close(); }
});`,
);

function setUp() {
  const crashes: Error[] = [];
  const asked: string[] = [];
  const thread = createWorkThread({
    entry: pathToFileURL(entry),
    data: () => ({}) as never,
    calls: { stored: async () => void asked.push('stored') } as never,
    onCrash: (error) => crashes.push(error),
  });
  const validate = thread.kinds.find(({ id }) => id === 'validate');
  const run = (query: string, over = {}) => validate?.run({ query }, jobControl(over), undefined) as Promise<unknown>;
  return { thread, crashes, run, asked };
}

describe('the work thread', () => {
  it('ends the jobs it has when it crashes, and takes the next all the same', async () => {
    const { thread, crashes, run, asked } = setUp();
    const lines: string[] = [];
    const waiting = run('wait');
    waiting.catch(() => undefined);
    await expect(run('crash')).rejects.toThrow(RunnerCrashed);
    await expect(waiting).rejects.toThrow(RunnerCrashed);
    expect(crashes).toMatchObject([{ message: 'boom' }]);
    expect(await run('ask', { log: (line: string) => lines.push(line) })).toBe('told');
    expect([lines, asked]).toEqual([['asking'], ['stored']]);
    await thread.end();
    expect(crashes).toHaveLength(1);
  });

  it('is told who cancels, and takes no job once it is ended', async () => {
    const { thread, run } = setUp();
    const abort = new AbortController();
    const waiting = run('wait', { signal: abort.signal });
    abort.abort(new JobAborted('interrupted'));
    await expect(waiting).rejects.toMatchObject({ code: 'job_cancelled', message: 'interrupted' });
    await thread.end();
    await expect(run('ask')).rejects.toMatchObject({ code: 'shutting_down' });
  });
});
