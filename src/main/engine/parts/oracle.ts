import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import type { Handlers } from '../../../shared/contract/operation.js';
import type { DomainRow, OracleRun, Ordered, oracleContract } from '../../../shared/contract/oracle.js';
import { found, SluiceError } from '../../../shared/errors.js';
import { type Job, type Json, queueSettingsSchema } from '../../../shared/model/index.js';
import { type Choice, choiceSchema, type LiveFigures, type ReviewedSample } from '../../../shared/model/oracle.js';
import { wilson } from '../../../shared/statistics/proportion.js';
import { writeGoldParquet } from '../../dataset/index.js';
import { parseJson } from '../../ground/json.js';
import {
  checkChoice,
  domainsFolder,
  forecastOf,
  idsOf,
  listDomains,
  noteSample,
  oracleKind,
  promptVersions,
  sampleDomains,
  samplePrompts,
  samplesOf,
  sampleTotal,
  showDomain,
} from '../../oracle/index.js';
import type { AskingModels } from '../asking-models.js';
import type { EngineContext } from '../context.js';
import { reviewerNames } from '../live/reviewer.js';
import { oracleThreads } from '../oracle-threads.js';
import type { IntakePart } from './intake.js';

/** Gold traces: runs that write them, and what of these comes into the store. */
export function oraclePart(
  context: EngineContext,
  { startRun }: Pick<IntakePart, 'startRun'>,
  { models, profiles }: AskingModels,
) {
  const { folder, options, reader, sealed, work } = context;
  const shipped = domainsFolder(options.resources);
  const folderOf = (runId: string) => join(folder.oracle, runId);
  const live = new Map<string, LiveFigures>();
  const kind = oracleKind({
    live,
    writeParquet: writeGoldParquet,
    folderOf,
    domains: shipped,
    openSealed: sealed.open,
    threads: (folders, signal) =>
      // A core is left to what is captured and asked meanwhile.
      oracleThreads(
        { entry: options.threads.oracle, folders, atOnce: Math.max(1, availableParallelism() - 1) },
        signal,
      ),
    models: { models, modelOf: (profile) => profiles.get(profile).model },
    spent: (account) => reader.modelSpent(account),
  });
  const domainsIn = (folders: string[]) => work.step(listDomains, { folders }, {});
  let known: Promise<DomainRow[]> | null = null;
  /** They do not change while the engine runs. */
  async function ownDomains(): Promise<DomainRow[]> {
    known ??= domainsIn([shipped]);
    try {
      return await known;
    } catch (error) {
      known = null;
      throw error;
    }
  }
  const jobOf = (runId: string): Job => {
    const job = context.jobs().get(runId);
    return found(job?.kind === kind.id ? job : null, 'run');
  };
  const foldersOf = ({ domains_folder: own }: { domains_folder?: string | undefined }) =>
    own === undefined ? [shipped] : [shipped, own];

  /** What a run is of, with what would end it at its beginning said at once. */
  async function ordered(asked: Ordered) {
    const { total, sample, domains, domains_folder, seed, quotas, format, retrieval } = asked;
    const all = domains_folder === undefined ? await ownDomains() : await domainsIn(foldersOf(asked));
    const names = domains.length > 0 ? domains : sample ? sampleDomains : all.map(({ domain }) => domain);
    const run = modelsOf(asked);
    return {
      total: total ?? sampleTotal,
      domains: idsOf(all, names),
      seed,
      ...(quotas === undefined ? {} : { quotas }),
      ...(format === 'parquet' ? { parquet: true as const } : {}),
      ...(retrieval === undefined ? {} : { retrieval }),
      ...(domains_folder === undefined ? {} : { sealed_folder: sealed.seal(domains_folder) }),
      ...(run === null ? {} : { models: run, budget_usd: asked.budget_usd }),
    };
  }

  function modelsOf({ generator, profile, reviewers, allow_own, retrieval }: Ordered) {
    if (generator === 'sampler') {
      if (profile !== undefined || reviewers.length > 0)
        refuse('generator', 'Models make traces where `generator` is model; the sampler asks none.');
      return null;
    }
    if (retrieval !== undefined)
      refuse('retrieval', 'Texts are retrieved in traces of the sampler: sluice oracle inject puts them into others.');
    if (profile === undefined) return refuse('profile', 'Name the model profile that writes requests and calls.');
    const named = (name: string) => ({ profile: name, model: profiles.get(name).model });
    return { generator: named(profile), reviewers: reviewers.map(named), allow_own, prompts: promptVersions };
  }

  function bring(path: string, name: string, choice: Choice): Promise<Job> {
    checkChoice(path, choice);
    return startRun(path, name, choice);
  }

  const names = reviewerNames(context);

  /** A sample with what people have said of it by now. */
  async function reviewed(sample: ReturnType<typeof samplesOf>[number], viewer: string): Promise<ReviewedSample> {
    const counts = ['', ' label:accepted', ' label:rejected'].map((and) =>
      context.reading.reads.countTraces(`sample:${sample.name}${and}`, viewer),
    );
    const [brought = 0, confirmed = 0, discarded = 0] = await Promise.all(counts);
    const decided = confirmed + discarded;
    return {
      ...sample,
      ...{ brought, confirmed, discarded },
      discard_rate: decided === 0 ? null : discarded / decided,
      interval: wilson(discarded, decided),
    };
  }

  const oracle: Handlers<typeof oracleContract> = {
    domains: ownDomains,
    domain: ({ domain }) => work.step(showDomain, { folders: [shipped], domain }, {}),
    async start(asked) {
      const { budget_usd, profile, reviewers } = asked;
      const order = await ordered(asked);
      for (const name of asked.generator === 'model' ? [profile as string, ...reviewers] : [])
        profiles.refuseUnready(name, budget_usd !== null);
      const by = order.models === undefined ? '' : ` by ${order.models.generator.model}`;
      const over = order.domains.length === 1 ? order.domains[0] : `${order.domains.length} domains`;
      return context.startJob(kind.id, `${order.total.toLocaleString('en')} gold traces over ${over}${by}`, order);
    },
    pause: async ({ run_id }) => {
      jobOf(run_id);
      return found(await context.jobs().pause(run_id), 'run');
    },
    async resume({ run_id, budget_usd }) {
      const { state, params, result } = jobOf(run_id);
      const stopped = (result as { stopped?: string | null } | null)?.stopped === 'budget';
      if (state === 'done' && !stopped) throw new SluiceError('job_not_resumable', 'The run is whole already.');
      const before = params as { models?: unknown };
      if (budget_usd !== undefined && before.models === undefined)
        refuse('budget_usd', 'The sampler asks no model: there is nothing to pay.');
      return found(
        await context.jobs().goOn(run_id, budget_usd === undefined ? params : ({ ...before, budget_usd } as Json)),
        'run',
      );
    },
    async forecast(asked) {
      const { total, domains, models: run } = await ordered(asked);
      if (run === undefined) return { traces: total, calls: 0, most_usd: 0 };
      const prompts = await work.step(samplePrompts, { folders: foldersOf(asked), domains, seed: asked.seed }, {});
      return forecastOf(models, run, total, prompts);
    },
    runs({ cursor = null, limit }) {
      const { items, next_cursor } = reader.jobs(cursor, limit, kind.id);
      return { items: items.map((job) => runOf(context.jobs().get(job.job_id) ?? job)), next_cursor };
    },
    async run({ run_id }, { principal }) {
      const job = jobOf(run_id);
      const [manifest, report] = await Promise.all(
        ['manifest.json', 'report.json'].map((name) => documentIn(join(folderOf(run_id), name))),
      );
      return {
        ...runOf(job),
        manifest: manifest ?? null,
        report: report ?? null,
        live: live.get(run_id) ?? null,
        samples: await Promise.all(samplesOf(folderOf(run_id)).map((each) => reviewed(each, names.of(principal)))),
        folder: folderOf(run_id),
      };
    },
    bring({ run_id, ...choice }) {
      jobOf(run_id);
      return bring(folderOf(run_id), `run ${run_id}`, choice);
    },
    async sample({ run_id, size, seed }, { principal }) {
      jobOf(run_id);
      const out = folderOf(run_id);
      const name = `${run_id.slice(-8)}-${size}-${seed}`;
      const queue = `gold ${name}`;
      const sample = { name, size, seed };
      const job = await bring(out, `sample of run ${run_id}`, choiceSchema.parse({ sample, most: size }));
      const settings = queueSettingsSchema.parse({ query: `sample:${name}`, order: 'random', seed });
      // The same sample again goes on in its queue.
      if ((await context.reading.reads.queue(queue)) === null)
        await context.commands.createQueue(queue, settings, names.of(principal));
      noteSample(out, { ...sample, queue, job_id: job.job_id });
      context.tick(['reviews']);
      return job;
    },
    bringFolder: ({ path, ...choice }) => bring(path, basename(path), choice),
  };
  return { id: 'oracle', services: { oracle }, jobs: [kind] };
}

function refuse(path: string, message: string): never {
  throw new SluiceError('validation_failed', message, [{ path, message }]);
}

/** Null where it is not there yet, or not whole. */
async function documentIn(path: string): Promise<Json> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return parseJson(text) ?? null;
}

function runOf({ job_id, params, result, work, ...job }: Job): OracleRun {
  const { total, domains, seed } = params as { total: number; domains: string[]; seed: number };
  const ended = result as { validated: number; failed: number; seconds: number; rate: number } | null;
  const { state, progress, message, error, created_at, ended_at } = job;
  return {
    ...{ run_id: job_id, state, progress, message, total, domains, seed },
    validated: ended?.validated ?? work?.done ?? 0,
    failed: ended?.failed ?? null,
    seconds: ended?.seconds ?? null,
    rate: ended?.rate ?? null,
    ...{ error, created_at, ended_at },
  };
}
