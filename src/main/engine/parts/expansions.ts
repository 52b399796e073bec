import { createHmac } from 'node:crypto';
import type { expansionsContract } from '../../../shared/contract/expansions.js';
import type { Handlers } from '../../../shared/contract/operation.js';
import { found } from '../../../shared/errors.js';
import { parseQuery } from '../../../shared/query/index.js';
import { type ExpandTools, expandKind, forecastOf, mostLookedAt } from '../../dataset/index.js';
import { eachOf, firstOf } from '../../ground/pages.js';
import type { AskingModels } from '../asking-models.js';
import type { EngineContext } from '../context.js';

/** Reasoning that models write of calls afterwards. */
export function expansionsPart(context: EngineContext, { models, profiles }: AskingModels) {
  const { keys, reader, commands, reading, redactor, startJob, tick } = context;
  const ended = new AbortController();
  const tools: ExpandTools = {
    models,
    modelOf: (profile) => profiles.get(profile).model,
    // A key of its own: what it makes is shown to models.
    key: createHmac('sha256', keys.pseudonym).update('expansion delimiters').digest(),
    clean: (text) => redactor.text(text).text,
    callMessages: (callId) => reader.callMessages(callId),
    traces: (page) => reader.traces(page),
    countTraces: (query) => reader.countTraces(query),
    trace: (traceId) => reader.trace(traceId),
    save: (made, cached) => commands.saveExpansion(made, cached),
    spent: (account) => reader.modelSpent(account),
    changed: () => tick(['traces']),
    held: context.holds.held,
  };
  const expanding = expandKind(tools);

  const expansions: Handlers<typeof expansionsContract> = {
    start(asked) {
      parseQuery(asked.query, 'traces');
      profiles.refuseUnready(asked.profile, asked.budget_usd !== null);
      const which = asked.trace_ids ? `${asked.trace_ids.length} picked traces` : asked.query || 'all traces';
      return startJob(expanding.id, `Writing reasoning: ${which}`, asked);
    },
    forecast(asked) {
      const { query, trace_ids } = asked;
      parseQuery(query, 'traces');
      profiles.get(asked.profile);
      const pages = eachOf((cursor) => reader.traces({ query, limit: mostLookedAt, cursor }));
      const ids = trace_ids ?? [...firstOf(pages, mostLookedAt)].map(({ trace_id }) => trace_id);
      return forecastOf(
        tools,
        ids.slice(0, mostLookedAt),
        trace_ids?.length ?? reader.countTraces(query),
        asked,
        ended.signal,
      );
    },
    async ofTrace({ trace_id, cursor, limit }) {
      const page = await reading.reads.traceExpansions(trace_id, cursor ?? null, limit);
      if ('items' in page && page.items.length === 0) found(await reading.reads.traceHead(trace_id), 'trace');
      return page;
    },
  };

  return { id: 'expansions', services: { expansions }, jobs: [expanding], end: () => ended.abort() };
}
