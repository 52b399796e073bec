import type { FastifyReply } from 'fastify';
import * as z from 'zod';
import type { Principal } from '../../shared/contract/operation.js';
import { SluiceError } from '../../shared/errors.js';
import { idSchema, type TraceHead, type TraceKind } from '../../shared/model/index.js';
import { actorOf, allows, checkScope } from './auth.js';
import type { AuditNotes } from './operations.js';
import type { Intake } from './rest/sent.js';

const sentKinds: ReadonlySet<TraceKind> = new Set(['pr_telemetry', 'ingest']);

/**
 * Whoever may send traces may add to traces that were sent. What was captured or generated is evidence: adding to it
 * takes the `admin` scope. Throws `forbidden`.
 */
export function mayAddTo({ kind, sent }: Pick<TraceHead, 'kind' | 'sent'>, principal: Principal | null): void {
  // Executions come out of files too: those that were begun without admin are gone on with.
  if (sentKinds.has(kind) || (kind === 'execution' && sent)) return;
  if (principal === null) throw new SluiceError('unauthorized', 'The token is missing or wrong.');
  checkScope(principal, 'admin');
}

/** Whose token sent something, as it travels with the records: what they may add to is decided again where they join traces. */
export function senderOf(principal: Principal | null): { id: string | null; admin: boolean } {
  return { id: principal?.token_id ?? null, admin: principal !== null && allows(principal, 'admin') };
}

/** What a sender is told of where its records may go; what becomes of each is seen when it is stored. */
export const joinsSchema = z
  .enum(['any', 'own_kind'])
  .describe(
    'What this token’s records may join. `own_kind`, without the scope admin: a call that was captured too becomes a witness ' +
      'of it; everything else stands in traces that were sent, whichever captured session or trace it names.',
  );

export function joinsOf(principal: Principal | null): z.infer<typeof joinsSchema> {
  return senderOf(principal).admin ? 'any' : 'own_kind';
}

/** The same as a header, where the body of an answer has its own shape. */
export function tellJoins(reply: FastifyReply, principal: Principal | null): void {
  reply.header('sluice-joins', joinsOf(principal));
}

/** Told where what was sent does not stand in the trace that it names. */
export const keptApartSchema = z
  .object({ trace_id: idSchema.describe('Where it stands'), reason: z.string() })
  .optional()
  .describe('Absent where it stands in the trace that was named');

/** What was sent without admin stays apart from a trace that captured calls have joined. */
export async function keptApart(
  intake: Pick<Intake, 'apartFrom'>,
  traceId: string | null,
  principal: Principal | null,
): Promise<{ kept_apart?: { trace_id: string; reason: string } }> {
  const apart = traceId === null || senderOf(principal).admin ? null : await intake.apartFrom(traceId);
  if (apart === null) return {};
  const reason = 'The trace holds captured calls; what a token without the scope admin sends stands beside it.';
  return { kept_apart: { trace_id: apart, reason } };
}

/** What a token sends is written down by the hour, with how often. */
export async function noteIngest(
  { audit }: { audit: AuditNotes },
  principal: Principal | null,
  way: string,
): Promise<void> {
  // What the user's own token sends is his own doing.
  if (principal?.token_id == null) return;
  await audit.count({ action: 'ingest', actor: actorOf(principal), details: { way } });
}
