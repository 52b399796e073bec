import { SluiceError } from '../../shared/errors.js';
import type { IntakeRecord, TraceKind } from '../../shared/model/index.js';
import { actorOf, allows, checkScope } from './auth.js';
import type { Principal, Services } from './services.js';

const sentKinds: ReadonlySet<TraceKind> = new Set(['pr_telemetry', 'ingest']);

/**
 * Whoever may send traces may add to traces that were sent. What was captured or generated is evidence: adding to it
 * takes the `admin` scope. Throws `forbidden`.
 */
export function mayAddTo(trace: { kind: TraceKind }, principal: Principal | null): void {
  if (sentKinds.has(trace.kind)) return;
  if (principal === null) throw new SluiceError('unauthorized', 'The token is missing or wrong.');
  checkScope(principal, 'admin');
}

/** Records with whose token sent them: what it may add to is decided again where they are put into traces. */
export function sentBy(principal: Principal | null, records: IntakeRecord[]): IntakeRecord[] {
  const admin = principal !== null && allows(principal, 'admin');
  return records.map((record) => ({ ...record, principal: { id: principal?.token_id ?? null, admin } }));
}

/** What a token sends is written down by the hour, with how often. */
export async function noteIngest({ audit }: Services, principal: Principal | null, way: string): Promise<void> {
  await audit.count({ action: 'ingest', actor: actorOf(principal), details: { way } });
}
