import type { CallNode, ChatMessage, LineageReader, Micros, NewWitness } from '../../../shared/model/index.js';
import { sentKey } from '../../../shared/sent-keys.js';
import { sessionOf } from '../../../shared/session-keys.js';
import { nulJoinedId } from '../../ground/derived-ids.js';
import type { Arrival } from '../arrival.js';
import { shortHash } from '../chain/canonical.js';
import { pairMark, turnMark } from '../chain/marks.js';
import { endAfter } from '../chain/merkle.js';
import { turnText } from '../chain/turns.js';
import { isSent } from '../records/own-kind.js';
import { disagreements, type StoredContent } from './witness-compare.js';

/** Microseconds between two reports of one call: programs note its times before and after the wire does. */
const near = 5_000_000;
/** Ids of vendors are longer; test servers count from one. Characters. */
const uniqueIdLength = 12;
const mostToolCalls = 4;

export interface SecondReport {
  node: CallNode;
  basis: 'response_id' | 'tool_call_id' | 'content' | 'usage';
  stored: StoredContent;
}

/**
 * The stored call that the arrival is a second report of: one that the proxy captured and a record reports, or the other
 * way round, or that two sources reported. Null where the call is new. A repeated request is no second report, so two calls
 * of the same source are told apart by their response ids alone.
 */
export function secondReport(arrival: Arrival, lineage: LineageReader): SecondReport | null {
  const { response } = arrival.call;
  if (response === null || !arrival.conversing) return null;
  // Where nothing was reported at that time, a captured call costs no further lookup.
  if (arrival.decoded.record === undefined && !reportedAround(arrival, lineage)) return null;
  const named = namedBefore(arrival, lineage);
  if (named !== null) return named;
  const tried = new Set<string>();
  const check = (nodes: CallNode[], basis: SecondReport['basis'], fits: (stored: StoredContent) => boolean) => {
    let best: SecondReport | null = null;
    for (const node of nodes) {
      if (tried.has(node.call_id) || node.call_id === arrival.call_id) continue;
      if (!mayBeSame(arrival, node, basis, lineage)) continue;
      const stored = lineage.callContent(node.call_id);
      if (stored === null || !fits(stored)) continue;
      if (basis !== 'response_id' && isAnother(arrival, node, stored)) continue;
      tried.add(node.call_id);
      if (best === null || apart(arrival, node) < apart(arrival, best.node)) best = { node, basis, stored };
    }
    return best;
  };
  const answer = answerText(response.messages);
  const agrees = (stored: StoredContent) => answer !== null && answerText(stored.response_messages) === answer;
  const id = response.response_id;
  if (id !== null && id !== '') {
    const found = check(
      lineage.byResponseId(id).filter((node) => apart(arrival, node) <= near || id.length >= uniqueIdLength),
      'response_id',
      (stored) => answer === null || id.length >= uniqueIdLength || agrees(stored),
    );
    if (found !== null) return found;
  }
  const close = (nodes: CallNode[]) => nodes.filter((node) => apart(arrival, node) <= near);
  for (const key of answer === null ? [] : contentKeys(arrival)) {
    const found = check(close(lineage.byResponseChain(key)), 'content', agrees);
    if (found !== null) return found;
  }
  for (const toolCallId of toolCallIds(response.messages)) {
    const found = check(close(lineage.byToolCallId(toolCallId)), 'tool_call_id', () => true);
    if (found !== null) return found;
  }
  if (arrival.session_key === null || arrival.session.id === null) return null;
  const session = close(lineage.bySessionKey(arrival.session_key));
  return check(session, 'content', agrees) ?? check(session, 'usage', (stored) => sameUsage(arrival, stored, answer));
}

/** The stored call's second report, with what the two disagree about. */
export function witnessOf(arrival: Arrival, report: SecondReport): NewWitness {
  const { node, basis, stored } = report;
  return {
    witness_id: nulJoinedId(arrival.started_at, arrival.call_id, 'witness'),
    trace_id: node.trace_id,
    call_id: node.call_id,
    source: sourceOf(arrival),
    basis,
    disagreements: disagreements(stored, arrival.call, /^(?:watch|import):/.test(sourceOf(arrival))),
  };
}

/** Event of the trace that says that this source has reported the call: the next alike is another call. */
export function witnessedMark(arrival: Arrival, node: CallNode): string {
  // What was sent without admin must not use up the word of others.
  const source = isSent(arrival.decoded.record) ? sentKey(sourceOf(arrival)) : sourceOf(arrival);
  return shortHash(`told\0${source}\0${node.call_id}`);
}

/** Keys of a call that a record brought, by which a captured call knows that it was not captured. */
export function reportMarks(arrival: Arrival): string[] {
  return arrival.decoded.record === undefined
    ? []
    : [
        reportedMark(arrival.call_id),
        reportedMark(arrival.call_id, sourceOf(arrival)),
        ...spanMarks([arrival.started_at, arrival.ended_at]),
        ...(arrival.decoded.record.call?.names ?? []).map((name) => nameMark(arrival, name)),
      ];
}

