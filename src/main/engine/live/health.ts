import type { Health } from '../../../shared/model/index.js';
import type { CaptureCounter } from '../../capture/counters.js';
import type { PipelineCounter } from '../../pipeline/counters.js';

/** How often the figures are looked at for a change that the studio must hear of. Reading them costs nothing. */
const lookMs = 250;

export type Reason = Health['reasons'][number];

interface HealthFigures {
  captured: { get(name: CaptureCounter): number };
  piped: { get(name: PipelineCounter): number };
  /** Why the policy file as it lies there is not what holds. */
  policyProblems(): readonly string[];
}

/** What is not as it should be now, and what was lost or could not be read since the start; empty where nothing was. */
export function healthReasons({ captured, piped, policyProblems }: HealthFigures): Reason[] {
  const reasons: Reason[] = [];
  const add = (code: Reason['code'], message: string, next: string) => reasons.push({ code, message, next });
  const of = (count: number) => (count === 1 ? '1 exchange' : `${count} exchanges`);

  if (captured.get('journal_failing') > 0)
    add(
      'journal_failing',
      'The journal cannot be written: traffic is forwarded, but what passes now is lost.',
      'Free disk space or give this user the right to write in the data folder’s journal; capturing goes on by itself.',
    );
  if (piped.get('store_failing') > 0)
    add(
      'store_failing',
      'The store cannot be written: what is captured waits in the journal.',
      'Free disk space or give this user the right to write in the data folder; storing goes on by itself.',
    );
  const lost = captured.get('journal_errors');
  if (lost > 0)
    add(
      'journal_errors',
      `${lost} ${lost === 1 ? 'write' : 'writes'} to the journal failed since the start: those exchanges or bodies are lost.`,
      'Run what was lost again once the journal can be written; the log names the cause.',
    );
  const damaged = piped.get('damaged');
  if (damaged > 0)
    add(
      'damaged',
      `${of(damaged)} in the journal could not be read back.`,
      'Check the disk. The records around the damage were stored; what was damaged is lost.',
    );
  const bodiesLost = piped.get('bodies_lost');
  if (bodiesLost > 0)
    add(
      'bodies_lost',
      `${of(bodiesLost)} could be stored only without bodies.`,
      'Look in the log for exchange_bodies_lost, and report it with the place named there.',
    );
  const quarantined = piped.get('quarantined');
  if (quarantined > 0)
    add(
      'quarantined',
      `${of(quarantined)} could not be processed and are kept sealed.`,
      'Look in the log for exchange_sealed, and report it with the place named there.',
    );
  const problems = policyProblems();
  if (problems.length > 0)
    add(
      'policy_not_applied',
      'The redaction policy file as it lies there does not hold: the last good one does, and where it was bad at the start, the strictest.',
      'Open the policy page or `sluice policy` to see what is wrong with the file.',
    );
  return reasons;
}

/** Calls when a reason came, went or changed, within a quarter of a second. The returned function ends it. */
export function watchReasons(reasons: () => Reason[], changed: () => void): () => void {
  let last = JSON.stringify(reasons());
  const timer = setInterval(() => {
    const now = JSON.stringify(reasons());
    if (now === last) return;
    last = now;
    changed();
  }, lookMs);
  timer.unref();
  return () => clearInterval(timer);
}
