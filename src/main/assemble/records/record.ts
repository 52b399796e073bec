import type {
  Assembled,
  AssembledCall,
  AssembledRecord,
  CallNode,
  DecodedExchange,
  IntakeRecord,
  Json,
  LineageReader,
  NewToolCall,
} from '../../../shared/model/index.js';
import { capturedKey, sentKey } from '../../../shared/sent-keys.js';
import { type Arrival, arrivalOf } from '../arrival.js';
import { assembleCall, type Setting } from '../call.js';
import { shortHash } from '../chain/canonical.js';
import { callEffects } from '../effects/index.js';
import { titledMark } from '../side-call.js';
import {
  reportedBefore,
  reportMarks,
  type SecondReport,
  secondReport,
  witnessedMark,
  witnessOf,
} from '../witness/witness.js';
import { amendment, completeEarly, type EarlyResult, earlyResultKey } from './amended.js';
import { awaitedLinks } from './awaited.js';
import { eventNotes, withoutReportedSteps } from './earlier-events.js';
import { marked } from './marked.js';
import { isSent, ofOwnKind, sentMark, withinRights } from './own-kind.js';
import { eventRows } from './record-events.js';
import { homeOf, openedBy, patchOf, type RecordHome, startOf, titleOfRecord, toolStep } from './record-trace.js';
import { asFarAsOwn, underOwnName, withOwnNames } from './restored.js';

/** Puts what others captured into its trace: its call by the threading rules, its events as steps. */
export function assembleRecord(decoded: DecodedExchange, reported: IntakeRecord, stored: LineageReader): Assembled {
  const own = asFarAsOwn(reported, stored);
  if (own === null) return { decoded, call: null };
  return withOwnNames(recordRows(decoded, own, stored), own.restores, stored);
}

function recordRows(decoded: DecodedExchange, reported: IntakeRecord, stored: LineageReader): Assembled {
  const record = withinRights(reported, stored);
  const sent = isSent(record);
  const home = homeOf(record, ofOwnKind(stored, sent));
  const lineage = ofOwnKind(stored, sent, home.stored?.trace_id ?? null);
  if (decoded.call === null) return { decoded, call: null, ...eventsOf(record, home, null, lineage) };

  const arrival = underOwnName(
    arrivalOf(decoded.record === record ? decoded : { ...decoded, record }, decoded.call),
    record.restores,
    lineage,
  );
  const captured = sent ? secondReport(asCaptured(arrival), ofOwnKind(stored, false)) : null;
  if (captured !== null) return witnessAlone(decoded, record, home, arrival, captured, lineage);
  const report = secondReport(arrival, lineage);
  const { trace_id } = record.trace;
  // Who was given an id finds there what was sent under it, whatever else was captured.
  const given = trace_id !== undefined && record.restores === undefined;
  if (report !== null && (!given || trace_id === report.node.trace_id)) {
    const rows = eventsOf(record, home, { report }, lineage);
    if (reportedBefore(arrival, report.node, lineage)) {
      const added = amendment(arrival, report, lineage);
      // Nothing of it is kept: the exchange is in no trace, so the import says of it that it was not taken.
      if (added === 'other' && (record.revises || record.call?.names !== undefined)) return { decoded, call: null };
      if (added === 'other' || added === null) return { decoded, call: null, ...rows };
      rows.record.steps.push(...added.steps);
      rows.record.new_tool_calls.push(...added.new_tool_calls);
      rows.record.tool_results.push(...added.tool_results);
      return { decoded, call: null, ...rows, record: { ...rows.record, amends: added.amends } };
    }
    // A report of what was captured is told once.
    if (record.revises) return { decoded, call: null, ...rows };
    note(rows.record, witnessedMark(arrival, report.node), lineage);
    return { decoded, call: null, witness: witnessOf(arrival, report), ...rows };
  }
  if (record.revises) return { decoded, call: null };
  const setting: Setting = {
    home: home.stored?.trace_id ?? null,
    fresh_id: home.fresh_id,
    marks: reportMarks(arrival),
    open: (_, links) => {
      const opened = openedBy(record, home);
      return {
        ...opened,
        ...(record.trace.title === undefined ? {} : { title: titleOfRecord(record) }),
        parent_trace_id: opened.parent_trace_id ?? links.parent_trace_id,
        parent_step_id: opened.parent_step_id ?? links.parent_step_id,
        // A record that names what it comes from is not looked for by its words.
        predecessor_trace_id:
          opened.predecessor_trace_id ??
          (record.trace.parent_key === undefined && record.trace.predecessor_key === undefined
            ? links.predecessor_trace_id
            : null),
      };
    },
  };
  const { call, effects } = callEffects(assembleCall(arrival, lineage, setting), arrival, lineage);
  // Named by its source: the call's first words are not asked for.
  if (record.trace.title !== undefined) delete call.trace_patch.title;
  // Records come in any order: how the trace ended is what its latest call says.
  const standing = lineage.traceById(call.trace_id);
  if (standing !== null && arrival.ended_at < standing.ended_at) delete call.trace_patch.completion_status;
  const instructions = withoutShown(call, lineage);
  const unreported = withoutReportedSteps(call.trace_id, call.steps, lineage);
  call.steps = unreported.steps;
  for (const tool of call.new_tool_calls) completeEarly(tool, call.trace_id, lineage);
  const rows = eventsOf(record, home, { call }, lineage);
  for (const mark of instructions) note(rows.record, mark, lineage);
  rows.record.notes.push(...earlyResults(call), ...unreported.used);
  if (sent) call.new_tool_calls = call.new_tool_calls.map(sentToolCall);
  return { decoded, call, record: rows.record, effects: [...effects, ...rows.effects] };
}

