import type { filtersContract, queryContract } from '../../../shared/contract/filters.js';
import type { Asked, Handlers, Large } from '../../../shared/contract/operation.js';
import type { reviewsContract } from '../../../shared/contract/reviews.js';
import type { tracesContract } from '../../../shared/contract/traces.js';
import { found } from '../../../shared/errors.js';
import { uuidv7 } from '../../../shared/ids.js';
import type { Page, Review, Tick } from '../../../shared/model/index.js';
import { parseQuery } from '../../../shared/query/index.js';
import { changedReview, type ReviewChange, reviewTitle } from '../../../shared/review-change.js';
import { bulkReviewKind } from '../../review/index.js';
import type { EngineContext } from '../context.js';
import { reviewerNames } from '../live/reviewer.js';
import { typedLabels } from '../live/typed-labels.js';

/** Values of a field that are proposed while a query is written. */
const proposed = 20;
/** Reviews that one request changes at most. */
const atOnce = 100;

/** Traces, what belongs to them, and what users write beside them. */
export function tracesPart(context: EngineContext) {
  const { reading, commands, tick, tracesDeleted } = context;
  const { reads } = reading;
  const writes = context.typed.writes(commands);
  const names = reviewerNames(context);
  const gate = typedLabels(context.typed.texts);
  const changed = <T>(topics: Tick['topics'], result: T): T => {
    tick(topics);
    return result;
  };
  const viewer = ({ principal }: Asked) => names.of(principal);
  const headOf = async (traceId: string) => found(await reads.traceHead(traceId), 'trace');

  /** A page of what belongs to a trace. */
  const ofTrace =
    <T>(read: (traceId: string, cursor: string | null, limit: number) => Promise<Large<Page<T>>>) =>
    async (input: { trace_id: string; cursor?: string | null | undefined; limit: number }): Promise<Large<Page<T>>> => {
      const page = await read(input.trace_id, input.cursor ?? null, input.limit);
      // Nothing is what a trace without such parts has, and one that is not there.
      if ('items' in page && page.items.length === 0) await headOf(input.trace_id);
      return page;
    };

  const traces: Handlers<typeof tracesContract> = {
    list: ({ query, cursor, limit }, asked) =>
      reads.traces({ query, cursor: cursor ?? null, limit, viewer: viewer(asked) }),
    count: async ({ query, trace_ids }, asked) => ({
      traces: await reads.countTraces(query, viewer(asked), trace_ids),
    }),
    async get({ trace_id }, { principal }) {
      const summary = found(await reads.traceSummary(trace_id), 'trace');
      // Who is to judge it anew does not see what was said of it.
      return (await reads.blindFor(trace_id, names.of(principal))) ? { ...summary, review: null } : summary;
    },
    whole: async ({ trace_id, shape }, asked) =>
      found(
        await (shape === 'trace' ? reads.traceJson(trace_id, viewer(asked)) : reading.shaped(trace_id, shape)),
        'trace',
      ),
    steps: ({ trace_id, cursor, limit }) => reads.traceSteps(trace_id, cursor ?? -1, limit),
    calls: ofTrace((...page) => reads.traceCalls(...page)),
    toolCalls: ofTrace((...page) => reads.traceToolCalls(...page)),
    decisions: ofTrace((...page) => reads.traceDecisions(...page)),
    findings: ofTrace((...page) => reads.traceFindings(...page)),
    validation: async ({ trace_id }) => found(await reading.validate(trace_id), 'trace'),
    children: ({ trace_id }, asked) => reads.traceChildren(trace_id, viewer(asked)),
    tree: async ({ trace_id }, asked) => found(await reads.traceTree(trace_id, viewer(asked)), 'trace'),
    effects: ofTrace((...page) => reads.traceEffects(...page)),
    witnesses: ofTrace((...page) => reads.traceWitnesses(...page)),
    hits: ({ query, trace_ids }) => reads.listHits(query, trace_ids),
    async find({ trace_id, text, whole }) {
      await headOf(trace_id);
      return reads.traceHits(trace_id, text, whole);
    },
    setPurpose: async ({ trace_id, purpose }) => changed(['traces'], await writes.setPurpose(trace_id, purpose)),
    delete: async ({ trace_id }) => ({ deleted: (await deleted([trace_id])).length > 0 }),
    deleteMany: async ({ trace_ids }) => ({ deleted: await deleted(trace_ids) }),
  };

  /** Deletes traces, and what hangs on them beside the store; answers which there were. */
  async function deleted(traceIds: readonly string[]): Promise<string[]> {
    const gone: string[] = [];
    for (const traceId of traceIds) if (await commands.deleteTrace(traceId)) gone.push(traceId);
    changed(['traces', 'exchanges'], null);
    await tracesDeleted();
    return gone;
  }

  /** Who is to judge it anew is told what they said themselves, and nothing that stood there. */
  async function setOne(traceId: string, ...[patch, reviewer, partOf]: Rest<typeof writes.setReview>) {
    const set = await writes.setReview(traceId, patch, reviewer, partOf);
    if (!(await reads.blindFor(traceId, reviewer))) return set;
    const none = unreviewed(traceId);
    const said = Object.fromEntries(Object.keys(patch).map((field) => [field, set.current[field as keyof Review]]));
    return { previous: none, current: { ...none, ...said } };
  }

  const reviews: Handlers<typeof reviewsContract> = {
    async get({ trace_id }, { principal }) {
      await headOf(trace_id);
      // Who is to judge it anew does not see what was said of it.
      if (await reads.blindFor(trace_id, names.of(principal))) return unreviewed(trace_id);
      return (await reads.review(trace_id)) ?? unreviewed(trace_id);
    },
    async set({ trace_id, patch, part_of }, { principal }) {
      await headOf(trace_id);
      return changed(['reviews', 'traces'], await setOne(trace_id, patch, names.of(principal), part_of));
    },
    async setMatching({ query, trace_ids: traceIds, cursor, change, part_of }, { principal }) {
      const page = { query, traceIds, cursor: cursor ?? null, limit: atOnce };
      const { items, next_cursor } = await reads.reviewsOf({ ...page, viewer: names.of(principal) });
      const { add_tags: _, remove_tags: __, ...fields } = change;
      const retagged = (change.add_tags ?? []).length > 0 || (change.remove_tags ?? []).length > 0;
      const bulk = part_of ?? uuidv7();
      const previous: Review[] = [];
      for (const { trace_id, review } of items) {
        const { tags } = changedReview(review ?? unreviewed(trace_id), change as ReviewChange).after;
        // Deleted since the page was read.
        if ((await reads.traceHead(trace_id)) === null) continue;
        const patch = { ...fields, ...(retagged ? { tags } : {}) };
        previous.push((await setOne(trace_id, patch, names.of(principal), bulk)).previous);
      }
      return changed(['reviews', 'traces'], { previous, next_cursor });
    },
    async setMany({ patches, part_of }, { principal }) {
      const reviews: { previous: Review; current: Review }[] = [];
      const [reviewer, bulk] = [names.of(principal), part_of ?? uuidv7()];
      for (const { trace_id, patch } of patches) {
        if ((await reads.traceHead(trace_id)) !== null) {
          reviews.push(await setOne(trace_id, patch, reviewer, bulk));
        }
      }
      return changed(['reviews', 'traces'], { reviews });
    },
    async changeMatching({ query, change, dry_run }, { principal, actor }) {
      // A query that does not parse is told at once, not by the job.
      parseQuery(query, 'traces');
      const { add_tags, ...rest } = change;
      const cleaned = {
        ...(await gate.decision(rest, null)),
        ...(add_tags === undefined
          ? {}
          : (({ tags }) => ({ add_tags: tags }))(await gate.decision({ tags: add_tags }, null))),
      };
      const among = query === '' ? 'all traces' : query;
      const title = `${dry_run ? 'What a change of reviews would do' : reviewTitle(cleaned as ReviewChange)}: ${among}`;
      const by = { reviewer: names.of(principal), bulk: uuidv7(), actor: { ...actor } };
      return context.startJob(bulkReviewKind.id, title, { query, change: cleaned, dry_run, ...by });
    },
  };

  const filters: Handlers<typeof filtersContract> = {
    list: () => reads.savedFilters(),
    save: async (filter) => changed(['filters'], await writes.saveFilter(filter)),
    delete: async ({ filter_id }) => ({ deleted: changed(['filters'], await commands.deleteFilter(filter_id)) }),
  };

  const query: Handlers<typeof queryContract> = {
    values: ({ scope, field, prefix }, asked) => reads.fieldValues(scope, field, prefix, proposed, viewer(asked)),
  };
  return { id: 'traces', services: { traces, reviews, filters, query } };
}

type Rest<F> = F extends (first: never, ...rest: infer R) => unknown ? R : never;

function unreviewed(traceId: string): Review {
  return { trace_id: traceId, label: null, rating: null, tags: [], note: '', updated_at: null, trace_revision: null };
}
