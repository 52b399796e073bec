import { SluiceError } from '../../../shared/errors.js';
import { uuidv7 } from '../../../shared/ids.js';
import type { CapturedExchange, IntakeRecord, SentHeads, SentKind, SentOrders } from '../../../shared/model/index.js';
import { type OpenBody, openBody, type SentDependencies, type SentHow } from './index.js';
import { slicesOf } from './slices.js';

export type Sender = NonNullable<IntakeRecord['principal']>;

/** What is asked about a body, one after the other: what it is, its exchanges a few at a time, to forget it. */
export type SentRequest<K extends SentKind> =
  | { type: 'open'; kind: K; blocks: Uint8Array[]; how: SentHow }
  | { type: 'take'; body: string; order: SentOrders[K]; sender: Sender }
  | { type: 'next'; body: string }
  | { type: 'forget'; body: string };

export interface Taken {
  /** None: that was all. */
  exchanges: CapturedExchange[];
  /** The trace of the first record. */
  trace_id: string | null;
}

/** The bytes in an answer about a body: nobody else has them. */
export function takenBytes(answer: unknown): Uint8Array[] {
  const { exchanges = [] } = (answer ?? {}) as Partial<Taken>;
  return exchanges.map(({ request }) => request.body);
}

interface Held {
  opened: OpenBody<SentKind>;
  slices: Iterator<CapturedExchange[]> | null;
}

/** Bodies that are being read, by a name that each gets. */
export function createSentBodies(parts: SentDependencies) {
  const held = new Map<string, Held>();

  function heldAs(name: string): Held {
    const found = held.get(name);
    // The thread that read it was ended since.
    if (found === undefined) {
      throw new SluiceError('engine_busy', 'The body has to be sent again.', { retry_after_s: 1 });
    }
    return found;
  }

  function next({ slices }: Held): CapturedExchange[] {
    const slice = slices?.next();
    return slice === undefined || slice.done ? [] : slice.value;
  }

  return {
    answer(request: SentRequest<SentKind>): { body: string; head: SentHeads[SentKind] } | Taken | null {
      switch (request.type) {
        case 'open': {
          const opened = openBody(
            request.kind,
            Buffer.concat(request.blocks),
            request.how,
            parts,
          ) as OpenBody<SentKind>;
          const body = uuidv7();
          held.set(body, { opened, slices: null });
          return { body, head: opened.head };
        }
        case 'take': {
          const body = heldAs(request.body);
          const records = body.opened.records(request.order as never);
          body.slices = slicesOf(records, request.sender);
          return { exchanges: next(body), trace_id: records[0]?.trace.trace_id ?? null };
        }
        case 'next':
          return { exchanges: next(heldAs(request.body)), trace_id: null };
        case 'forget':
          held.delete(request.body);
          return null;
      }
    },
  };
}
