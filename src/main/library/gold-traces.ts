import { createReadStream, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SluiceError } from '../../shared/errors.js';
import type { GoldTrace } from '../../shared/model/gold-trace.js';
import { linesOf } from '../ground/lines.js';
import { resourcesDir } from '../hosts/paths.js';
import { domainRows, domainsFolder, openCatalogue, type RunReport } from '../oracle/index.js';
import { commanded } from './command.js';
import type { GoldTraceOptions } from './types.js';

/** Writes gold traces to a folder, with a manifest and a report, as `sluice oracle run` does. */
export class GoldTraceGenerator {
  readonly #output: string;
  readonly #options: GoldTraceOptions;

  /** Without `profile` the sampler writes them, which asks no model (`generator: sampler` stands in each). */
  constructor({
    output_dir = join('outputs', 'gold_traces'),
    ...options
  }: GoldTraceOptions & { output_dir?: string } = {}) {
    this.#output = output_dir;
    this.#options = options;
    noticeKey(options);
  }

  /**
   * @param order `total_traces`: 100 where it is left out; `sample_mode`: over 5 domains; `checkpoint_every`: files are whole one by
   * one, whatever it says
   * @throws SluiceError `oracle_out_used`, `oracle_run_differs` where the folder holds something, unless `resume`
   */
  async generate_dataset({
    total_traces = 100,
    sample_mode = false,
    checkpoint_every,
    ...more
  }: {
    total_traces?: number;
    sample_mode?: boolean;
    checkpoint_every?: number;
    domains?: readonly string[];
    seed?: number;
    resume?: boolean;
  } = {}): Promise<RunReport> {
    atLeastOne({ checkpoint_every });
    const { domains = [], seed = 1, resume = false } = more;
    return (await commanded([
      ...runArguments({ total: total_traces, domains, seed, out: this.#output }, this.#options),
      ...(sample_mode ? ['--sample'] : []),
      ...(resume ? ['--resume'] : []),
    ])) as RunReport;
  }
}

/** Makes gold traces of one domain, in memory. */
export class OracleAgent {
  readonly #options: GoldTraceOptions;

  /** Without `profile` the sampler makes them. */
  constructor(options: GoldTraceOptions = {}) {
    this.#options = options;
    noticeKey(options);
  }

  /**
   * Those that held, in their order. `domain`: by title or id; `batch_size`: how many are asked for at once is the engine's affair.
   * @throws SluiceError `oracle_domain_unknown`
   */
  async generate_traces_for_domain({
    domain,
    num_traces,
    batch_size,
    seed = 1,
  }: {
    domain: string;
    num_traces: number;
    batch_size?: number;
    seed?: number;
  }): Promise<GoldTrace[]> {
    atLeastOne({ batch_size });
    const folder = mkdtempSync(join(tmpdir(), 'sluice-gold-'));
    const out = join(folder, 'traces');
    try {
      await commanded(runArguments({ total: num_traces, domains: [domain], seed, out }, this.#options));
      const traces: GoldTrace[] = [];
      const names = readdirSync(out).filter((each) => /^traces-\d+\.jsonl$/.test(each));
      for (const name of names.sort())
        for await (const line of linesOf(createReadStream(join(out, name)))) traces.push(JSON.parse(line) as GoldTrace);
      return traces;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Writes them as JSON lines. */
  async save_traces(traces: readonly GoldTrace[], path: string): Promise<void> {
    await writeFile(
      path,
      traces.map((trace) => `${JSON.stringify(trace)}\n`),
    );
  }
}

/** The domains that gold traces can be of. */
export const DomainRegistry = {
  /** Their titles; `domains_folder`: those of your own beside them. */
  get_all_domains({ domains_folder }: { domains_folder?: string } = {}): string[] {
    const folders = [domainsFolder(resourcesDir), ...(domains_folder === undefined ? [] : [domains_folder])];
    return domainRows(openCatalogue(folders)).map(({ title }) => title);
  },
};

function runArguments(
  { total, domains, seed, out }: { total: number; domains: readonly string[]; seed: number; out: string },
  { profile, reviewers = [], budget_usd, domains_folder, data_dir }: GoldTraceOptions,
): string[] {
  return [
    ...['oracle', 'run', '--total', String(total), '--seed', String(seed), '--out', out],
    ...domains.flatMap((domain) => ['--domain', domain]),
    ...(domains_folder === undefined ? [] : ['--domains', domains_folder]),
    ...(data_dir === undefined ? [] : ['--data-dir', data_dir]),
    ...(profile === undefined ? [] : ['--generator', 'model', '--profile', profile]),
    ...reviewers.flatMap((reviewer) => ['--reviewer', reviewer]),
    ...(budget_usd === undefined ? [] : ['--budget', String(budget_usd)]),
  ];
}

function atLeastOne(counts: { [name: string]: number | undefined }): void {
  for (const [name, count] of Object.entries(counts))
    if (count !== undefined && (!Number.isSafeInteger(count) || count < 1))
      throw new SluiceError('usage', `${name} is a whole number from 1 on.`);
}

/** A key in a program's text is neither kept nor sent: who has it asks by a profile. */
function noticeKey({ api_key, profile }: GoldTraceOptions): void {
  if (api_key === undefined) return;
  const by = profile === undefined ? 'the sampler writes these traces' : `the profile "${profile}" has its own key`;
  process.emitWarning(`api_key is not used: ${by}. \`sluice models add\` makes a profile with a key.`, 'SluiceWarning');
}