/** Key of a call by a name that its source has for it. */
export function nameMark(arrival: Arrival, name: string): string {
  return shortHash(`named\0${sourceOf(arrival)}\0${arrival.decoded.record?.trace.key}\0${name}`);
}

/** The call that the source told of under one of these names before: what both hold was at one time. */
function namedBefore(arrival: Arrival, lineage: LineageReader): SecondReport | null {
  for (const name of arrival.decoded.record?.call?.names ?? []) {
    for (const node of lineage.byResponseChain(nameMark(arrival, name))) {
      if (node.call_id === arrival.call_id || apart(arrival, node) > 0) continue;
      const stored = lineage.callContent(node.call_id);
      if (stored !== null) return { node, basis: 'response_id', stored };
    }
  }
  return null;
}

/** Reports are found by the five minutes that they fall into. Microseconds. */
const span = 300 * 1_000_000;

function spanMarks(times: Micros[]): string[] {
  return [...new Set(times.map((at) => Math.floor(at / span)))].map((place) => shortHash(`reported-at\0${place}`));
}

function reportedAround({ started_at, ended_at }: Arrival, lineage: LineageReader): boolean {
  const times = [started_at - near, started_at + near, ended_at - near, ended_at + near];
  return spanMarks(times).some((mark) => lineage.byResponseChain(mark).length > 0);
}

function sourceOf({ decoded }: Arrival): string {
  return decoded.record?.source ?? 'proxy';
}

function reportedMark(callId: string, source = ''): string {
  return shortHash(`reported\0${source}\0${callId}`);
}

/** Whether the source of the arrival has told of the stored call before. */
export function reportedBefore(arrival: Arrival, node: CallNode, lineage: LineageReader): boolean {
  const mark = reportedMark(node.call_id, sourceOf(arrival));
  return lineage.byResponseChain(mark).some(({ call_id }) => call_id === node.call_id);
}

function mayBeSame(arrival: Arrival, node: CallNode, basis: SecondReport['basis'], lineage: LineageReader): boolean {
  const isMarked = (mark: string) => lineage.byResponseChain(mark).some(({ call_id }) => call_id === node.call_id);
  if (arrival.decoded.record === undefined) {
    return isMarked(reportedMark(node.call_id)) && !lineage.hasEvent(node.trace_id, witnessedMark(arrival, node));
  }
  if (basis === 'response_id' && !isSent(arrival.decoded.record)) return true;
  // A file tells again of what it told of before, under another key.
  const again = node.started_at === arrival.started_at || node.ended_at === arrival.ended_at;
  if (arrival.decoded.record?.revises === true && again && sourceOf(arrival).startsWith('import:')) return true;
  return (
    !isMarked(reportedMark(node.call_id, sourceOf(arrival))) &&
    !lineage.hasEvent(node.trace_id, witnessedMark(arrival, node))
  );
}

/** Two that name their answers, or their sessions, and not the same, are two: agents say and do the same at the same time. */
function isAnother({ call, session_key }: Arrival, node: CallNode, stored: StoredContent): boolean {
  const id = call.response?.response_id;
  if (id && stored.response_id && id !== stored.response_id) return true;
  const [own, other] = [sessionOf(session_key), sessionOf(node.session_key)];
  return own !== null && other !== null && own !== other;
}

/** Microseconds between the two spans of time; 0 where they overlap. */
function apart(arrival: Arrival, node: CallNode): number {
  return Math.max(0, node.started_at - arrival.ended_at, arrival.started_at - node.ended_at);
}

/** The answers’ text and tool calls in canonical form; null for none. */
function answerText(messages: ChatMessage[]): string | null {
  const texts = messages.flatMap((message) => turnText(message.parts) ?? []);
  // Files give one answer in several messages, the wire in one.
  return texts.length === 0 ? null : turnText(messages.flatMap(({ parts }) => parts));
}

function contentKeys(arrival: Arrival): string[] {
  const { request, response } = arrival.call;
  const parts = (response?.messages ?? []).flatMap((message) => message.parts);
  const whole: ChatMessage = { role: 'assistant', parts };
  const end = request.history_complete ? endAfter(arrival.chain, request.messages, whole) : null;
  const turn = turnText(parts) ?? '';
  const last = arrival.chain.links.at(-1);
  // A few words prove something together with what they answer.
  const pair = last?.side === 'input' ? pairMark(last.text, turn) : null;
  return [end, pair, turnMark(turn)].filter((key) => key !== null);
}

function toolCallIds(messages: ChatMessage[]): string[] {
  const ids = messages.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === 'tool_call' && part.id !== null ? [part.id] : [])),
  );
  return ids.filter((id) => id.length >= uniqueIdLength).slice(0, mostToolCalls);
}

/** For reports without the answer: the same session at the same time with the same counts of tokens. */
function sameUsage(arrival: Arrival, stored: StoredContent, answer: string | null): boolean {
  const usage = arrival.call.response?.usage;
  if (answer !== null && stored.response_messages.length > 0) return false;
  if (!usage || stored.usage === null || usage.output_tokens === undefined) return false;
  return usage.output_tokens === stored.usage.output_tokens && usage.input_tokens === stored.usage.input_tokens;
}
