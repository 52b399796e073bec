import type { captureHealthContract } from '../../../shared/contract/engine.js';
import type { exchangesContract, toolCallsContract } from '../../../shared/contract/exchanges.js';
import type { Handlers } from '../../../shared/contract/operation.js';
import { found } from '../../../shared/errors.js';
import type { EngineContext } from '../context.js';

/** UTF-16 units of each body that come with an exchange; the rest is paged. */
const shownUnits = 65_536;

/** What went over the wire, and how well it could be read. */
export function exchangesPart({ reading: { reads }, threads, log }: EngineContext) {
  const exchanges: Handlers<typeof exchangesContract> = {
    list: ({ query, cursor, limit }) => reads.exchanges({ query, cursor: cursor ?? null, limit }),
    get: async ({ exchange_id }) => found(await reads.exchange(exchange_id, shownUnits), 'exchange'),
    whole: async ({ exchange_id, body_limit }) => found(await reads.exchangeJson(exchange_id, body_limit), 'exchange'),
    body: async ({ exchange_id, side, offset, limit }) =>
      found(await reads.exchangeBody(exchange_id, side, offset, limit), 'body'),
    part: async ({ exchange_id, side, offset, limit }) =>
      found(await reads.exchangeBodyJson(exchange_id, side, offset, limit), 'body'),
  };
  const toolCalls: Handlers<typeof toolCallsContract> = {
    list: ({ query, cursor, limit }) => reads.toolCalls({ query, cursor: cursor ?? null, limit }),
  };
  const captureHealth: Handlers<typeof captureHealthContract> = {
    get: () => reads.captureHealth(),
    unclaimedEffects: ({ cursor, limit }) => reads.unclaimedEffects(cursor ?? null, limit),
  };
  return {
    id: 'exchanges',
    services: { exchanges, toolCalls, captureHealth },
    /** What is not stored by then waits in the journal for the next start. */
    async end(): Promise<void> {
      await threads.drain().catch((error: Error) => {
        log.warn({ pending: threads.pending(), name: error.name }, 'left_in_journal');
      });
    },
    endMs: 30_000,
  };
}
