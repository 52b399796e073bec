import type { CapturedExchange, IntakeRecord } from '../../../shared/model/index.js';
import { recordExchange } from '../records.js';

/** What crosses a thread at once: copying it takes some milliseconds at most. */
const sliceExchanges = 64;
const sliceBytes = 1024 * 1024;

/** Records as exchanges, a few at a time, each with whose token sent it. */
export function* slicesOf(
  records: readonly IntakeRecord[],
  principal: NonNullable<IntakeRecord['principal']>,
): Generator<CapturedExchange[]> {
  let slice: CapturedExchange[] = [];
  let bytes = 0;
  for (const record of records) {
    const exchange = recordExchange({ ...record, principal });
    slice.push(exchange);
    bytes += exchange.request.body.byteLength;
    if (slice.length < sliceExchanges && bytes < sliceBytes) continue;
    yield slice;
    slice = [];
    bytes = 0;
  }
  if (slice.length > 0) yield slice;
}
