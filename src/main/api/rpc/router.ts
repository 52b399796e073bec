import type { TRPCMutationProcedure, TRPCQueryProcedure } from '@trpc/server';
import type * as z from 'zod';
import type { Operation } from '../../../shared/contract/operation.js';
import type { Tick } from '../../../shared/model/index.js';
import { type Operations, operations } from '../operations/index.js';
import type { Bound } from '../operations/operation.js';
import { guarded, procedure, t } from './procedures.js';

export type { RpcContext } from './procedures.js';

type Asked<O extends Operation> = { input: z.input<O['input']>; output: z.output<O['output']>; meta: unknown };
type Procedure<O extends Operation> = O['kind'] extends 'query'
  ? TRPCQueryProcedure<Asked<O>>
  : TRPCMutationProcedure<Asked<O>>;
type Spoken<D> = { [N in keyof D as D[N] extends { kind: 'document' } ? never : N]: D[N] };
type Procedures = {
  [D in keyof Operations]: {
    [N in keyof Spoken<Operations[D]>]: Operations[D][N] extends Operation ? Procedure<Operations[D][N]> : never;
  };
};

function procedureOf(operation: Bound) {
  const asked = procedure.meta({ scope: operation.scope }).input(operation.input);
  const run = ({ ctx, input }: { ctx: { services: never; principal(): never }; input: unknown }) =>
    operation.run(input, ctx.services, ctx.principal());
  return operation.kind === 'query' ? asked.query(run as never) : asked.mutation(run as never);
}

/** One procedure an operation: what it asks for and whom it lets in stands in its contract. */
const procedures = Object.fromEntries(
  Object.entries(operations).map(([domain, named]) => [
    domain,
    Object.fromEntries(
      Object.entries(named as { [name: string]: Bound })
        .filter(([, { kind }]) => kind !== 'document')
        .map(([name, operation]) => [name, procedureOf(operation)]),
    ),
  ]),
) as unknown as Procedures;

export const router = t.router({
  ...procedures,
  live: t.router({
    ...procedures.live,
    /** Small ticks; whoever hears one pulls the pages it shows. */
    ticks: guarded.meta({ scope: 'read' }).subscription(async function* ({ ctx, signal }) {
      const queue: Tick[] = [];
      let wake = () => {};
      const stop = ctx.services.onTick((tick) => {
        const last = queue.at(-1);
        // A slow reader gets one merged tick, never a growing queue.
        if (last) queue[queue.length - 1] = { seq: tick.seq, topics: [...new Set([...last.topics, ...tick.topics])] };
        else queue.push(tick);
        wake();
      });
      const onAbort = () => wake();
      signal?.addEventListener('abort', onAbort, { once: true });
      try {
        while (!signal?.aborted && ctx.principal() !== null) {
          const tick = queue.shift();
          if (tick) yield tick;
          else {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
        }
      } finally {
        stop();
        signal?.removeEventListener('abort', onAbort);
      }
    }),
  }),
});

/** The one thing of the engine that the renderer may import, as a type. */
export type Router = typeof router;
