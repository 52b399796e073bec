import type { CallNode, LineageReader } from '../../shared/model/index.js';
import type { Arrival } from './arrival.js';
import { derivedId } from './ids.js';
import { openingTexts, orderMark, orderPlaceMark } from './marks.js';
import { chainEnd } from './merkle.js';
import { runOf } from './session.js';

/** Tool calls of one response that are searched for the order. */
const mostToolCalls = 16;
/** Microseconds between the order and the first words of the subagent. */
const window = 3600 * 1_000_000;

interface Spawn {
  trace_id: string;
  step_id: string;
}

/**
 * Finds the tool call that started this conversation: one whose order (prompt, task, …) is its opening, word for word.
 * @param accept which calls may have given the order
 */
export function spawnOf(
  arrival: Arrival,
  lineage: LineageReader,
  accept: (node: CallNode) => boolean = () => true,
): Spawn | null {
  for (const text of openingTexts(arrival.messages)) {
    for (const node of lineage.byResponseChain(orderMark(text))) {
      if (!accept(node)) continue;
      if (runOf(node.session_key) !== runOf(arrival.session_key)) continue;
      if (node.started_at > arrival.started_at || arrival.started_at - node.ended_at > window) continue;
      const places: number[] = [];
      for (let index = 0; index < mostToolCalls; index++) {
        const place = lineage.byResponseChain(orderPlaceMark(node.call_id, index, text));
        if (place.some((found) => found.call_id === node.call_id)) places.push(index);
      }
      const index = places[Math.min(begunSince(arrival, lineage, node), places.length - 1)];
      if (index !== undefined) {
        return { trace_id: node.trace_id, step_id: toolStepId(node.call_id, node.started_at, index) };
      }
    }
  }
  return null;
}

/** Conversations that began with the same words since the order was given: each of them has taken one of its places. */
function begunSince(arrival: Arrival, lineage: LineageReader, order: CallNode): number {
  const begun = lineage
    .byRequestChain(chainEnd(arrival.chain))
    .filter((node) => node.started_at >= order.ended_at && node.trace_id !== order.trace_id)
    .filter((node) => node.call_id !== arrival.call_id && runOf(node.session_key) === runOf(arrival.session_key));
  return new Set(begun.map((node) => node.trace_id)).size;
}

/** Id of the step of a response's nth tool call: derived, so that a later call can name it without a lookup. */
export function toolStepId(callId: string, callStartedAt: number, index: number): string {
  return derivedId(callStartedAt, callId, 'tool', index);
}
