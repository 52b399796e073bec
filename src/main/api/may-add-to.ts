import { SluiceError } from '../../shared/errors.js';
import type { TraceKind } from '../../shared/model/index.js';
import { checkScope } from './auth.js';
import type { Principal } from './services.js';

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
