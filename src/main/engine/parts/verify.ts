import { createHmac } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { Handlers } from '../../../shared/contract/operation.js';
import type { qaContract } from '../../../shared/contract/verify.js';
import { found, SluiceError } from '../../../shared/errors.js';
import { parseQuery } from '../../../shared/query/index.js';
import { testCommand } from '../../../shared/test-command.js';
import { dockerSandboxes } from '../../sandbox/index.js';
import type { FinalizeTools } from '../../verify/finalize.js';
import { doctorOf, openRepository, type QaTools, qaKind, repositoryFor } from '../../verify/qa/index.js';
import type { EngineContext } from '../context.js';

export type VerifyPart = ReturnType<typeof verifyPart>;

/** Tests of the repositories that traces worked on, run in sandboxes. */
export function verifyPart(context: EngineContext) {
  const { folder, keys, options, reader, commands, reading, redactor, settings, tick, log, typed } = context;
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
    trace: (traceId) => reader.trace(traceId),
    save: (run, kept) => commands.saveQaRun(run, kept),
    run: async (runId) => reader.qaRun(runId),
    kept: (runId) => reader.qaKept(runId),
    clean: (text) => redactor.text(text).text,
    changed: () => tick(['traces', 'jobs']),
    resources: options.resources,
    scratch: folder.scratch,
  };
  const testing = qaKind(tools);

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
    async carryOut(begun, asked, control) {
      const said = typeof asked === 'object' && asked !== null ? asked : {};
      const run = await testing.carryOut(begun, { ...said, allow_network_in_prepare: false }, control);
      const { run_id, state, verdict, tests_passed, reason } = run;
      return { run_id, qa_status: state, verdict, tests_passed, reason };
    },
  };

  /** Runs that nobody goes on with have failed; what an engine that was killed left in containers goes. */
  async function tidy(): Promise<void> {
    const live = context.jobs().active();
    await commands.endLostQaRuns(live.map(({ job_id }) => job_id));
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
    begin() {
      tidy().catch((error) =>
        log.warn({ name: (error as Error).name, code: (error as SluiceError).code ?? null }, 'qa_not_tidied'),
      );
    },
  };
}
