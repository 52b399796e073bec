import type * as z from 'zod';
import type { AuditAction, Json, TokenScope } from '../model/index.js';

/** What the audit log is told once an operation is done: ids, counts and names, never values or content. */
export interface AuditNote {
  action: AuditAction;
  target?: string | null;
  details?: { [key: string]: Json };
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
  /** Null where nothing came of it. */
  audited?(input: z.output<I>, output: z.output<O>): AuditNote | null;
}

/** The operations of a domain by name. */
export type Contract = { readonly [name: string]: Operation };

export function query<I extends z.ZodType, O extends z.ZodType>(
  operation: Omit<Operation<'query', I, O>, 'kind'>,
): Operation<'query', I, O> {
  return { kind: 'query', ...operation };
}

export function document<I extends z.ZodType, O extends z.ZodType>(
  operation: Omit<Operation<'document', I, O>, 'kind' | 'audited'>,
): Operation<'document', I, O> {
  return { kind: 'document', ...operation };
}

export function command<I extends z.ZodType, O extends z.ZodType>(
  operation: Omit<Operation<'command', I, O>, 'kind'>,
): Operation<'command', I, O> {
  return { kind: 'command', ...operation };
}
