import { type Contracts, contracts, type Domains } from '../../shared/contract/index.js';
import type { Contract, Handler, Operation, Output, Principal } from '../../shared/contract/operation.js';
import type { NewAuditEntry } from '../../shared/model/index.js';
import { onBehalfOf } from '../ground/asker.js';
import { actorOf } from './auth.js';

/** What is written down of what was done; values and content never. */
export interface AuditNotes {
  /** Resolves when the entry is on disk. */
  record(entry: NewAuditEntry): Promise<unknown>;
  /** For what happens often: its first time in an hour is an entry, what follows in that hour is one more with the count. */
  count(entry: Pick<NewAuditEntry, 'action' | 'actor' | 'details'>): Promise<void>;
}

/** An operation with what carries it out. */
export type Bound<O extends Operation = Operation> = O & {
  /** `input` is what the operation's schema gave. Done first, then written down in the audit log. */
  run(input: Parameters<Handler<O>>[0], principal: Principal | null): Promise<Output<O>>;
};
type BoundContract<C extends Contract> = { readonly [N in keyof C]: Bound<C[N]> };
export type Operations = { readonly [D in keyof Contracts]: BoundContract<Contracts[D]> };

/** Joins every contract with what carries it out. */
export function bindOperations(domains: Domains, audit: AuditNotes): Operations {
  const bound = Object.entries<Contract>(contracts).map(([name, contract]) => [
    name,
    bind(contract, domains[name as keyof Contracts] as { [name: string]: Handler<Operation> }, audit),
  ]);
  return Object.fromEntries(bound) as Operations;
}

function bind(contract: Contract, handlers: { [name: string]: Handler<Operation> }, audit: AuditNotes) {
  const bound = Object.entries(contract).map(([name, operation]): [string, Bound] => {
    const handle = handlers[name] as Handler<Operation>;
    const run: Bound['run'] = async (input, principal) => {
      const actor = actorOf(principal);
      const asked = { principal: principal as Principal, actor };
      const output = await onBehalfOf(asked.principal.token_id, async () => handle(input, asked));
      const note = operation.audited?.(input, output, asked) ?? null;
      if (note !== null) {
        const { hourly, ...entry } = note;
        await (hourly ? audit.count({ ...entry, actor }) : audit.record({ ...entry, actor }));
      }
      return output;
    };
    return [name, { ...operation, run }];
  });
  return Object.fromEntries(bound);
}
