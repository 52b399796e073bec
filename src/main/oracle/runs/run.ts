import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SluiceError } from '../../../shared/errors.js';
import { eachAtOnce } from '../../ground/each-at-once.js';
import type { OpenCatalogue } from '../catalogue.js';
import { defaultShapes } from '../sampler/sample.js';
import { filesOf, type RunFile } from './files-of-run.js';
import { differences, type RunConfig, type RunManifest, readManifest, type Shard, writeManifest } from './manifest.js';
import { add, noStatistics, type Statistics } from './statistics.js';
import { type DomainOrder, writeDomain } from './write-domain.js';

/** Traces of one file: some seconds' work, which is what a kill costs at most. */
const perSampledFile = 20_000;
/** Of what models make: so many are in memory until the file is whole. */
const perModelFile = 100;

/** Who writes domains: this thread, or threads beside it. */
export interface Writers {
  atOnce: number;
  /** Why it ended before all was made; absent, or null, where nothing stopped it. */
  stopped?(): 'budget' | null;
  /** Null where it was cancelled. */
  write(order: DomainOrder, progress: (soFar: Statistics) => void): Promise<Statistics | null>;
}

export interface RunOptions {
  total: number;
  domains: readonly string[];
  out: string;
  seed: number;
  resume: boolean;
  /** Only this part of it, by domains, with the files that they have in the whole. */
  shard?: Shard;
  /** What a new run is called; absent: a name of its own. */
  run_id?: string;
  signal: AbortSignal;
  /** Which models make the traces, where the sampler alone does not. */
  models?: NonNullable<RunConfig['models']>;
  /** How often which shape is to come, where it is not as the sampler has it. */
  quotas?: RunConfig['quotas'];
  retrieval?: RunConfig['retrieval'];
  /** Each file as Parquet too. */
  parquet?: true;
  /** This thread where nobody is named, which writes no Parquet. */
  writers?: Writers;
  /** `all` adds up what is known of the domains by now. */
  progress(done: Pick<Statistics, 'validated' | 'failed'>, all: () => Statistics): void;
}

export interface RunResult {
  run_id: string;
  started_at: string;
  seconds: number;
  statistics: Statistics;
  /** Those that are whole. */
  files: RunFile[];
  /** Ids of those that it is of. */
  domains: string[];
  /** Whether each file is there as Parquet too. */
  parquet: boolean;
  cancelled: boolean;
  stopped: 'budget' | null;
}

/**
 * Writes a run's files, a domain after or beside the other; a run that was cut off goes on with the files that are not there, and comes
 * out as if it had not been.
 * @throws SluiceError `usage`, `oracle_out_used`, `oracle_run_differs`, `oracle_run_unreadable`, `oracle_domain_unknown`
 */
export async function runOracle(catalogue: OpenCatalogue, options: RunOptions): Promise<RunResult> {
  const {
    total,
    domains: names,
    out,
    seed,
    resume,
    signal,
    progress,
    models,
    shard,
    quotas,
    parquet,
    retrieval,
  } = options;
  const perFile = models === undefined ? perSampledFile : perModelFile;
  const writers: Writers = options.writers ?? {
    atOnce: 1,
    write: (order, told) => writeDomain(catalogue, order, { signal, progress: told }),
  };
  const domains = names.length === 0 ? catalogue.ids : names.map((name) => catalogue.idOf(name));
  const config: RunConfig = {
    version: 1,
    generator: models === undefined ? 'sampler' : 'model',
    ...(models === undefined ? {} : { models }),
    total,
    seed,
    domains: [...domains],
    catalogue: catalogue.fingerprint,
    shapes: Object.fromEntries(defaultShapes),
    ...(quotas === undefined ? {} : { quotas }),
    ...(retrieval === undefined ? {} : { retrieval }),
    per_file: perFile,
    ...(parquet === undefined ? {} : { parquet }),
  };
  const begun = performance.now();
  // What was made twice is looked for within a domain: whoever makes one of its files has to know those before it.
  const own = shard === undefined ? config.domains : ofShard(config.domains, shard);
  const { run_id, started_at } = claim(out, config, resume, options.run_id ?? `oracle_${randomUUID()}`, shard);
  const files = filesOf(config.domains, total, perFile).filter(({ domain }) => own.includes(domain));
  const soFar = new Map<string, Statistics>();
  const all = () => {
    const sum = noStatistics();
    for (const each of soFar.values()) add(sum, each);
    return sum;
  };
  const made = new Map<string, Statistics | null>();
  await eachAtOnce([...Map.groupBy(files, ({ domain }) => domain)], writers.atOnce, async ([domain, of]) => {
    if (signal.aborted) return;
    const told = (now: Statistics) => {
      soFar.set(domain, now);
      const done = { validated: 0, failed: 0 };
      for (const { validated, failed } of soFar.values()) {
        done.validated += validated;
        done.failed += failed;
      }
      progress(done, all);
    };
    const whole = await writers.write({ out, seed, domain, files: of, quotas, parquet, retrieval }, told);
    made.set(domain, whole);
    if (whole !== null) told(whole);
  });
  const statistics = noStatistics();
  // In the order of the domains, whichever was done first.
  for (const id of own) {
    const of = made.get(id);
    if (of) add(statistics, of);
  }
  const cancelled = signal.aborted;
  const stopped = writers.stopped?.() ?? null;
  if (cancelled)
    for (const name of readdirSync(out))
      if (/\.(jsonl|parquet)\.tmp$/.test(name)) rmSync(join(out, name), { force: true });
  return {
    run_id,
    started_at,
    seconds: Math.round(performance.now() - begun) / 1000,
    statistics,
    files: files.filter(({ name }) => (!cancelled && stopped === null) || existsSync(join(out, name))),
    domains: own,
    parquet: parquet === true,
    cancelled,
    stopped,
  };
}

/** The domains of one part of a run, taken in turns so that the parts are alike. */
function ofShard(domains: readonly string[], { index, of }: Shard): string[] {
  if (of > domains.length)
    throw new SluiceError(
      'usage',
      `--shard ${index}/${of}: the run has ${domains.length} domains, and no more parts than that.`,
    );
  return domains.filter((_, at) => at % of === index - 1);
}

/** The folder is this run's: an empty one, or one that such a run has begun. */
function claim(out: string, config: RunConfig, resume: boolean, run_id: string, shard: Shard | undefined): RunManifest {
  const ofThis = shard === undefined ? {} : { shard };
  const known = readManifest(out);
  if (known !== null) {
    const differ = differences(known.config, config);
    if (differ.length > 0)
      throw new SluiceError(
        'oracle_run_differs',
        `${out} holds a run with other settings: ${differ.join(', ')}.`,
        differ,
      );
    if (!resume) throw new SluiceError('oracle_out_used', `${out} holds this run already, whole or in part.`);
    // A folder that the files of several parts were put into is gone on with as the whole.
    const { shard: _, ...whole } = known;
    const manifest = { ...whole, ...ofThis };
    writeManifest(out, manifest);
    return manifest;
  }
  if (existsSync(out) && readdirSync(out).some((name) => /^traces-\d+\.jsonl$/.test(name)))
    throw new SluiceError('oracle_out_used', `${out} holds traces of something else.`);
  mkdirSync(join(out, 'parts'), { recursive: true });
  const manifest = { run_id, started_at: new Date().toISOString(), config, ...ofThis };
  writeManifest(out, manifest);
  return manifest;
}
