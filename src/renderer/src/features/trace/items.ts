import type { Step, ToolCall } from '../../../../shared/model/index.js';

type StepOf<T extends Step['type']> = Extract<Step, { type: T }>;

interface ItemBase {
  /** Id of the first step in it: what deep links and selection name. */
  key: string;
  /** Ids of all its steps: a tool call is shown together with its result. */
  step_ids: string[];
  call_id: string | null;
  /** Milliseconds since the epoch. */
  start: number;
  duration_ms: number | null;
  /** First item of its model call: the conversation puts the call's line before it. */
  opens_call: boolean;
}

/** What the conversation and the timeline show as one row. */
export type Item = ItemBase &
  (
    | { kind: 'message'; step: StepOf<'message'> }
    | { kind: 'reasoning'; step: StepOf<'reasoning'> | StepOf<'reasoning_step'> }
    | {
        kind: 'tool';
        call: StepOf<'tool_call'> | null;
        result: StepOf<'tool_result'> | null;
        /** The decision that led to it: most are read from the same call and would only repeat the tool's name. */
        decision: StepOf<'decision'> | null;
      }
    | { kind: 'decision'; step: StepOf<'decision'> }
    | { kind: 'error'; step: StepOf<'error'> }
    | { kind: 'event'; step: EventStep }
  );
export type ToolItem = Extract<Item, { kind: 'tool' }>;
export type EventStep = Exclude<
  Step,
  { type: 'message' | 'reasoning' | 'reasoning_step' | 'tool_call' | 'tool_result' | 'decision' | 'error' }
>;

// Bounded: a vendor that gives every call the same id must not make the search for the open one quadratic.
function remember(map: Map<string, ToolItem[]>, key: string, item: ToolItem): void {
  const items = map.get(key);
  if (!items) map.set(key, [item]);
  else {
    if (items.length >= 64) items.splice(0, items.length - 63);
    items.push(item);
  }
}

/**
 * Puts each tool result with the call it answers (ids are unique only within a model call, so the latest open call of
 * that id wins; without an id the first open one of that name) and everything else in a row of its own, in the order of the steps.
 */
export function toItems(steps: Step[]): Item[] {
  const items: Item[] = [];
  const byId = new Map<string, ToolItem[]>();
  const byName = new Map<string, ToolItem[]>();
  let lastCall: string | null = null;

  for (const step of steps) {
    if (step.type === 'tool_result') {
      const waiting =
        step.tool_call_id === null
          ? byName.get(step.name ?? '')?.find((item) => item.result === null)
          : byId.get(step.tool_call_id)?.findLast((item) => item.result === null);
      if (waiting) {
        waiting.result = step;
        waiting.step_ids.push(step.step_id);
        waiting.duration_ms ??= step.duration_ms ?? null;
        continue;
      }
    }
    const call_id = step.call_id ?? null;
    const base: ItemBase = {
      key: step.step_id,
      step_ids: [step.step_id],
      call_id,
      start: step.timestamp === null ? 0 : Date.parse(step.timestamp),
      duration_ms: step.duration_ms ?? null,
      opens_call: call_id !== null && call_id !== lastCall,
    };
    if (call_id !== null) lastCall = call_id;
    switch (step.type) {
      case 'message':
        items.push({ ...base, kind: 'message', step });
        break;
      case 'reasoning':
      case 'reasoning_step':
        items.push({ ...base, kind: 'reasoning', step });
        break;
      case 'tool_call': {
        const item: ToolItem = { ...base, kind: 'tool', call: step, result: null, decision: null };
        const last = items.at(-1);
        if (last?.kind === 'decision' && last.call_id === call_id) {
          items.pop();
          item.decision = last.step;
          item.step_ids.push(last.step.step_id);
          item.opens_call = last.opens_call;
        }
        items.push(item);
        remember(byId, step.tool_call_id, item);
        remember(byName, step.name, item);
        break;
      }
      case 'tool_result':
        items.push({ ...base, kind: 'tool', call: null, result: step, decision: null });
        break;
      case 'decision': {
        const led = items.findLast((item) => item.call_id === call_id || item.kind !== 'tool');
        if (led?.kind === 'tool' && call_id !== null) {
          led.decision = step;
          led.step_ids.push(step.step_id);
        } else items.push({ ...base, kind: 'decision', step });
        break;
      }
      case 'error':
        items.push({ ...base, kind: 'error', step });
        break;
      default:
        items.push({ ...base, kind: 'event', step });
    }
  }
  return items;
}

/** Item index by step id: deep links may name any step of an item. */
export function indexByStep(items: Item[]): Map<string, number> {
  const index = new Map<string, number>();
  items.forEach((item, at) => {
    for (const id of item.step_ids) index.set(id, at);
  });
  return index;
}

/** How a tool item stands: the result step knows first, then the paired tool call, then the call step. */
export function toolStatus(item: ToolItem, paired: ToolCall | undefined): 'ok' | 'error' | 'pending' {
  if (paired !== undefined && paired.metadata.judged !== undefined && paired.status !== 'pending') return paired.status;
  if (item.result) return item.result.is_error || paired?.status === 'error' ? 'error' : 'ok';
  return paired?.status ?? item.call?.status ?? 'ok';
}
