import type {
  Assembled,
  Call,
  IntakeRecord,
  LineageReader,
  NewStep,
  NewToolCall,
  Restored,
} from '../../../shared/model/index.js';
import { stepLikeness } from '../../../shared/step-likeness.js';
import { nulJoinedId } from '../../ground/derived-ids.js';
import type { Arrival } from '../arrival.js';
import { isSent } from './own-kind.js';

/**
 * A record of one of our own exports, which keeps its names only where that is nobody else's: brought by the engine itself, of a
 * trace that this store does not hold or that came out of the same export. Null where the store holds the trace itself.
 */
export function asFarAsOwn(record: IntakeRecord, lineage: LineageReader): IntakeRecord | null {
  const { restores, ...plain } = record;
  if (restores === undefined) return record;
  if (isSent(record)) return plain;
  const { trace } = record;
  const standing = lineage.byTraceKey(trace.key)?.trace_id;
  // An earlier version stored it under a name of its own.
  if (standing !== undefined && standing !== restores.trace_id) return plain;
  if (standing === undefined && lineage.traceById(restores.trace_id) !== null) return null;
  const { metadata: _metadata, ...bare } = trace;
  return {
    ...record,
    trace: {
      ...bare,
      ...(restores.metadata === null ? {} : { metadata: restores.metadata }),
      trace_id: restores.trace_id,
    },
  };
}

/** The call under its own name, where nobody has that. */
export function underOwnName(arrival: Arrival, restores: Restored | undefined, lineage: LineageReader): Arrival {
  const call_id = restores?.call?.call_id;
  return call_id === undefined || lineage.callContent(call_id) !== null ? arrival : { ...arrival, call_id };
}

/** What was made of the record, under the names that the export has for it. */
export function withOwnNames(made: Assembled, restores: Restored | undefined, lineage: LineageReader): Assembled {
  if (restores === undefined) return made;
  const rows = [made.call, made.record].filter((each) => each !== null && each !== undefined);
  const names = namesOf(
    rows.flatMap(({ steps }) => steps),
    restores.steps,
  );
  const ids = rows.flatMap(({ new_decisions }) => new_decisions);
  const decisions = new Map(
    ids.map(({ decision_id }, place) => [decision_id, restores.decisions[place] ?? decision_id]),
  );
  for (const row of rows) {
    row.steps = row.steps.map((step) => ({
      ...withAgent(step, names.get(step.step_id)?.agent),
      step_id: names.get(step.step_id)?.step_id ?? step.step_id,
      ...(step.type === 'decision' ? { decision_id: decisions.get(step.decision_id) ?? step.decision_id } : {}),
    }));
    row.new_tool_calls = row.new_tool_calls.map((tool) => {
      const step_id = names.get(tool.step_id)?.step_id ?? tool.step_id;
      const { duration } = tool.metadata;
      const told = restores.tools[step_id];
      if (told === undefined) return { ...tool, step_id };
      // In its order: what is not told comes last.
      const metadata: NewToolCall['metadata'] = { ...told };
      if (duration !== undefined) metadata['duration'] ??= duration;
      return { ...tool, step_id, metadata };
    });
    row.new_decisions = row.new_decisions.map((decision) => ({
      ...decision,
      decision_id: decisions.get(decision.decision_id) ?? decision.decision_id,
    }));
    row.tool_results = row.tool_results.map((result) => ({
      ...result,
      duration_ms: restores.durations?.[result.tool_call_id] ?? result.duration_ms,
    }));
    if (restores.revision !== undefined) row.trace_patch.revision = restores.revision;
    if (restores.parent_step_id !== undefined) row.trace_patch.parent_step_id = restores.parent_step_id;
  }
  if (made.record !== undefined)
    made.record.scores = made.record.scores.map((score, place) => ({ ...score, ...restores.scores?.[place] }));
  if (made.record?.links !== undefined)
    made.record.links = made.record.links.map((link) => ({ ...link, restored: true }));
  if (made.call !== null && restores.call !== undefined) Object.assign(made.call.call, ofCall(restores.call, lineage));
  return made;
}

/** The step with its agent, at the place that it has among the fields of others. */
function withAgent(step: NewStep, agent: string | undefined): NewStep {
  if (agent === undefined || step.agent !== undefined) return step;
  const { step_id, at, call_id, ...rest } = step;
  const hash = 'message_hash' in rest ? { message_hash: rest.message_hash } : {};
  return { step_id, at, ...(call_id === undefined ? {} : { call_id }), ...hash, agent, ...rest } as NewStep;
}

function ofCall(told: NonNullable<Restored['call']>, lineage: LineageReader): Partial<Call> {
  const parent = told.parent_call_id;
  const known = parent !== null && lineage.call(parent) !== null;
  return { edge: told.edge, ...(known ? { parent_call_id: parent } : {}) };
}

/** Steps find the names of those that say the same kind of thing, in their order; no two get the same. */
function namesOf(steps: readonly NewStep[], told: Restored['steps']): Map<string, { step_id: string; agent?: string }> {
  const waiting = Map.groupBy(told, ({ like }) => like);
  const names = new Map(
    steps.flatMap((step): [string, { step_id: string; agent?: string }][] => {
      const name = waiting.get(stepLikeness(step as unknown as { [field: string]: unknown }))?.shift();
      if (name === undefined) return [];
      const { like: _, ...own } = name;
      return [[step.step_id, own]];
    }),
  );
  const taken = new Set([...names.values()].map(({ step_id }) => step_id));
  for (const { step_id, at } of steps) {
    if (!names.has(step_id) && taken.has(step_id)) names.set(step_id, { step_id: nulJoinedId(at, step_id, 'again') });
  }
  return names;
}
