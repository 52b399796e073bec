import type { AssembledRecord, IntakeTrace, Json, LineageReader, TracePatch } from '../../../shared/model/index.js';
import { shortHash } from '../chain/canonical.js';
import { type RecordHome, traceByKey } from './record-trace.js';

/** So many traces may wait for one; of more the last are linked. */
const mostWaiting = 1000;

/** What a trace that is not there yet, or a tool call in it that is not, will be to the one that waits for it. */
interface Waiting {
  trace_id: string;
  for: 'parent' | 'predecessor' | 'child' | 'successor';
  tool_call_id?: string;
  /** Of a child: the step of the trace that waits, which spawned it. */
  step_id?: string;
}

/** What the links of a trace add: to others, to itself, and what waits. */
export interface AwaitedLinks {
  notes: AssembledRecord['notes'];
  links: NonNullable<AssembledRecord['links']>;
  own: Pick<TracePatch, 'parent_trace_id' | 'parent_step_id' | 'predecessor_trace_id'>;
}

/**
 * Links between traces whichever came first: files and their rows come in any order. What waits is a note under the key of
 * the trace that it waits for.
 * @param stepOf the step of a tool call of this trace
 */
export function awaitedLinks(
  trace: IntakeTrace,
  traceId: string,
  home: RecordHome,
  lineage: LineageReader,
  stepOf: (toolCallId: string) => string | null,
): AwaitedLinks {
  const found: AwaitedLinks = { notes: [], links: [], own: {} };
  const keys = [trace.key, ...(trace.aliases ?? [])];
  const notes = new Map<string, Waiting[]>();
  const waitingFor = (key: string): Waiting[] => {
    const noted = notes.get(key) ?? lineage.note(noteKey(key));
    return Array.isArray(noted) ? (noted as Waiting[]) : [];
  };
  const wait = (key: string, waiting: Waiting) => {
    const noted = waitingFor(key);
    if (keys.includes(key) || noted.some((one) => one.trace_id === traceId && one.for === waiting.for)) return;
    notes.set(key, [...noted, waiting].slice(-mostWaiting));
  };

  const { parent_key, predecessor_key, parent_tool_call_id } = trace;
  const unplaced = parent_tool_call_id !== undefined && home.parent_step_id === null;
  if (parent_key !== undefined && (home.parent_trace_id === null || unplaced)) {
    const tool = parent_tool_call_id === undefined ? {} : { tool_call_id: parent_tool_call_id };
    wait(parent_key, { trace_id: traceId, for: 'parent', ...tool });
  }
  if (predecessor_key !== undefined && home.predecessor_trace_id === null) {
    wait(predecessor_key, { trace_id: traceId, for: 'predecessor' });
  }
  for (const { key, tool_call_id } of trace.spawns ?? []) {
    const step_id = tool_call_id === undefined ? null : stepOf(tool_call_id);
    const step = step_id === null ? {} : { step_id };
    const child = traceByKey(key, lineage);
    if (child === null) wait(key, { trace_id: traceId, for: 'child', ...step });
    else if (child !== traceId) found.links.push(toParent(child, traceId, step));
  }
  for (const key of trace.continued_by ?? []) {
    const successor = traceByKey(key, lineage);
    if (successor === null) wait(key, { trace_id: traceId, for: 'successor' });
    else if (successor !== traceId) found.links.push({ trace_id: successor, predecessor_trace_id: traceId });
  }

  for (const key of keys) {
    const waiting = waitingFor(key);
    const still: Waiting[] = [];
    for (const one of waiting) {
      if (one.trace_id === traceId) continue;
      if (one.for === 'child') {
        const { trace_id: _own, ...link } = toParent(traceId, one.trace_id, one);
        found.own = { ...found.own, ...link };
      } else if (one.for === 'successor') found.own.predecessor_trace_id = one.trace_id;
      else if (one.for === 'predecessor') found.links.push({ trace_id: one.trace_id, predecessor_trace_id: traceId });
      else {
        const step_id = one.tool_call_id === undefined ? null : stepOf(one.tool_call_id);
        found.links.push(toParent(one.trace_id, traceId, step_id === null ? {} : { step_id }));
        if (one.tool_call_id !== undefined && step_id === null) still.push(one);
      }
    }
    if (still.length < waiting.length) notes.set(key, still);
  }
  for (const [key, waiting] of notes)
    found.notes.push({ key: noteKey(key), value: waiting.length === 0 ? null : (waiting as unknown as Json) });
  return found;
}

function toParent(child: string, parent: string, { step_id }: { step_id?: string }): AwaitedLinks['links'][number] {
  return { trace_id: child, parent_trace_id: parent, ...(step_id === undefined ? {} : { parent_step_id: step_id }) };
}

function noteKey(key: string): string {
  return shortHash(`awaited\0${key}`);
}
