import type * as z from 'zod';
import type { Contract, Operation } from '../../../shared/contract/operation.js';
import { SluiceError } from '../../../shared/errors.js';
import type { AuditActor } from '../../../shared/model/index.js';
import { actorOf } from '../auth.js';
import type { Large, Principal, Services } from '../services.js';

/** Who asks, and what the engine offers. */
export interface Asked {
  services: Services;
  principal: Principal;
  actor: AuditActor;
}

/** What is handed over: a document as bytes of JSON, a query's answer too where it is large, all else as its contract says. */
export type Output<O extends Operation> = O['kind'] extends 'document'
  ? Uint8Array
  : O['kind'] extends 'query'
    ? Large<z.output<O['output']>>
    : z.output<O['output']>;

export type Handler<O extends Operation> = (
  input: z.output<O['input']>,
  asked: Asked,
) => Output<O> | Promise<Output<O>>;

/** An operation with what carries it out. */
export type Bound<O extends Operation = Operation> = O & {
  /** `input` is what the operation's schema gave. Done first, then written down in the audit log. */
  run(input: z.output<O['input']>, services: Services, principal: Principal | null): Promise<Output<O>>;
};
export type BoundContract<C extends Contract> = { readonly [N in keyof C]: Bound<C[N]> };

/** Joins a contract with what carries out its operations. */
export function bind<C extends Contract>(contract: C, handlers: { [N in keyof C]: Handler<C[N]> }): BoundContract<C> {
  const bound = Object.entries(contract).map(([name, operation]) => {
    const handle = handlers[name as keyof C] as (input: unknown, asked: Asked) => unknown;
    const run = async (input: unknown, services: Services, principal: Principal | null) => {
      const actor = actorOf(principal);
      const output = await handle(input, { services, principal: principal as Principal, actor });
      const note = operation.audited?.(input, output) ?? null;
      if (note !== null) await services.audit.record({ ...note, actor });
      return output;
    };
    return [name, { ...operation, run }];
  });
  return Object.fromEntries(bound) as unknown as BoundContract<C>;
}

export function found<T>(value: T | null, what: string): T {
  if (value === null) throw missing(what);
  return value;
}

export function missing(what: string): SluiceError {
  return new SluiceError('not_found', `There is no such ${what}.`);
}
