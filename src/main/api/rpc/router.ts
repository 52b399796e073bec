import type { TRPCMutationProcedure, TRPCQueryProcedure } from '@trpc/server';
import type * as z from 'zod';
import { type Contracts, contracts } from '../../../shared/contract/index.js';
import type { Contract, Operation } from '../../../shared/contract/operation.js';
import type { Tick } from '../../../shared/model/index.js';
import type { Bound } from '../operations.js';
import { guarded, procedure, type RpcContext, t } from './procedures.js';

export type { RpcContext } from './procedures.js';

type Asked<O extends Operation> = { input: z.input<O['input']>; output: z.output<O['output']>; meta: unknown };
type Procedure<O extends Operation> = O['kind'] extends 'query'
  ? TRPCQueryProcedure<Asked<O>>
  : TRPCMutationProcedure<Asked<O>>;
type Spoken<D> = { [N in keyof D as D[N] extends { kind: 'document' } ? never : N]: D[N] };
type Procedures = {
  [D in keyof Contracts]: {
    [N in keyof Spoken<Contracts[D]>]: Contracts[D][N] extends Operation ? Procedure<Contracts[D][N]> : never;
  };
};

function procedureOf(domain: string, name: string, operation: Operation) {
  const asked = procedure.meta({ scope: operation.scope }).input(operation.input);
  const run = ({ ctx, input }: { ctx: RpcContext; input: unknown }) => {
    const named = ctx.operations[domain as keyof Contracts] as { readonly [name: string]: Bound };
    return (named[name] as Bound).run(input, ctx.principal());
  };
  return operation.kind === 'query' ? asked.query(run as never) : asked.mutation(run as never);
}

/** One procedure an operation: what it asks for and whom it lets in stands in its contract. */
const procedures = Object.fromEntries(
  Object.entries<Contract>(contracts).map(([domain, contract]) => [
    domain,
    Object.fromEntries(
      Object.entries(contract)
        .filter(([, { kind }]) => kind !== 'document')
        .map(([name, operation]) => [name, procedureOf(domain, name, operation)]),
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
      const stop = ctx.ticks.listen((tick) => {
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
