import {
  type AssembledRecord,
  type EffectChange,
  type IntakeEvent,
  type IntakeRecord,
  isOwnTest,
  type LineageReader,
  type NewDecision,
  type NewStep,
  type NewToolCall,
  toIso,
} from '../../../shared/model/index.js';
import { nulJoinedId } from '../../ground/derived-ids.js';
import { transitionAsked } from '../transitions/rules.js';
import { ofTool, transitionStep } from '../transitions/transition.js';
import { stepBase } from './record-step.js';
import { RecordTools } from './record-tools.js';

type Of<T extends IntakeEvent['type']> = Extract<IntakeEvent, { type: T }>;

/** What the events of one record add to its trace. */
export interface EventRows
  extends Pick<AssembledRecord, 'steps' | 'new_tool_calls' | 'tool_results' | 'scores' | 'event_ids' | 'notes'> {
  new_decisions: NewDecision[];
  effects: EffectChange[];
  ended_at: number;
}

/**
 * Steps, tool calls, decisions and scores of a record's events. An event whose id the trace has is left out, so that
 * batches may overlap.
 * @param own tool calls and results that the record's own call brought, which events may answer
 * @param shownTexts texts that the trace shows already, of a call that was captured before: not told a second time
 */
export function eventRows(
  record: IntakeRecord,
  traceId: string,
  lineage: LineageReader,
  own: { call_id: string; tools: NewToolCall[] } | null,
  shownTexts: ReadonlySet<string>,
): EventRows {
  const steps: NewStep[] = [];
  const scores: AssembledRecord['scores'] = [];
  const new_decisions: NewDecision[] = [];
  const event_ids = new Set<string>();
  const tools = new RecordTools(record, traceId, lineage, own);
  let ended_at = record.ended_at;

  for (const { event, index } of inOrder(record.events ?? [])) {
    const { event_id } = event;
    const end = event.at + Math.round((event.duration_ms ?? 0) * 1000);
    // What is said or run of a trace afterwards makes it no longer.
    const within = event.type !== 'score' && !isOwnTest(event);
    // A file may hold any number: one that is no time must not become the trace's end.
    if (within && end <= Number.MAX_SAFE_INTEGER) ended_at = Math.max(ended_at, end);
    if (event_id !== undefined) {
      if (event_ids.has(event_id) || lineage.hasEvent(traceId, event_id)) continue;
      event_ids.add(event_id);
    }
    const label = event_id === undefined ? `${record.key}#${index}` : `event ${event_id}`;
    const step_id = nulJoinedId(event.at, traceId, label);
    switch (event.type) {
      case 'tool_call':
        steps.push(...withChange(tools.asked({ event, label, step_id }), event, label, traceId));
        break;
      case 'tool_result':
        steps.push(...tools.answered({ event, label, step_id }));
        break;
      case 'tool_execution':
        steps.push(...tools.executed({ event, label, step_id }));
        break;
      case 'decision': {
        const decision = decisionOf(event, nulJoinedId(event.at, traceId, label, 'decision'), traceId);
        new_decisions.push(decision);
        steps.push({ ...stepBase(event, step_id), type: 'decision', decision_id: decision.decision_id });
        break;
      }
      case 'score': {
        const { type: _type, at: _at, event_id: _id, duration_ms: _duration, agent: _agent, ...score } = event;
        scores.push({ score_id: step_id, ...score });
        break;
      }
      default:
        if ((event.type === 'message' || event.type === 'reasoning') && shownTexts.has(event.content.trim())) break;
        steps.push(plainStep(event, step_id));
    }
  }
  return {
    steps,
    new_tool_calls: tools.rows,
    tool_results: tools.results,
    notes: tools.notes,
    effects: tools.effects,
    scores,
    new_decisions,
    event_ids: [...event_ids],
    ended_at,
  };
}

/** The steps of a tool call that was told of, and what it changes. */
function withChange(steps: NewStep[], event: Of<'tool_call'>, label: string, traceId: string): NewStep[] {
  const [asked] = steps;
  const transition = transitionAsked(event.name, event.arguments);
  if (asked?.type !== 'tool_call' || transition === null) return steps;
  const step_id = nulJoinedId(event.at, traceId, label, 'change');
  const { duration_ms: _, ...base } = stepBase(event, step_id);
  return [...steps, transitionStep(ofTool(transition, asked.tool_call_id), base)];
}

/** Events by time; those of the same moment as they were sent. */
function inOrder(events: IntakeEvent[]): { event: IntakeEvent; index: number }[] {
  return events.map((event, index) => ({ event, index })).sort((a, b) => a.event.at - b.event.at);
}

function plainStep(
  event: Exclude<IntakeEvent, { type: 'tool_call' | 'tool_result' | 'tool_execution' | 'decision' | 'score' }>,
  step_id: string,
): NewStep {
  const { event_id: _, ...fields } = event;
  return { step_id, ...fields };
}

function decisionOf(event: Of<'decision'>, decision_id: string, traceId: string): NewDecision {
  const { type: _, at, event_id: _event, duration_ms: _duration, agent: _agent, ...fields } = event;
  return { decision_id, trace_id: traceId, call_id: null, timestamp: toIso(at), ...fields, origin: 'explicit' };
}
