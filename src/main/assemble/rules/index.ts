import type { LineageReader } from '../../../shared/model/index.js';
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
export const threadingRules: readonly ThreadingRule[] = [
  sessionHeader,
  responseId,
  toolCallId,
  messagePrefix,
  tailOverlap,
  fingerprint,
  root,
];

export function place(arrival: Arrival, lineage: LineageReader): Placement {
  for (const rule of threadingRules) {
    const placement = rule.place(arrival, lineage);
    if (placement !== null) return placement;
  }
  throw new Error('no threading rule answered');
}