/** The second report of a captured call by someone who may not add to its trace: what it tells besides stands in a trace of its own. */
function witnessAlone(
  decoded: DecodedExchange,
  record: IntakeRecord,
  home: RecordHome,
  arrival: Arrival,
  report: SecondReport,
  lineage: LineageReader,
): Assembled {
  const witness = witnessOf(arrival, report);
  if (record.events !== undefined && record.events.length > 0) {
    return { decoded, call: null, witness, ...eventsOf(record, home, null, lineage) };
  }
  const { trace_id, ended_at } = report.node;
  const markedRecord = marked(trace_id, lineage.traceById(trace_id)?.ended_at ?? ended_at, []);
  note(markedRecord, witnessedMark(arrival, report.node), lineage);
  return { decoded, call: null, witness, record: markedRecord };
}

function eventsOf(
  record: IntakeRecord,
  home: RecordHome,
  own: { call: AssembledCall } | { report: SecondReport } | null,
  lineage: LineageReader,
): { record: AssembledRecord } & Pick<Required<Assembled>, 'effects'> {
  const call = own !== null && 'call' in own ? own.call : null;
  const node: CallNode | null = own !== null && 'report' in own ? own.report.node : null;
  const trace_id = call?.trace_id ?? node?.trace_id ?? home.stored?.trace_id ?? home.fresh_id;
  const opens = call === null && node === null && home.stored === null;
  const title = titleOfRecord(record);
  const rows = eventRows(
    record,
    trace_id,
    lineage,
    call === null ? null : { call_id: call.call.call_id, tools: call.new_tool_calls },
    own !== null && 'report' in own ? textsIn(own.report) : new Set(),
  );
  const { effects, ended_at, ...added } = rows;
  const patch = patchOf(record, home, ended_at, lineage.traceById(trace_id)?.ended_at ?? null);
  // A captured trace has its name; what a second source calls it is no better.
  if (node !== null) delete patch.title;
  const made: AssembledRecord = {
    trace_id,
    trace_key: record.trace.key,
    new_trace: opens ? { ...openedBy(record, home), trace_id, title, started_at: startOf(record) } : null,
    ...added,
    trace_patch: patch,
  };
  if (record.trace.title !== undefined && node === null) note(made, titledMark(trace_id), lineage);
  const asked = [...(call?.new_tool_calls ?? []), ...made.new_tool_calls];
  const awaited = awaitedLinks(
    record.trace,
    trace_id,
    home,
    lineage,
    (id) => asked.find(({ tool_call_id }) => tool_call_id === id)?.step_id ?? toolStep(trace_id, id, lineage),
  );
  made.notes.push(...awaited.notes);
  if (awaited.links.length > 0) made.links = awaited.links;
  if (call === null && /^(import|watch):/.test(record.source)) made.notes.push(...eventNotes(trace_id, made.steps));
  if (record.trace.aliases !== undefined) made.trace_aliases = record.trace.aliases;
  made.trace_patch = { ...awaited.own, ...made.trace_patch };
  if (isSent(record)) {
    note(made, sentMark, lineage);
    made.new_tool_calls = made.new_tool_calls.map(sentToolCall);
  }
  return { record: made, effects };
}

/** Results in a request that answer no tool call that is known: a file may have been broken where it stood. */
function earlyResults(call: AssembledCall): AssembledRecord['notes'] {
  const callIds = new Set([...call.tool_results, ...call.new_tool_calls].map(({ tool_call_id }) => tool_call_id));
  return call.steps.flatMap((step): AssembledRecord['notes'] => {
    if (step.type !== 'tool_result' || step.tool_call_id === null || callIds.has(step.tool_call_id)) return [];
    const value: EarlyResult = { result: step.result, status: step.is_error ? 'error' : 'ok' };
    return [{ key: earlyResultKey(call.trace_id, step.tool_call_id), value: value as unknown as Json }];
  });
}

/**
 * Takes back the steps of instructions that the trace shows already: a file gives them again wherever a history begins anew.
 * Marks of those that it shows from now on.
 */
function withoutShown(call: AssembledCall, lineage: LineageReader): string[] {
  const marks: string[] = [];
  call.steps = call.steps.filter((step) => {
    if (step.type !== 'message' || (step.role !== 'system' && step.role !== 'developer')) return true;
    const mark = shortHash(`shown\0${step.message_hash}`);
    if (lineage.hasEvent(call.trace_id, mark)) return false;
    marks.push(mark);
    return true;
  });
  return marks;
}

/** As it was captured, if it was: a session that is named is then that of the captured call. */
function asCaptured(arrival: Arrival): Arrival {
  return { ...arrival, session_key: arrival.session_key && capturedKey(arrival.session_key) };
}

/** Found by nothing that was captured. */
function sentToolCall(tool: NewToolCall): NewToolCall {
  return tool.effect_keys === undefined ? tool : { ...tool, effect_keys: tool.effect_keys.map(sentKey) };
}

/** Leaves a mark among the events of the trace, once. */
function note(made: AssembledRecord, mark: string, lineage: LineageReader): void {
  if (!lineage.hasEvent(made.trace_id, mark)) made.event_ids.push(mark);
}

function textsIn({ stored }: SecondReport): ReadonlySet<string> {
  const texts = [...stored.request_messages, ...stored.response_messages].flatMap(({ parts }) =>
    parts.flatMap((part) => ('text' in part ? [part.text.trim()] : [])),
  );
  return new Set(texts);
}
