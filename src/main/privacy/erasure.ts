import * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import {
  type AuditActor,
  type ErasedExport,
  type ErasureReceipt,
  type ErasureRequest,
  erasureReceiptSchema,
  type RewriteTally,
  toIso,
} from '../../shared/model/index.js';
import { type JobControl, type JobKind, untilAborted } from '../ground/job-kind.js';
import { type Receipts, valueHash } from './receipts.js';
import { type Rewriter, rewriteAll, stepMs } from './rewrite-run.js';

const erasureParamsSchema = z.object({ erasure_id: z.string() });

/** By layout, keys of rows that name no trace. */
export type RowKeys = { [layout: string]: string[] };

export interface ErasureDependencies {
  receipts: Receipts;
  rewriter: Rewriter;
  /** Key of the hashes in receipts. */
  key: Uint8Array;
  /** The traces that are asked for, and what `eraseExports` must know of them before they are gone. */
  targets(
    asked: { query: string | null; trace_ids: string[] },
    control: JobControl,
  ): Promise<{ trace_ids: string[]; rows: RowKeys }>;
  /** Deletes a trace with all that is only its own; false where there is none such. */
  deleteTrace(traceId: string): Promise<boolean>;
  /** Resolves once what hangs on deleted traces beside the store (lines of logs) is gone too. */
  tracesDeleted(): Promise<void>;
  /** Carries this out while nobody holds what was read before: a run of tests, or who asks a model, would bring back what is gone. */
  whileNobodyHolds<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
  exchangeCount(): number;
  /** Resolves when all that was captured is stored; true where nothing of it is left in the journal. */
  emptyJournal(): Promise<boolean>;
  /** Deletes the reports of leak checks: they quote what stands around a leak. */
  dropLeakReports(): Promise<void>;
  /** Takes the values out of the logs of jobs. */
  eraseLogs(values: string[], control: JobControl): Promise<void>;
  /** In every dataset that was written on this machine. */
  eraseExports(
    erasure: { erasure_id: string; trace_ids: string[]; rows: RowKeys; values: string[] },
    control: JobControl,
  ): Promise<ErasedExport[]>;
  /** Takes values out of the lists of the policy; returns how many there were. */
  forgetKept(values: readonly string[]): Promise<number>;
  /** Of the values that must never be stored, those that are among these: they stay, encrypted, for that. */
  knownAmong(values: readonly string[]): number;
  /** Resolves with the hash of the entry in the audit log. */
  record(receipt: ErasureReceipt, actor: AuditActor): Promise<string | null>;
}

/** What no program on this machine can reach. */
const always = [
  'Copies, backups and snapshots of the data folder, and what file systems and disks keep of deleted files.',
  'Datasets that were moved or copied away from where they were written, and whoever received them.',
  'Datasets that were pushed to a Hub: the audit log says where to.',
  'Datasets that `sluice export` wrote while no studio ran: nobody has a list of them.',
  'Files that tool calls were appended to (`--trace-output`): they stay as they were written.',
  'Files that were imported: they lie where they were before.',
  'The agents, tools and model providers that the traffic went to.',
];

/**
 * The job that erases by trace, query or subject. Each of its parts can be done again: cut off, it is begun anew from its
 * sealed order and finds what is left.
 */
export function erasureKind(parts: ErasureDependencies): JobKind<z.infer<typeof erasureParamsSchema>, ErasureReceipt> {
  return {
    id: 'erasure',
    title: 'Erasure',
    params: erasureParamsSchema,
    result: erasureReceiptSchema,
    // What computes is asked of the store's thread and of the work thread; values in the clear stay with these two.
    lane: 'io',
    atOnce: 1,
    // All that is needed to go on is in the sealed order.
    again: () => true,
    run: ({ erasure_id }, control) => erase(parts, erasure_id, control),
  };
}

