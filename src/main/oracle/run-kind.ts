import * as z from 'zod';
import { type JobKind, untilAborted } from '../ground/job-kind.js';
import { openCatalogue } from './catalogue.js';
import type { OracleThreads } from './runs/figures.js';
import { reportOf, writeReport } from './runs/report.js';
import { runOracle } from './runs/run.js';

const paramsSchema = z.object({
  total: z.int().min(1),
  /** Ids. */
  domains: z.array(z.string()).min(1),
  seed: z.int().min(0),
  /** A folder with domains of the user's own, sealed. */
  sealed_folder: z.string().optional(),
});

/** The report is in the folder; this is what lists show of it. */
const resultSchema = z.object({
  run_id: z.string(),
  validated: z.int(),
  failed: z.int(),
  seconds: z.number(),
  rate: z.number(),
});

/** What runs need where they are followed. */
export interface RunTools {
  /** The folder of a run. */
  folderOf(runId: string): string;
  /** Where the domains lie that come along. */
  domains: string;
  openSealed(sealed: string): string;
  threads(folders: readonly string[], signal: AbortSignal): OracleThreads;
}

/** A run of the oracle, named as its job: everything that computes is done by threads of its own, so nothing waits for it. */
export function oracleKind({ folderOf, domains: shipped, openSealed, threads: begin }: RunTools) {
  return {
    id: 'oracle',
    title: 'Gold traces',
    params: paramsSchema,
    result: resultSchema,
    lane: 'io',
    atOnce: 1,
    // Its files are its checkpoint.
    again: () => true,
    async run({ total, domains, seed, sealed_folder }, control) {
      const { signal, job_id: runId } = control;
      if (runId === null) throw new TypeError('A run has the id of its job.');
      const out = folderOf(runId);
      const folders = sealed_folder === undefined ? [shipped] : [shipped, openSealed(sealed_folder)];
      const threads = begin(folders, signal);
      try {
        const begun = performance.now();
        let before: number | null = null;
        const result = await runOracle(openCatalogue(folders), {
          ...{ total, domains, seed, out, signal, run_id: runId, resume: true, writers: threads },
          progress({ validated, failed }) {
            // What was there before it went on is no work of this one.
            before ??= validated;
            const rate = Math.round((validated - before) / ((performance.now() - begun) / 1000));
            control.progress(Math.min(1, validated / total), `${rate} traces a second, ${failed} left out`, {
              done: validated,
              total,
              unit: 'traces',
            });
          },
        });
        signal.throwIfAborted();
        control.log('Works out the figures of the report.');
        const figures = await untilAborted(threads.figures({ ...result, out, seed }), signal);
        const report = reportOf(result, figures.calibration, figures.diversity);
        writeReport(out, report);
        for (const line of report.worth_a_look) control.log(line, 'warn');
        const { run_id, validated, failed, seconds, rate } = report;
        return { run_id, validated, failed, seconds, rate };
      } finally {
        await threads.end();
      }
    },
  } satisfies JobKind<z.infer<typeof paramsSchema>, z.infer<typeof resultSchema>>;
}
