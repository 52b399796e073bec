import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runFiles, runFilesHash } from '../../src/main/dataset/harbor/run-files.js';
import type { JobControl } from '../../src/main/ground/job-kind.js';
import type { SandboxMaker } from '../../src/main/ground/sandbox.js';
import { readRunStep } from '../../src/main/verify/qa/frameworks/read-step.js';
import { qaKind } from '../../src/main/verify/qa/job.js';
import type { QaTools, TestedTrace } from '../../src/main/verify/qa/tools.js';
import { SluiceError } from '../../src/shared/errors.js';
import { type Json, type QaRun, qaDefaultsSchema, qaRunSchema } from '../../src/shared/model/index.js';
import { jobControl } from './job-kinds.js';

/** Jobs that run tests, with a store in memory: as the real one, it has every state through JSON. `hunter2` does not pass its gate. */
export function qaStage(sandboxes: SandboxMaker, more: { traces?: TestedTrace[]; defaults?: object } = {}) {
  const runs = new Map<string, QaRun>();
  const kept = new Map<string, Json>();
  const traces = more.traces ?? [];
  const put = (run: QaRun) => runs.set(run.run_id, qaRunSchema.parse(JSON.parse(JSON.stringify(run))));
  function there(id: string): QaRun {
    const run = runs.get(id);
    if (run === undefined) throw new SluiceError('not_found', 'There is no such run.');
    return run;
  }
  const tools: QaTools = {
    sandboxes,
    defaults: () => qaDefaultsSchema.parse({ image: 'python', ...more.defaults }),
    traces: ({ limit, cursor }) => {
      const from = Number(cursor ?? 0);
      const next = from + limit;
      return { items: traces.slice(from, next), next_cursor: next < traces.length ? String(next) : null };
    },
    countTraces: () => traces.length,
    trace: (id) => traces.find(({ trace_id }) => trace_id === id) ?? null,
    edits: async () => [],
    async begin(run) {
      if (!runs.has(run.run_id)) put(run);
    },
    async save(run) {
      there(run.run_id);
      put(run);
      if (run.state === 'done') kept.delete(run.run_id);
    },
    async keep(id, state) {
      there(id);
      kept.set(id, JSON.parse(JSON.stringify(state)));
    },
    async fail(id, reason) {
      put({ ...there(id), state: 'failed', ended_at: '2026-01-01T00:00:00.000Z', reason });
      kept.delete(id);
    },
    run: async (id) => runs.get(id) ?? null,
    kept: (id) => kept.get(id) ?? null,
    // As on the thread: with a copy of all that it is given.
    readRun: (left) => readRunStep.run(readRunStep.params.parse(structuredClone(left)), jobControl(), undefined),
    rules: () => 'rules',
    clean: (text) => text.replaceAll('hunter2', '[PASSWORD]'),
    taskFiles(parts) {
      const files = runFiles(parts);
      return { files, hash: runFilesHash(files) };
    },
    changed() {},
    resources: join(import.meta.dirname, '../../resources'),
    scratch: tmpdir(),
  };
  const kind = qaKind(tools);
  return {
    tools,
    runs,
    kept,
    kind,
    all: () => [...runs.values()],
    start: (asked: object, control: JobControl = jobControl()) =>
      kind.run(kind.params.parse(asked), control, undefined),
  };
}