async function erase(parts: ErasureDependencies, erasure_id: string, control: JobControl): Promise<ErasureReceipt> {
  const { receipts, rewriter } = parts;
  const { signal, progress } = control;
  const finished = await receipts.get(erasure_id);
  if (finished !== null) {
    await receipts.forgetOrder(erasure_id);
    return finished;
  }
  const stood = await receipts.order(erasure_id);
  if (stood === null) throw new SluiceError('not_found', 'The order of this erasure is gone.');
  const { request: order, actor } = stood;
  const started_at = toIso(Date.now() * 1000);
  const values = order.subject ?? [];
  progress(0, 'Waiting until all that was captured is stored');
  await untilAborted(parts.emptyJournal(), signal);

  if (stood.found === null) {
    const trace_ids = order.trace_ids ?? (await tracesOfSubject(parts, order, control));
    stood.found = await parts.targets({ query: order.query ?? null, trace_ids }, control);
    await receipts.saveOrder(erasure_id, stood);
  }
  const { trace_ids: traceIds, rows } = stood.found;
  const before = parts.exchangeCount();
  let deleted = 0;
  for (const [index, traceId] of traceIds.entries()) {
    signal.throwIfAborted();
    if (await parts.deleteTrace(traceId)) deleted += 1;
    if (index % 20 === 0) progress(0.1 + (0.3 * index) / traceIds.length, `${deleted} traces deleted`);
  }
  await parts.tracesDeleted();
  const exchanges = Math.max(0, before - parts.exchangeCount());

  let rewritten: RewriteTally | null = null;
  if (values.length > 0) {
    const plan = { kind: 'erase' as const, values };
    rewritten = await parts.whileNobodyHolds(signal, async () => {
      const state = await rewriteAll(rewriter, `erasure-${erasure_id}`, plan, {
        signal,
        onProgress: ({ progress: share, tally }) =>
          progress(0.4 + 0.4 * share, `${tally.exchanges} exchanges in ${tally.traces} traces changed`),
      });
      await parts.eraseLogs(values, control);
      return state.tally;
    });
  }
  const forgotten = values.length === 0 ? 0 : await parts.forgetKept(values);
  await parts.dropLeakReports();
  progress(0.8, 'Looking through the datasets written on this machine');
  const exports = await parts.eraseExports({ erasure_id, trace_ids: traceIds, rows, values }, control);
  progress(0.9, 'Writing the database anew');
  await rewriter.vacuum();
  const empty = await untilAborted(parts.emptyJournal(), signal);

  const knownValueCount = parts.knownAmong(values);
  const receipt: ErasureReceipt = {
    version: 1,
    erasure_id,
    job_id: null,
    started_at,
    ended_at: toIso(Date.now() * 1000),
    asked: {
      by: order.subject ? 'subject' : order.query === undefined ? 'traces' : 'query',
      traces: traceIds.length,
      values: values.map((value) => valueHash(parts.key, value)),
      whole_traces: order.whole_traces === true,
    },
    done: {
      traces_deleted: deleted,
      exchanges_deleted: exchanges,
      rewritten,
      journal: empty ? 'empty' : 'waiting',
      exports,
      known_values_removed: forgotten,
      database_rewritten: true,
    },
    out_of_reach: [...always, ...notReached(exports, rewritten, knownValueCount, empty)],
    audit_hash: null,
  };
  receipt.audit_hash = await parts.record(receipt, actor);
  await receipts.save(receipt);
  await receipts.forgetOrder(erasure_id);
  progress(1, 'Erased; the receipt says what is out of reach');
  return receipt;
}

async function tracesOfSubject(
  parts: ErasureDependencies,
  order: ErasureRequest,
  { signal, progress }: JobControl,
): Promise<string[]> {
  if (!order.whole_traces || !order.subject) return [];
  const found = new Set<string>();
  let from: { table: number; cursor: number | null } | null = null;
  do {
    signal.throwIfAborted();
    const page = await parts.rewriter.look({ kind: 'erase', values: order.subject }, from, stepMs);
    for (const { trace_ids } of page.hits) for (const id of trace_ids) found.add(id);
    from = page.next;
    progress(0.05, `${found.size} traces mention the subject`);
  } while (from !== null);
  return [...found];
}

function notReached(
  exports: ErasedExport[],
  rewritten: RewriteTally | null,
  knownValueCount: number,
  journalEmpty: boolean,
): string[] {
  const out: string[] = [];
  const missing = exports.filter(({ state }) => state === 'missing').length;
  const failed = exports.filter(({ state }) => state === 'failed').length;
  if (missing > 0) out.push(`${missing} datasets that are not where they were written any more.`);
  if (failed > 0) out.push(`${failed} datasets that could not be read; they are as they were.`);
  if ((rewritten?.failed ?? 0) > 0) out.push(`${rewritten?.failed} rows of the store that could not be read.`);
  if (knownValueCount > 0) {
    out.push(
      `${knownValueCount} of the values stay in the encrypted list of values that must never be stored, to keep them out.`,
    );
  }
  if (!journalEmpty) out.push('What was captured while this ran; it waits encrypted in the journal.');
  return out;
}
