import { exchangesContract, toolCallsContract } from '../../../shared/contract/exchanges.js';
import { filtersContract, queryContract } from '../../../shared/contract/filters.js';
import { reviewsContract } from '../../../shared/contract/reviews.js';
import { tracesContract } from '../../../shared/contract/traces.js';
import type { Page, Review } from '../../../shared/model/index.js';
import type { Large, ListOptions, Reads } from '../services.js';
import { type Asked, bind, found } from './operation.js';

const listed = ({
  query,
  limit,
  cursor,
}: {
  query: string;
  limit: number;
  cursor?: string | null | undefined;
}): ListOptions => ({
  query,
  limit,
  cursor: cursor ?? null,
});

/** A page of what belongs to a trace. */
const ofTrace =
  <T>(read: (reads: Reads) => (traceId: string, cursor: string | null, limit: number) => Promise<Large<Page<T>>>) =>
  async (
    input: { trace_id: string; cursor?: string | null | undefined; limit: number },
    { services: { reads } }: Asked,
  ): Promise<Large<Page<T>>> => {
    const page = await read(reads)(input.trace_id, input.cursor ?? null, input.limit);
    // Nothing is what a trace without such parts has, and one that is not there.
    if ('items' in page && page.items.length === 0) found(await reads.traceHead(input.trace_id), 'trace');
    return page;
  };

export const traces = bind(tracesContract, {
  list: (input, { services }) => services.reads.traces(listed(input)),
  get: async ({ trace_id }, { services }) => found(await services.reads.traceSummary(trace_id), 'trace'),
  whole: async ({ trace_id }, { services }) => found(await services.reads.traceJson(trace_id), 'trace'),
  steps: ({ trace_id, cursor, limit }, { services }) => services.reads.traceSteps(trace_id, cursor ?? -1, limit),
  calls: ofTrace((reads) => reads.traceCalls),
  toolCalls: ofTrace((reads) => reads.traceToolCalls),
  decisions: ofTrace((reads) => reads.traceDecisions),
  findings: ofTrace((reads) => reads.traceFindings),
  validation: async ({ trace_id }, { services }) => found(await services.validation.trace(trace_id), 'trace'),
  children: ({ trace_id }, { services }) => services.reads.traceChildren(trace_id),
  tree: async ({ trace_id }, { services }) => found(await services.reads.traceTree(trace_id), 'trace'),
  effects: ofTrace((reads) => reads.traceEffects),
  witnesses: ofTrace((reads) => reads.traceWitnesses),
  delete: async ({ trace_id }, { services }) => ({ deleted: await services.writes.deleteTrace(trace_id) }),
});

export const reviews = bind(reviewsContract, {
  async get({ trace_id }, { services: { reads } }) {
    found(await reads.traceHead(trace_id), 'trace');
    return (await reads.review(trace_id)) ?? unreviewed(trace_id);
  },
  async set({ trace_id, patch }, { services: { reads, writes } }) {
    found(await reads.traceHead(trace_id), 'trace');
    return writes.setReview(trace_id, patch);
  },
});

function unreviewed(traceId: string): Review {
  return { trace_id: traceId, label: null, rating: null, tags: [], note: '', updated_at: null, trace_revision: null };
}

export const filters = bind(filtersContract, {
  list: (_, { services }) => services.reads.savedFilters(),
  save: (filter, { services }) => services.writes.saveFilter(filter),
  delete: async ({ filter_id }, { services }) => ({ deleted: await services.writes.deleteFilter(filter_id) }),
});

export const query = bind(queryContract, {
  values: ({ scope, field, prefix }, { services }) => services.reads.fieldValues(scope, field, prefix, 20),
});

/** UTF-16 units of each body that come with an exchange; the rest is paged. */
const shownUnits = 65_536;

export const exchanges = bind(exchangesContract, {
  list: (input, { services }) => services.reads.exchanges(listed(input)),
  async get({ exchange_id }, asked) {
    await noteReader(asked);
    return found(await asked.services.reads.exchange(exchange_id, shownUnits), 'exchange');
  },
  async whole({ exchange_id, body_limit }, asked) {
    await noteBodies(asked);
    return found(await asked.services.reads.exchangeJson(exchange_id, body_limit), 'exchange');
  },
  async body({ exchange_id, side, offset, limit }, asked) {
    await noteReader(asked);
    return found(await asked.services.reads.exchangeBody(exchange_id, side, offset, limit), 'body');
  },
  async part({ exchange_id, side, offset, limit }, asked) {
    await noteBodies(asked);
    return found(await asked.services.reads.exchangeBodyJson(exchange_id, side, offset, limit), 'body');
  },
});

/** The studio shows bodies all day; whoever else reads them there is written down. */
const noteReader = async (asked: Asked) => {
  if (asked.principal.token_id !== null) await noteBodies(asked);
};
const noteBodies = ({ services, actor }: Asked) => services.audit.count({ action: 'bodies_read', actor });

export const toolCalls = bind(toolCallsContract, {
  list: (input, { services }) => services.reads.toolCalls(listed(input)),
});
