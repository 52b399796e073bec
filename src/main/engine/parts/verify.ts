import { createHmac } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { Handlers } from '../../../shared/contract/operation.js';
import type { qaContract } from '../../../shared/contract/verify.js';
import { found, SluiceError } from '../../../shared/errors.js';
import { parseQuery } from '../../../shared/query/index.js';
import { testCommand } from '../../../shared/test-command.js';
import { runFiles, runFilesHash } from '../../dataset/index.js';
import { dockerSandboxes } from '../../sandbox/index.js';
import type { FinalizeTools } from '../../verify/finalize.js';
import {
  doctorOf,
  editsOf,
  openRepository,
  type QaTools,
  qaKind,
  readRunStep,
  repositoryFor,
} from '../../verify/qa/index.js';
import type { EngineContext } from '../context.js';
import type { Rules } from '../live/redactor.js';

export type VerifyPart = ReturnType<typeof verifyPart>;

/** The same as long as the gate does the same to a text. */
function rulesName(key: Uint8Array, { policy, values }: Rules, version: string): string {
  return createHmac('sha256', key)
    .update(JSON.stringify([version, policy, values]))
    .digest('hex');
}

/** Tests of the repositories that traces worked on, run in sandboxes. */
export function verifyPart(context: EngineContext) {
  const { folder, keys, live, options, reader, commands, reading, redactor, settings, tick, log, typed } = context;
  const { reads } = reading;
  const sandboxes = dockerSandboxes({
    // The same for as long as the folder has its key: what it left on the engine is known by it.
    owner: createHmac('sha256', keys.pseudonym).update('owner of sandboxes').digest('hex').slice(0, 32),
    env: process.env,
  });
  const defaults = () => settings.current().qa;
  // What an engine that was killed left there.
  rmSync(folder.scratch, { recursive: true, force: true });
  const tools: QaTools = {
    sandboxes,
    defaults,
    traces: (page) => reader.traces(page),
    countTraces: (query) => reader.countTraces(query),
    trace: (traceId) => reader.traceSummary(traceId),
    edits: (traceId, signal) => editsOf(reader, traceId, signal),
    begin: commands.beginQaRun,
    save: commands.saveQaRun,
    keep: commands.keepQaRun,
    fail: commands.failQaRun,
    run: async (runId) => reader.qaRunHead(runId),
    kept: (runId) => reader.qaKept(runId),
    readRun: (left, signal) => context.work.step(readRunStep, left, { signal }),
    clean: (text) => redactor.text(text).text,
    rules: () => rulesName(keys.pseudonym, live.rules(), options.version),
    taskFiles(parts) {
      const files = runFiles(parts);
      return { files, hash: runFilesHash(files) };
    },
    changed: () => tick(['traces', 'jobs']),
    resources: options.resources,
    scratch: folder.scratch,
  };
  const testing = qaKind(tools);
  context.whenDeleted(forgetGone);

  /** What runs of deleted traces wrote: those under way end, and their lines go out of the logs of their jobs. */
  async function forgetGone(): Promise<void> {
    for (let gone = reader.goneQaRuns(); gone.length > 0; gone = reader.goneQaRuns()) {
      const runIds = new Set(gone.map(({ run_id }) => run_id));
      await testing.endRuns(runIds);
      for (const jobId of new Set(gone.flatMap(({ job_id }) => job_id ?? [])))
        await context.jobs().dropLines(jobId, runIds);
      await commands.forgetGoneQaRuns([...runIds]);
    }
  }

  const qa: Handlers<typeof qaContract> = {
    async start(asked) {
      const { trace_ids, query, ...said } = asked;
      const { repo, repo_after, sample, test_command } = said;
      const ways = [trace_ids !== undefined || query !== undefined, sample, repo !== undefined].filter(Boolean);
      if (ways.length === 0 || (sample && ways.length > 1)) {
        const message = 'Say what is tested: `trace_ids`, a `query` or a `repo`, or the `sample` alone.';
        throw new SluiceError('validation_failed', message, [{ path: '', message }]);
      }
      typed.said(said, 'request');
      if (query !== undefined) parseQuery(query, 'traces');
      if (test_command !== undefined) testCommand(test_command);
      if (repo !== undefined) await openRepository(repositoryFor(undefined, defaults().repositories, repo).path);
      if (repo_after !== undefined) await openRepository(repo_after);
      const what = sample
        ? 'the sample'
        : trace_ids !== undefined
          ? `${trace_ids.length} picked traces`
          : query !== undefined
            ? query || 'all traces'
            : (repo as string);
      return context.startJob(testing.id, `Tests of ${what}`, asked);
    },
    runs: ({ trace_id = null, state = null, verdict = null, cursor = null, limit }) =>
      reads.qaRuns({ trace_id, state, verdict, cursor, limit }),
    async ofTrace({ trace_id, cursor = null, limit }) {
      const page = await reads.qaRuns({ trace_id, state: null, verdict: null, cursor, limit });
      if ('items' in page && page.items.length === 0) found(await reads.traceHead(trace_id), 'trace');
      return page;
    },
    run: async ({ run_id }) => found(await reads.qaRun(run_id), 'run'),
    doctor: () => doctorOf(sandboxes, defaults()),
    reap: () => sandboxes.reap(),
    async setRepository({ trace_id, repo }) {
      const { metadata } = found(reader.traceSummary(trace_id), 'trace');
      const stood = (metadata?.repo ?? {}) as { [field: string]: string };
      const fields = Object.entries(repo ?? {});
      const texts = await typed.texts(
        fields.map(([, text]) => text),
        'tag',
        trace_id,
      );
      const clean = fields.map(([name], index): [string, string] => [name, texts[index] as string]);
      await commands.setRepository(trace_id, repo && { ...stood, ...Object.fromEntries(clean) });
      tick(['traces']);
      return { trace_id };
    },
  };

  /** Those of a trace that is whole. */
  const tests: FinalizeTools['tests'] = {
    async begin(traceId, _asked, jobId) {
      const { metadata } = found(reader.traceSummary(traceId), 'trace');
      if (metadata?.repo === undefined) return { why_not: 'The trace names no repository.' };
      try {
        repositoryFor(metadata, defaults().repositories, undefined);
      } catch (error) {
        if (!(error instanceof SluiceError)) throw error;
        return { why_not: `${error.message} ${error.next}` };
      }
      return testing.begin(traceId, jobId);
    },
    status: (traceId) => reader.traceSummary(traceId)?.qa_status ?? 'none',
    async carryOut(begun, asked, control) {
      const said = typeof asked === 'object' && asked !== null ? asked : {};
      const run = await testing.carryOut(begun, { ...said, allow_network_in_prepare: false }, control);
      const { run_id, state, verdict, tests_passed, reason } = run;
      // A verdict's reason quotes tests: it stands with the run, which goes with its trace.
      return { run_id, qa_status: state, verdict, tests_passed, reason: verdict === null ? reason : null };
    },
  };

  /** Runs that nobody goes on with have failed; what an engine that was killed left in containers goes. */
  async function tidy(): Promise<void> {
    const jobs = context.jobs().active();
    await commands.endLostQaRuns(jobs.map(({ job_id }) => job_id));
    // What a crash left between a deletion and the logs.
    await forgetGone();
    // Whoever never ran tests has nothing there, and perhaps no engine to ask.
    if (reader.qaRuns({ trace_id: null, state: null, verdict: null, cursor: null, limit: 1 }).items.length > 0)
      await sandboxes.reap();
  }

  return {
    id: 'verify',
    services: { qa },
    jobs: [testing],
    /** For finalize. */
    tests,
    /** For erasures. */
    whileErasing: testing.whileErasing,
    begin() {
      tidy().catch((error) =>
        log.warn({ name: (error as Error).name, code: (error as SluiceError).code ?? null }, 'qa_not_tidied'),
      );
    },
  };
}
