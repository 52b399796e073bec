import { setTimeout as sleep } from 'node:timers/promises';
import type { Principal } from '../../../shared/contract/operation.js';
import { found, SluiceError } from '../../../shared/errors.js';
import { idSchema, type TraceHead } from '../../../shared/model/index.js';
import { mayAddTo } from '../may-add-to.js';
import type { Intake } from './sent.js';
import { storedSoon } from './stored-soon.js';

/** Tries, and milliseconds between them: a pipeline that keeps crashing ends the process within a minute. */
const again = { times: 60, ms: 1000 };

/** A head as it was looked at; `ends`: how many ends of traces were stored by then. */
interface SeenHead extends TraceHead {
  ends: number;
}

export type TraceHeads = ReturnType<typeof traceHeads>;

/** Looks at the traces that programs add to, shared by every way in: what one of them ended takes nothing from another. */
export function traceHeads(intake: Pick<Intake, 'trace' | 'traceIdOf' | 'backpressure' | 'stored'>) {
  /** Accepted as the end of a trace, not yet stored. */
  const finalizing = new Set<string>();
  /** How many of them were stored: what was read before the last one may not know of it. */
  let ends = 0;

  function isFinal({ trace_id, finalized }: TraceHead): boolean {
    return finalizing.has(trace_id) || finalized;
  }

  async function byId(traceId: string): Promise<SeenHead | null> {
    for (;;) {
      const before = ends;
      const head = await intake.trace(traceId);
      if (head === null) return null;
      if (ends === before) return { ...head, finalized: isFinal(head), ends };
    }
  }

  /** By its id, or by the name that its program has for it. */
  async function byName(idOrName: string): Promise<SeenHead | null> {
    const named = await intake.traceIdOf(idOrName);
    const id = idSchema.safeParse(named ?? idOrName.toLowerCase());
    return id.success ? byId(id.data) : null;
  }

  /** A trace that was accepted a moment ago may still be on its way to the store. */
  async function stored(idOrName: string): Promise<SeenHead> {
    const head = await byName(idOrName);
    if (head !== null) return head;
    if (intake.backpressure().pending > 0) await storedSoon(intake);
    return found(await byName(idOrName), 'trace');
  }

  /** Throws `trace_finalized` for a trace that takes no more: as it was looked at, and as it is by now. */
  async function takesMore(head: SeenHead): Promise<void> {
    const now = head.ends === ends ? head : await byId(head.trace_id);
    if (isFinal(now ?? head)) {
      throw new SluiceError('trace_finalized', 'The trace is finalized and takes no more events.');
    }
  }

  return {
    byId,
    byName,
    stored,
    isFinal,
    takesMore,

    /** One that takes more. Throws `trace_not_found`, `forbidden`, `trace_finalized`. */
    async open(idOrName: string, principal: Principal | null): Promise<SeenHead> {
      const head = await stored(idOrName);
      mayAddTo(head, principal);
      await takesMore(head);
      return head;
    },

    /** Takes no more for it from now on, unless `submit` fails. */
    async finalizing(traceId: string, submit: () => Promise<unknown>): Promise<void> {
      finalizing.add(traceId);
      try {
        await submit();
      } catch (error) {
        finalizing.delete(traceId);
        throw error;
      }
      void atLastStored(intake).then(() => {
        finalizing.delete(traceId);
        ends += 1;
      });
    },
  };
}

async function atLastStored(intake: Pick<Intake, 'stored'>): Promise<void> {
  for (let tries = 0; tries < again.times; tries += 1) {
    try {
      await intake.stored();
      return;
    } catch {
      await sleep(again.ms, undefined, { ref: false });
    }
  }
}
