import type { CallNode, LineageReader } from '../../shared/model/index.js';
import { runOf } from '../../shared/session-keys.js';
import { nulJoinedId } from '../ground/derived-ids.js';
import type { Arrival } from './arrival.js';
import { sameClient } from './chain/fingerprint.js';
import { isShortOrder, openingTexts, orderMark, orderPlaceMark, orderTakenMark } from './chain/marks.js';

/** Tool calls of one response that are searched for the order. */
const mostToolCalls = 16;
/** Between an order that nobody has answered yet and the first words of the subagent. Microseconds. */
const window = 3600 * 1_000_000;
/**
 * The same, where the agent that gave the order has gone on: a subagent in the background begins at once, while words that
 * are said again later mean nothing. Microseconds.
 */
const answeredWindow = 120 * 1_000_000;

interface Spawn {
  trace_id: string;
  step_id: string;
  /** To be left by the call that begins the subagent: its place is taken. */
  mark: string;
  /** The order was so short that others may begin with it too. */
  short: boolean;
}

/**
 * Finds the tool call that started this conversation: one whose order (prompt, task, …) is its opening, word for word.
 * @param accept which calls may have given the order, where the client named them
 */
export function spawnOf(arrival: Arrival, lineage: LineageReader, accept?: (node: CallNode) => boolean): Spawn | null {
  for (const text of openingTexts(arrival.messages)) {
    const short = isShortOrder(text);
    for (const node of lineage.byResponseChain(orderMark(text))) {
      // Short words count where the parent is named, or where it still waits for an answer to them.
      if (accept === undefined ? short && !waitsFor(arrival, node) : !accept(node)) continue;
      if (accept === undefined && runOf(node.session_key) !== runOf(arrival.session_key)) continue;
      if (node.started_at > arrival.started_at) continue;
      if (arrival.started_at - node.ended_at > (node.children === 0 ? window : answeredWindow)) continue;
      const places: number[] = [];
      for (let index = 0; index < mostToolCalls; index++) {
        const place = lineage.byResponseChain(orderPlaceMark(node.call_id, index, text));
        if (place.some((found) => found.call_id === node.call_id)) places.push(index);
      }
      const mark = orderTakenMark(node.call_id, text);
      const taken = new Set(lineage.byResponseChain(mark).map((begun) => begun.trace_id)).size;
      const index = places[Math.min(taken, places.length - 1)];
      if (index !== undefined) {
        return { trace_id: node.trace_id, step_id: toolStepId(node.call_id, node.started_at, index), mark, short };
      }
    }
  }
  return null;
}

/** The same client asked for it a short while ago, and has not gone on. */
function waitsFor(arrival: Arrival, node: CallNode): boolean {
  if (node.children > 0 || !sameClient(node, arrival.fingerprint)) return false;
  return arrival.started_at - node.ended_at <= answeredWindow;
}

/** Id of the step of a response's nth tool call: derived, so that a later call can name it without a lookup. */
export function toolStepId(callId: string, callStartedAt: number, index: number): string {
  return nulJoinedId(callStartedAt, callId, 'tool', index);
}
