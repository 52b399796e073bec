import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import {
  type ErasureReceipt,
  type ErasureRequest,
  erasureRequestSchema,
  type Job,
  type SubjectPage,
} from '../../../shared/model/index.js';
import { eachOfAsync } from '../../ground/pages.js';
import type { RunningEngine } from '../engine-client.js';
import { engineOf } from '../engine-client.js';
import { folderFlag } from './engine-flags.js';
import { finishedJob, type PrivacyFlags } from './rescan.js';

interface EraseFlags extends PrivacyFlags {
  trace?: string[];
  query?: string;
  subjectFile?: string;
  wholeTraces?: boolean;
  yes?: boolean;
}

/**
 * Values never stand on the command line, where every process of this machine can read them: they come from a file or from
 * standard input, one a line.
 */
export function eraseCommand(): Command {
  return folderFlag(
    new Command('erase').description('erase traces, or all that names a person; shows first what would go'),
  )
    .option('--trace <id...>', 'traces')
    .option('--query <query>', 'every trace that matches')
    .option('--subject-file <file>', 'values that name a person, one a line; - for standard input')
    .option('--whole-traces', 'with --subject-file: delete every trace that mentions one of them')
    .option('--yes', 'do it')
    .option('--token <token>', 'API token, where the engine was started with one of its own')
    .action(async (flags: EraseFlags) => {
      const request = requestOf(flags);
      const engine = await engineOf(flags);
      if (!flags.yes) {
        const shown = await preview(engine, request);
        process.stdout.write(flags.json ? `${JSON.stringify(shown)}\n` : previewText(shown, request));
        return;
      }
      const { erasure_id, job } = (await engine.call('POST', '/erasures', request)) as { erasure_id: string; job: Job };
      await finishedJob(engine, job.job_id, flags.json ?? false);
      const receipt = (await engine.call('GET', `/erasures/${erasure_id}`)) as ErasureReceipt;
      process.stdout.write(flags.json ? `${JSON.stringify(receipt)}\n` : receiptText(receipt));
    });
}

function requestOf(flags: EraseFlags): ErasureRequest {
  const parsed = erasureRequestSchema.safeParse({
    ...(flags.trace === undefined ? {} : { trace_ids: flags.trace }),
    ...(flags.query === undefined ? {} : { query: flags.query }),
    ...(flags.subjectFile === undefined ? {} : { subject: valuesIn(flags.subjectFile) }),
    ...(flags.wholeTraces === undefined ? {} : { whole_traces: flags.wholeTraces }),
  });
  if (parsed.success) return parsed.data;
  // Not the whole complaint: it could quote a value.
  const [issue] = parsed.error.issues;
  const where =
    issue?.path[0] === 'subject' ? '--subject-file: every line has 3 to 1,000 characters, 200 at most.' : null;
  throw new SluiceError('usage', where ?? issue?.message ?? 'Give one of --trace, --query and --subject-file.');
}

function valuesIn(file: string): string[] {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  } catch (error) {
    throw new SluiceError('usage', `--subject-file: ${(error as Error).message}`);
  }
}

interface Preview {
  traces: number;
  exchanges: number;
  /** Places that hold a value, by table. */
  places: { [table: string]: number };
}

async function preview(engine: RunningEngine, request: ErasureRequest): Promise<Preview> {
  if (request.subject === undefined) {
    return {
      traces: request.trace_ids?.length ?? (await countTraces(engine, request.query ?? '')),
      exchanges: 0,
      places: {},
    };
  }
  const traces = new Set<string>();
  const exchanges = new Set<string>();
  const places: Preview['places'] = {};
  const found = eachOfAsync(
    (cursor) => engine.call('POST', '/subjects/search', { values: request.subject, cursor }) as Promise<SubjectPage>,
  );
  for await (const { table, trace_ids, exchange_id } of found) {
    places[table] = (places[table] ?? 0) + 1;
    for (const id of trace_ids) traces.add(id);
    if (exchange_id !== null) exchanges.add(exchange_id);
  }
  return { traces: traces.size, exchanges: exchanges.size, places };
}

async function countTraces(engine: RunningEngine, query: string): Promise<number> {
  let count = 0;
  const found = eachOfAsync((cursor) => {
    const at = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    return engine.call('GET', `/traces?limit=200&query=${encodeURIComponent(query)}${at}`) as Promise<{
      items: unknown[];
      next_cursor: string | null;
    }>;
  });
  for await (const _ of found) count += 1;
  return count;
}

function previewText({ traces, exchanges, places }: Preview, request: ErasureRequest): string {
  const deletes = request.subject === undefined || request.whole_traces === true;
  const lines = deletes
    ? [`${traces} traces would be deleted, with all that is only theirs.`]
    : [`${exchanges} exchanges in ${traces} traces hold the values; they would be taken out.`];
  for (const [table, count] of Object.entries(places)) lines.push(`  ${count} in ${table}`);
  return `${[...lines, 'Nothing is changed yet; --yes does it.'].join('\n')}\n`;
}

function receiptText({ erasure_id, done, out_of_reach }: ErasureReceipt): string {
  const changed = done.exports.filter(({ state }) => state === 'rewritten').length;
  const lines = [
    `receipt ${erasure_id}`,
    `${done.traces_deleted} traces and ${done.exchanges_deleted} exchanges deleted`,
    ...(done.rewritten === null
      ? []
      : [`${done.rewritten.exchanges} exchanges in ${done.rewritten.traces} traces changed`]),
    `${changed} of ${done.exports.length} datasets rewritten`,
    'out of reach:',
    ...out_of_reach.map((what) => `  ${what}`),
  ];
  return `${lines.join('\n')}\n`;
}
