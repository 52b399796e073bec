import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ownUser } from '../../shared/contract/operation.js';
import { SluiceError } from '../../shared/errors.js';
import type { ImportReport, Job, Page, Trace, TraceSummary } from '../../shared/model/index.js';
import { toolCallRow } from '../dataset/index.js';
import type { Engine } from '../engine/index.js';
import { dataFolder, defaultDataDir, makeDataFolder } from '../home/folder.js';
import { loadMasterKey } from '../home/keys.js';
import { namedHere } from '../hosts/mapping-file.js';
import { engineHere } from './engine-here.js';
import type { NormalizedTraces, NormalizeOptions, StandardToolCall } from './types.js';

/**
 * Brings tool calls of any format that `sluice import` reads, or that a mapping describes, into the standard shape: redacted by the
 * data folder's policy, with the pseudonyms that captures have, times in UTC. Nothing is kept: each call works in an engine and a
 * folder of its own, which are gone afterwards.
 */
export class TraceNormalizer {
  readonly #options: NormalizeOptions & { data_dir?: string };

  /** What is said here holds for every call. */
  constructor(options: NormalizeOptions & { data_dir?: string } = {}) {
    this.#options = options;
  }

  /**
   * @param source path of a file, or records themselves
   * @throws SluiceError `import_format_unknown`, `import_unreadable`, `mapping_invalid`
   */
  async normalize(
    source: string | object | readonly object[],
    options: NormalizeOptions = {},
  ): Promise<NormalizedTraces> {
    const { as, mapping, data_dir } = { ...this.#options, ...options };
    const named =
      mapping === undefined
        ? namedHere(as)
        : namedHere(`map:${typeof mapping === 'string' ? mapping : JSON.stringify(mapping)}`);
    const own = dataFolder(data_dir ?? process.env.SLUICE_DATA_DIR ?? defaultDataDir());
    const folder = mkdtempSync(join(tmpdir(), 'sluice-normalize-'));
    try {
      const data = dataFolder(join(folder, 'data'));
      const key = existsSync(own.key) ? loadMasterKey(own) : undefined;
      const engine = await startOn(data.root, own, key);
      try {
        return await normalized(engine, source, join(folder, 'records.jsonl'), named);
      } finally {
        await engine.stop();
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

async function startOn(root: string, own: ReturnType<typeof dataFolder>, key: Uint8Array | undefined): Promise<Engine> {
  const there = dataFolder(root);
  makeDataFolder(there);
  for (const [from, to] of [
    [own.policy, there.policy],
    [own.vault, there.vault],
  ] as const) {
    if (key !== undefined && existsSync(from)) copyFileSync(from, to);
  }
  return engineHere({ data_dir: root }, key);
}

async function normalized(
  engine: Engine,
  source: string | object | readonly object[],
  scratch: string,
  as: string | undefined,
): Promise<NormalizedTraces> {
  let path = typeof source === 'string' ? resolve(source) : scratch;
  if (typeof source !== 'string') {
    writeFileSync(
      path,
      [source]
        .flat()
        .map((record) => `${JSON.stringify(record)}\n`)
        .join(''),
      { mode: 0o600 },
    );
  } else if (!existsSync(path)) path = source;
  const { imports, jobs } = engine.operations;
  const started = await imports.start.run({ path, ...(as === undefined ? {} : { as }) }, ownUser);
  const report = await finished(async () => plain<Job>(await jobs.get.run({ job_id: started.job_id }, ownUser)));
  return { rows: await rowsOf(engine), skipped: report.skipped };
}

async function finished(read: () => Promise<Job>): Promise<ImportReport> {
  for (;;) {
    const job = await read();
    if (job.state === 'done') return job.result as unknown as ImportReport;
    if (job.state !== 'queued' && job.state !== 'running') {
      const { code, message } = job.error ?? { code: 'job_failed', message: `The import ended ${job.state}.` };
      throw new SluiceError(code as 'job_failed', message);
    }
    await new Promise((wake) => setTimeout(wake, 20));
  }
}

/** All tool calls of the folder, by trace and time. */
async function rowsOf({ operations: { traces } }: Engine): Promise<StandardToolCall[]> {
  const rows: StandardToolCall[][] = [];
  for (let cursor: string | null = null; ; ) {
    const page: Page<TraceSummary> = plain(await traces.list.run({ query: '', limit: 100, cursor }, ownUser));
    for (const { trace_id } of page.items) {
      const trace = plain<Trace>(await traces.whole.run({ trace_id, shape: 'trace' }, ownUser));
      const models = new Map(trace.calls.map((call) => [call.call_id, call.model]));
      const ofTrace = trace.tool_calls.map((call) => {
        const model = (call.call_id === null ? null : models.get(call.call_id)) ?? null;
        return toolCallRow(call, { source: trace.source, revision: trace.revision, model });
      });
      rows.unshift(ofTrace);
    }
    cursor = page.next_cursor;
    if (cursor === null) return rows.flat();
  }
}

function plain<T>(answer: T | Uint8Array): T {
  return answer instanceof Uint8Array ? (JSON.parse(Buffer.from(answer).toString()) as T) : answer;
}
