import type * as z from 'zod';
import type { AuditAction, AuditActor, Json, TokenScope } from '../model/index.js';

/** What the audit log is told once an operation is done: ids, counts and names, never values or content. */
export interface AuditNote {
  action: AuditAction;
  target?: string | null;
  details?: { [key: string]: Json };
  /** For what happens often: one entry an hour, with how often. */
  hourly?: true;
}

/**
 * A query changes nothing; a document is a query whose answer is JSON in UTF-8 already, for REST alone: it may be as large as it
 * likes; commands count in the rate limit.
 */
export type Kind = 'query' | 'document' | 'command';

/** Something that the engine can be asked for. RPC and REST expose it; what stands here they do not say again. */
export interface Operation<K extends Kind = Kind, I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  kind: K;
  /** What a token must open. */
  scope: TokenScope;
  summary: string;
  description?: string;
  input: I;
  /** Bytes of JSON that the input may have, where it may need more than the usual; it is read where all requests are answered. */
  inputBytes?: number;
  output: O;
  /** Null where there is nothing to write down. `output`: nothing, of a document. */
  audited?(input: z.output<I>, output: z.output<O>, asked: Asked): AuditNote | null;
}

/** The operations of a domain by name. */
export type Contract = { readonly [name: string]: Operation };

/** Who a request comes from. The studio's own token has no id. */
export interface Principal {
  token_id: string | null;
  scopes: readonly TokenScope[];
}

/** Whoever runs the engine: the studio, and the command line in its own process. */
export const ownUser: Principal = { token_id: null, scopes: ['admin'] };

/** Who asks, and whom the audit log names for it. */
export interface Asked {
  principal: Principal;
  actor: AuditActor;
}

/** An answer, or the same as JSON in UTF-8 where it is large: nothing on the main thread looks into it then. */
export type Large<T> = T | Uint8Array;

/** What is handed over: a document as bytes of JSON, a query's answer too where it is large, all else as its contract says. */
export type Output<O extends Operation> = O['kind'] extends 'document'
  ? Uint8Array
  : O['kind'] extends 'query'
    ? Large<z.output<O['output']>>
    : z.output<O['output']>;

/** What carries an operation out; `input` is what its schema gave. */
export type Handler<O extends Operation> = (
  input: z.output<O['input']>,
  asked: Asked,
) => Output<O> | Promise<Output<O>>;

/** What carries a domain out: its part of the engine gives it. */
export type Handlers<C extends Contract> = { readonly [N in keyof C]: Handler<C[N]> };

export function query<I extends z.ZodType, O extends z.ZodType>(
  operation: Omit<Operation<'query', I, O>, 'kind'>,
): Operation<'query', I, O> {
  return { kind: 'query', ...operation };
}

export function document<I extends z.ZodType, O extends z.ZodType>(
  operation: Omit<Operation<'document', I, O>, 'kind'>,
): Operation<'document', I, O> {
  return { kind: 'document', ...operation };
}

export function command<I extends z.ZodType, O extends z.ZodType>(
  operation: Omit<Operation<'command', I, O>, 'kind'>,
): Operation<'command', I, O> {
  return { kind: 'command', ...operation };
}
