import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import type { Handlers } from '../../../shared/contract/operation.js';
import type { DomainRow, OracleRun, oracleContract } from '../../../shared/contract/oracle.js';
import { found, SluiceError } from '../../../shared/errors.js';
import type { Job, Json } from '../../../shared/model/index.js';
import type { Choice } from '../../../shared/model/oracle.js';
import { parseJson } from '../../ground/json.js';
import {
  checkChoice,
  domainsFolder,
  idsOf,
  listDomains,
  oracleKind,
  sampleDomains,
  sampleTotal,
} from '../../oracle/index.js';
import type { EngineContext } from '../context.js';
import { oracleThreads } from '../oracle-threads.js';
import type { IntakePart } from './intake.js';

/** Gold traces: runs that write them, and what of these comes into the store. */
export function oraclePart(context: EngineContext, { startRun }: Pick<IntakePart, 'startRun'>) {
  const { folder, options, reader, sealed, work } = context;
  const shipped = domainsFolder(options.resources);
  const folderOf = (runId: string) => join(folder.oracle, runId);
  const kind = oracleKind({
    folderOf,
    domains: shipped,
    openSealed: sealed.open,
    threads: (folders, signal) =>
      // A core is left to what is captured and asked meanwhile.
      oracleThreads(
        { entry: options.threads.oracle, folders, atOnce: Math.max(1, availableParallelism() - 1) },
        signal,
      ),
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
  function bring(path: string, name: string, choice: Choice): Promise<Job> {
    checkChoice(path, choice);
    return startRun(path, name, choice);
  }

  const oracle: Handlers<typeof oracleContract> = {
    domains: ownDomains,
    async start({ total, sample, domains, domains_folder, seed }) {
      if (total === undefined && sample === undefined) {
        const message = 'Say how many: `total`, or `sample`.';
        throw new SluiceError('validation_failed', message, [{ path: 'total', message }]);
      }
      const all = domains_folder === undefined ? await ownDomains() : await domainsIn([shipped, domains_folder]);
      const asked = domains.length > 0 ? domains : sample ? sampleDomains : all.map(({ domain }) => domain);
      const order = {
        total: total ?? sampleTotal,
        domains: idsOf(all, asked),
        seed,
        ...(domains_folder === undefined ? {} : { sealed_folder: sealed.seal(domains_folder) }),
      };
      const over = order.domains.length === 1 ? order.domains[0] : `${order.domains.length} domains`;
      return context.startJob(kind.id, `${order.total.toLocaleString('en')} gold traces over ${over}`, order);
    },
    runs({ cursor = null, limit }) {
      const { items, next_cursor } = reader.jobs(cursor, limit, kind.id);
      return { items: items.map((job) => runOf(context.jobs().get(job.job_id) ?? job)), next_cursor };
    },
    async run({ run_id }) {
      const job = jobOf(run_id);
      const [manifest, report] = await Promise.all(
        ['manifest.json', 'report.json'].map((name) => documentIn(join(folderOf(run_id), name))),
      );
      return { ...runOf(job), manifest: manifest ?? null, report: report ?? null };
    },
    bring({ run_id, ...choice }) {
      jobOf(run_id);
      return bring(folderOf(run_id), `run ${run_id}`, choice);
    },
    bringFolder: ({ path, ...choice }) => bring(path, basename(path), choice),
  };
  return { id: 'oracle', services: { oracle }, jobs: [kind] };
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
