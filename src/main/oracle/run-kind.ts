import * as z from 'zod';
import { type LiveFigures, quotasSchema, retrievalShareSchema } from '../../shared/model/oracle.js';
import { wilson } from '../../shared/statistics/proportion.js';
import { createBudget } from '../ground/budget.js';
import { type JobKind, untilAborted } from '../ground/job-kind.js';
import { openCatalogue } from './catalogue.js';
import type { PhaseModels } from './phases/generate.js';
import { modelWriters } from './phases/model-writers.js';
import type { OracleThreads } from './runs/figures.js';
import { liveOf } from './runs/live.js';
import { modelRunSchema } from './runs/manifest.js';
import { reportOf, writeReport } from './runs/report.js';
import { runOracle } from './runs/run.js';
import type { WriteParquet } from './runs/write-domain.js';

const paramsSchema = z.object({
  total: z.int().min(1),
  /** Ids. */
  domains: z.array(z.string()).min(1),
  seed: z.int().min(0),
  /** A folder with domains of the user's own, sealed. */
  sealed_folder: z.string().optional(),
  /** Which models make them, and what these may cost. */
  models: modelRunSchema.optional(),
  budget_usd: z.number().nullable().default(null),
  quotas: quotasSchema.optional(),
  /** Each file as Parquet too. */
  parquet: z.literal(true).optional(),
  retrieval: retrievalShareSchema.optional(),
});
type Params = z.infer<typeof paramsSchema>;

/** The report is in the folder; this is what lists show of it. */
const resultSchema = z.object({
  run_id: z.string(),
  validated: z.int(),
  failed: z.int(),
  seconds: z.number(),
  rate: z.number(),
  stopped: z.literal('budget').nullable(),
  cost_usd: z.number().nullable(),
});

/** What runs need where they are followed. */
export interface RunTools {
  /** The folder of a run. */
  folderOf(runId: string): string;
  /** Where the domains lie that come along. */
  domains: string;
  openSealed(sealed: string): string;
  threads(folders: readonly string[], signal: AbortSignal): OracleThreads;
  models: Pick<PhaseModels, 'models' | 'modelOf'>;
  writeParquet: WriteParquet;
  /** What is known of runs under way, by their ids. */
  live: Map<string, LiveFigures>;
  /** What calls of an account came to. */
  spent(account: string): Spent;
}

/** US dollars; null where a profile has no prices. */
interface Spent {
  cost_usd: number | null;
  unheard_usd: number;
}

/** A run of the oracle, named as its job: everything that computes is done by threads of its own, so nothing waits for it. */
export function oracleKind({
  folderOf,
  domains: shipped,
  openSealed,
  threads: begin,
  models: asking,
  live,
  writeParquet,
  spent,
}: RunTools) {
  /** Who makes the traces: its threads, or models that are asked beside the API. */
  function phases({ models, budget_usd }: Params, account: string, signal: AbortSignal): PhaseModels | null {
    if (models === undefined) return null;
    const { cost_usd, unheard_usd } = spent(account);
    return {
      ...asking,
      generator: models.generator.profile,
      reviewers: models.reviewers.map(({ profile }) => profile),
      allowOwn: models.allow_own,
      account,
      signal,
      ...(budget_usd === null ? {} : { budget: createBudget(budget_usd, (cost_usd ?? 0) + unheard_usd) }),
    };
  }

  return {
    id: 'oracle',
    title: 'Gold traces',
    params: paramsSchema,
    result: resultSchema,
    lane: 'io',
    atOnce: 1,
    // Its files are its checkpoint.
    again: () => true,
    async run(params, control) {
      const { total, domains, seed, sealed_folder, models, quotas, parquet, retrieval } = params;
      const { signal, job_id: runId } = control;
      if (runId === null) throw new TypeError('A run has the id of its job.');
      const out = folderOf(runId);
      const folders = sealed_folder === undefined ? [shipped] : [shipped, openSealed(sealed_folder)];
      const threads = begin(folders, signal);
      try {
        const begun = performance.now();
        let before: number | null = null;
        let looked = Number.NEGATIVE_INFINITY;
        const named = new Set<string>();
        const catalogue = openCatalogue(folders);
        // The run pays by its own name, also when it is gone on with.
        const asked = phases(params, runId, signal);
        const writers = asked === null ? threads : modelWriters(catalogue, asked, writeParquet);
        const result = await runOracle(catalogue, {
          ...{ total, domains, seed, out, signal, run_id: runId, resume: true, writers },
          ...(models === undefined ? {} : { models }),
          ...(quotas === undefined ? {} : { quotas }),
          ...(parquet === undefined ? {} : { parquet }),
          ...(retrieval === undefined ? {} : { retrieval }),
          progress({ validated, failed }, all) {
            // What was there before it went on is no work of this one.
            before ??= validated;
            const seconds = (performance.now() - begun) / 1000;
            const rate = Math.round((validated - before) / seconds);
            const said =
              asked === null
                ? `${rate} traces a second, ${failed} left out`
                : paid(validated, failed, total, spent(runId));
            control.progress(Math.min(1, validated / total), said, {
              done: validated,
              total,
              unit: 'traces',
            });
            if (performance.now() - looked < lookEvery) return;
            looked = performance.now();
            const figures = liveOf(all(), {
              seconds: Math.round(seconds * 10) / 10,
              rate,
              cost_usd: asked === null ? 0 : spent(runId).cost_usd,
            });
            live.set(runId, figures);
            for (const line of figures.worth_a_look) {
              const of = line.split(/ failed |: /)[0] as string;
              if (named.has(of)) continue;
              named.add(of);
              control.log(line, 'warn');
            }
          },
        });
        signal.throwIfAborted();
        control.log('Works out the figures of the report.');
        const figures = await untilAborted(threads.figures({ ...result, out, seed }), signal);
        const report = reportOf(result, figures, asked === null ? { cost_usd: 0, unheard_usd: 0 } : spent(runId));
        writeReport(out, report);
        for (const line of report.worth_a_look) control.log(line, 'warn');
        if (result.stopped !== null) control.log('Stopped: the budget is used up.', 'warn');
        const { run_id, validated, failed, seconds, rate, stopped, cost_usd } = report;
        return { run_id, validated, failed, seconds, rate, stopped, cost_usd };
      } finally {
        live.delete(runId);
        await threads.end();
      }
    },
  } satisfies JobKind<z.infer<typeof paramsSchema>, z.infer<typeof resultSchema>>;
}

/** Milliseconds between two looks at how a run stands. */
const lookEvery = 1000;

/** From so many results on what is to come is told by what came. */
const fewest = 20;

/** What it came to so far, and what the whole may: by the share that held, with its interval of 95%. */
export function paid(validated: number, failed: number, total: number, { cost_usd }: Spent): string {
  const tried = validated + failed;
  const told = `${validated} of ${total}, ${failed} did not hold`;
  if (cost_usd === null) return told;
  const so = `${told}, $${cost_usd.toFixed(4)}`;
  if (tried < fewest || validated === 0) return so;
  const [low, high] = wilson(validated, tried) ?? [0, 1];
  const whole = (share: number) => `$${(((cost_usd / tried) * total) / share).toFixed(4)}`;
  return `${so}; in all about ${whole(validated / tried)} (${whole(high)} to ${whole(low)})`;
}
