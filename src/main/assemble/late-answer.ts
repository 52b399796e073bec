import type {
  Assembled,
  CallNode,
  DecodedCall,
  DecodedExchange,
  LineageReader,
  Part,
} from '../../shared/model/index.js';
import { type Arrival, arrivalOf } from './arrival.js';
import { callRecord, hashAll, lineageKeys, responseSteps } from './call.js';
import { shortHash } from './chain/canonical.js';
import { chainEnd, chainOf } from './chain/merkle.js';
import { edge } from './confidence.js';
import { decisionsOf } from './decisions.js';
import { callEffects } from './effects/index.js';
import { completionStatus } from './outcome.js';
import { marked } from './records/marked.js';

/** What a vendor says of an answer that is still to come. */
const underWay = new Set(['queued', 'in_progress']);

/**
 * Joins an answer with the call that ordered it (a response in the background that is polled, resumed or given up). One that
 * is still under way, or that the call has already, only belongs to the trace. Null where that call is not known.
 */
export function assembleLateAnswer(
  decoded: DecodedExchange,
  { response_id, call }: NonNullable<DecodedExchange['answer']>,
  lineage: LineageReader,
): Assembled | null {
  const { exchange } = decoded;
  const [node] = lineage.byResponseId(response_id).filter((each) => each.started_at <= exchange.started_at);
  const stored = node === undefined ? null : lineage.callContent(node.call_id);
  if (node === undefined || stored === null) return null;
  const { response } = call;
  const open = stored.stop_reason === null || underWay.has(stored.stop_reason);
  const come = response !== null && !response.partial && !underWay.has(response.stop_reason ?? '');
  if (!open || !come) return { decoded, call: null, record: marked(node.trace_id, exchange.ended_at, []) };

  const answered: DecodedCall = { ...call, request: { ...call.request, messages: stored.request_messages } };
  const arrival = orderedBy(node, decoded, answered, lineage);
  const response_messages = hashAll(response.messages);
  const storedCallIds = toolCallIds(stored.response_messages.flatMap(({ parts }) => parts));
  const answering = responseSteps(arrival, response_messages, node.trace_id, { parent: null }, lineage);
  const isNew = ({ tool_call_id }: { tool_call_id: string }) => !storedCallIds.has(tool_call_id);
  const new_tool_calls = answering.new_tool_calls.filter(isNew);
  const { call: answer, effects } = callEffects(
    {
      trace_id: node.trace_id,
      new_trace: null,
      call: callRecord(arrival, { parent: null, edge: edge('response_id', 'its answer was asked for by its id') }),
      decoded: answered,
      request_messages: [],
      response_messages,
      inherited: 0,
      lineage: lineageKeys(arrival, new_tool_calls),
      steps: answering.steps.filter((step) => step.type !== 'tool_call' || isNew(step)),
      new_tool_calls,
      tool_results: answering.tool_results,
      new_decisions: storedCallIds.size > 0 ? [] : decisionsOf(arrival, node.trace_id, answering.asked),
      trace_patch: { ended_at: arrival.ended_at, completion_status: completionStatus(arrival) },
    },
    arrival,
    lineage,
  );
  return { decoded, call: null, answer, effects };
}

/** The stored call as it would have arrived, had it been answered at once. */
function orderedBy(node: CallNode, decoded: DecodedExchange, call: DecodedCall, lineage: LineageReader): Arrival {
  const exchange = { ...decoded.exchange, started_at: node.started_at };
  const arrival = arrivalOf({ ...decoded, exchange, call }, call);
  const whole = lineage.byRequestChain(chainEnd(arrival.chain)).some(({ call_id }) => call_id === node.call_id);
  const agent = /\/agent:(.+)$/s.exec(node.session_key ?? '')?.[1] ?? null;
  return {
    ...arrival,
    call_id: node.call_id,
    chain: whole
      ? arrival.chain
      : chainOf(arrival.messages, shortHash(`after\0${node.parent_call_id ?? node.call_id}`)),
    session: { ...arrival.session, agent },
    session_key: node.session_key,
    fingerprint: node.fingerprint,
  };
}

function toolCallIds(parts: Part[]): Set<string> {
  return new Set(parts.flatMap((part) => (part.type === 'tool_call' && part.id !== null ? [part.id] : [])));
}
