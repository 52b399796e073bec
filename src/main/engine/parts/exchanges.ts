import { setTimeout } from 'node:timers/promises';
import type { captureHealthContract } from '../../../shared/contract/engine.js';
import type { exchangesContract, toolCallsContract } from '../../../shared/contract/exchanges.js';
import type { Handlers } from '../../../shared/contract/operation.js';
import { found } from '../../../shared/errors.js';
import type { EngineContext } from '../context.js';
import { reviewerNames } from '../live/reviewer.js';

/** UTF-16 units of each body that come with an exchange; the rest is paged. */
const shownUnits = 65_536;

/** Milliseconds that the store is left to others between two steps. */
const betweenSteps = 25;

/** What went over the wire, and how well it could be read. */
export function exchangesPart(context: EngineContext) {
  const { reading, threads, commands, tick, log } = context;
  const { reads } = reading;
  const names = reviewerNames(context);
  let ending = false;

  const exchanges: Handlers<typeof exchangesContract> = {
    list: ({ query, cursor, limit }) => reads.exchanges({ query, cursor: cursor ?? null, limit }),
    hits: ({ query, exchange_ids }) => reads.exchangeHits(query, exchange_ids),
    get: async ({ exchange_id }) => found(await reads.exchange(exchange_id, shownUnits), 'exchange'),
    whole: async ({ exchange_id, body_limit }) => found(await reads.exchangeJson(exchange_id, body_limit), 'exchange'),
    body: async ({ exchange_id, side, offset, limit }) =>
      found(await reads.exchangeBody(exchange_id, side, offset, limit), 'body'),
    part: async ({ exchange_id, side, offset, limit }) =>
      found(await reads.exchangeBodyJson(exchange_id, side, offset, limit), 'body'),
  };
  const toolCalls: Handlers<typeof toolCallsContract> = {
    list: ({ query, cursor, limit }, { principal }) =>
      reads.toolCalls({ query, cursor: cursor ?? null, limit, viewer: names.of(principal) }),
    async judge({ verdict, ...which }) {
      const judged = await commands.judgeToolCall(which, verdict);
      tick(['traces']);
      return judged;
    },
  };
  const captureHealth: Handlers<typeof captureHealthContract> = {
    get: () => reads.captureHealth(),
    unclaimedEffects: ({ cursor, limit }) => reads.unclaimedEffects(cursor ?? null, limit),
  };
  /** What older rules have judged is judged again, a little at a time, while everything else goes on. */
  async function rederive(): Promise<void> {
    let changed = false;
    for (let more = true; more && !ending; ) {
      const done = await commands.rederiveToolCalls();
      more = done.more;
      changed ||= done.changed;
      if (more) await setTimeout(betweenSteps, undefined, { ref: false });
    }
    if (changed && !ending) tick(['traces']);
  }

  return {
    id: 'exchanges',
    services: { exchanges, toolCalls, captureHealth },
    begin(): void {
      rederive().catch((error: Error) => {
        if (!ending) log.warn({ name: error.name }, 'tool_calls_not_judged_again');
      });
    },
    /** What is not stored by then waits in the journal for the next start. */
    async end(): Promise<void> {
      ending = true;
      await threads.drain().catch((error: Error) => {
        log.warn({ pending: threads.pending(), name: error.name }, 'left_in_journal');
      });
    },
    endMs: 30_000,
  };
}
