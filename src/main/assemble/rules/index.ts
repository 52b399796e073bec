import type { LineageReader } from '../../../shared/model/index.js';
import { listOf } from '../../ground/list.js';
import type { Arrival } from '../arrival.js';
import type { Placement, ThreadingRule } from '../placement.js';
import { fingerprint } from './fingerprint.js';
import { messagePrefix } from './message-prefix.js';
import { responseId } from './response-id.js';
import { root } from './root.js';
import { sessionHeader } from './session-header.js';
import { tailOverlap } from './tail-overlap.js';
import { toolCallId } from './tool-call-id.js';

/** Threading rules in order: the first that answers wins. `root` answers always and stands last. */
export const threadingRules: readonly ThreadingRule[] = listOf('threading rules', [
  sessionHeader,
  responseId,
  toolCallId,
  messagePrefix,
  tailOverlap,
  fingerprint,
  root,
]);

/** A rule that throws is passed over, and the placement names it. */
export function place(
  arrival: Arrival,
  lineage: LineageReader,
  rules: readonly ThreadingRule[] = threadingRules,
): Placement {
  const failed: string[] = [];
  for (const rule of rules) {
    try {
      const placement = rule.place(arrival, lineage);
      if (placement !== null) return failed.length === 0 ? placement : { ...placement, failed_rules: failed };
    } catch (error) {
      // What the store throws is not the rule's fault.
      if (typeof (error as NodeJS.ErrnoException).code === 'string') throw error;
      failed.push(rule.id);
    }
  }
  throw new Error('no threading rule answered');
}
