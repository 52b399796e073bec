import { rm } from 'node:fs/promises';
import type { Handlers } from '../../../shared/contract/operation.js';
import type { privacyContract } from '../../../shared/contract/privacy.js';
import { found } from '../../../shared/errors.js';
import { uuidv7 } from '../../../shared/ids.js';
import type { AuditActor, ErasureRequest, Job } from '../../../shared/model/index.js';
import { parseQuery } from '../../../shared/query/index.js';
import type { JobKind } from '../../ground/job-kind.js';
import { JobAborted } from '../../jobs/index.js';
import { leaksKind } from '../../leaks/index.js';
import {
  dataPlaces,
  erasureKind,
  openReceipts,
  rescanKind,
  searchSubject,
  startRescan,
  subjectExportId,
  subjectExportKind,
} from '../../privacy/index.js';
import { type EngineContext, engineActor } from '../context.js';
import { placesIn } from '../erasure/places.js';
import { eraseExports, eraseTexts, findTargets } from '../erasure/steps.js';
import type { VerifyPart } from './verify.js';

/** Redacting anew and erasing what is stored, and telling what is held on somebody. */
export function privacyPart(context: EngineContext, { whileErasing }: Pick<VerifyPart, 'whileErasing'>) {
  const { folder, reader, live, vault, commands, sealed, threads, keys, startJob, tick, work } = context;
  const { rewriter } = threads;
  const { record } = context.audit;
  const receipts = openReceipts(folder.receipts, sealed);
  /** Values of searches that are to become files; in memory only. */
  const orders = new Map<string, { values: string[]; actor: AuditActor }>();

  const erasure = erasureKind({
    receipts,
    rewriter,
    key: keys.pseudonym,
    targets: (asked, { signal }) => work.step(findTargets, asked, { signal }),
    deleteTrace: commands.deleteTrace,
    tracesDeleted: context.tracesDeleted,
    whileNobodyHolds: (signal, work) => context.holds.whileErasing(signal, () => whileErasing(work)),
    exchangeCount: () => reader.exchangeCount(),
    async emptyJournal() {
      await threads.turnJournal();
      await context.stored();
      return threads.pending() === 0;
    },
    async dropLeakReports() {
      // One under way would write down what it has read before.
      for (const { job_id } of running(leaksKind.id)) await context.jobs().cancel(job_id);
      await rm(folder.leakChecks, { recursive: true, force: true });
    },
    eraseLogs: (values, { signal }) =>
      context.jobs().rewriteTexts((texts) => work.step(eraseTexts, { values, texts }, { signal })),
    eraseExports: (order, { signal, progress }) =>
      work.step(eraseExports, order, { signal, progress: (_, message) => progress(0.8, message) }),
    async forgetKept(values) {
      const { file } = live.state();
      const gone = new Set(values.map((value) => value.toLowerCase()));
      const allow = (file.allow ?? []).filter((value) => !gone.has(value.toLowerCase()));
      const forgotten = (file.allow ?? []).length - allow.length;
      if (forgotten > 0) await live.set({ ...file, allow });
      return forgotten;
    },
    knownAmong(values) {
      const asked = new Set(values);
      return vault.values().filter(({ value }) => asked.has(value)).length;
    },
    async record({ erasure_id, asked, done }, actor) {
      tick(['traces', 'exchanges']);
      const details = {
        by: asked.by,
        values: asked.values.length,
        traces_deleted: done.traces_deleted,
        exchanges_changed: done.rewritten?.exchanges ?? 0,
        exports: done.exports.filter(({ state }) => state === 'rewritten').length,
      };
      return (await record({ action: 'erasure', actor, target: erasure_id, details })).hash;
    },
  });
  const subjectExport = subjectExportKind({
    rewriter,
    order: (id) => orders.get(id) ?? null,
    trace: (id) => reader.trace(id),
    exchange: (id) => reader.exchange(id, Number.MAX_SAFE_INTEGER),
    folder: folder.exports,
    finished: (details, actor) => record({ action: 'subject_exported', actor, target: 'subject', details }),
  });

  /** However it ends, values that somebody wants gone or looked for do not stay in memory. */
  function forgetting<Params, Result>(kind: JobKind<Params, Result>): JobKind<Params, Result> {
    return {
      ...kind,
      async run(params, control, tools) {
        try {
          return await kind.run(params, control, tools);
        } finally {
          orders.delete(String((params as { order_id?: string }).order_id));
          await forgetPlan();
        }
      },
    };
  }

  async function forgetPlan(): Promise<void> {
    // A thread that is down or ends has forgotten it.
    await rewriter.forget().catch(() => undefined);
  }

  /** Who cancels does not want it done at the next start. */
  const untilCancelled: typeof erasure = {
    ...erasure,
    async run(params, control, tools) {
      try {
        return await erasure.run(params, control, tools);
      } catch (error) {
        const reason: unknown = control.signal.reason;
        if (reason instanceof JobAborted && reason.state === 'cancelled') await receipts.forgetOrder(params.erasure_id);
        throw error;
      }
    },
  };

  function startErasure(erasureId: string, request: ErasureRequest): Promise<Job> {
    const by = request.subject ? 'by subject' : request.query === undefined ? 'of chosen traces' : 'by query';
    return startJob(erasure.id, `Erasure ${by}`, { erasure_id: erasureId });
  }

  const privacy: Handlers<typeof privacyContract> = {
    rescan: (_, { actor }) => startRescan(startJob, actor),
    async erase(request, { actor }) {
      // A query that does not parse is told at once, not by the job.
      if (request.query !== undefined) parseQuery(request.query, 'traces');
      const id = uuidv7();
      await receipts.saveOrder(id, { request, actor, found: null });
      return { erasure_id: id, job: await startErasure(id, request) };
    },
    receipts: ({ cursor, limit }) => receipts.list(cursor ?? null, limit),
    receipt: async ({ erasure_id }) => found(await receipts.get(erasure_id), 'receipt'),
    search: ({ values, cursor }) => searchSubject(rewriter, values, cursor ?? null).finally(forgetPlan),
    exportSubject({ values }, { actor }) {
      const id = uuidv7();
      orders.set(id, { values, actor });
      return startJob(subjectExportId, 'Everything held on a subject', { order_id: id });
    },
    places: () => dataPlaces(placesIn(folder)),
  };

  /** Those that the queue goes on with by itself. */
  const running = (kind: string) =>
    context
      .jobs()
      .active()
      .filter((job) => job.kind === kind && (job.state === 'queued' || job.state === 'running'));

  return {
    id: 'privacy',
    services: { privacy },
    jobs: [forgetting(untilCancelled), forgetting(subjectExport)],
    /** Goes on with what a crash or the end of the engine cut off. */
    async begin(): Promise<void> {
      const state = await rewriter.state();
      const cutOff = state !== null && !state.done && state.run_id.startsWith('rescan-');
      if (cutOff && running(rescanKind.id).length === 0) await startRescan(startJob, engineActor, state.run_id);
      const goesOn = new Set(running(erasure.id).map(({ params }) => erasure.params.parse(params).erasure_id));
      for (const id of await receipts.openOrders()) {
        if (goesOn.has(id)) continue;
        const order = await receipts.order(id);
        if (order !== null) await startErasure(id, order.request);
      }
    },
  };
}
