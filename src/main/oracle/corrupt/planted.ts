import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import type { GoldTrace } from '../../../shared/model/gold-trace.js';
import { type Json, type Step, stepSchema } from '../../../shared/model/index.js';
import type { JobStep } from '../../ground/job-kind.js';
import { parseJson } from '../../ground/json.js';
import { openCatalogue } from '../catalogue.js';
import type { Domain } from '../domains/domain.js';
import { goldIn } from '../gold-in.js';
import { replay } from '../simulator/replay.js';
import type { Catalogue } from '../validators/index.js';
import type { World } from '../world/world.js';
import { type Corrupted, corrupt, corruptions } from './index.js';

const plantedSchema = z.object({
  trace_id: z.string(),
  /** The corruption's. */
  kind: z.string(),
  /** The first step that is wrong, of `wrong`. */
  step_id: z.string(),
  what: z.string(),
  /** The trace's own steps, and those of the sibling that goes wrong; the task of both says who asks and under which policy. */
  clean: z.array(stepSchema),
  wrong: z.array(stepSchema),
});
export type PlantedSibling = z.infer<typeof plantedSchema>;

interface Stored {
  trace_id: string;
  steps: readonly Step[];
}
type CallStep = Extract<Step, { type: 'tool_call' }>;
type ResultStep = Extract<Step, { type: 'tool_result' }>;
interface Answered {
  call: CallStep;
  result: ResultStep | null;
}

/**
 * Siblings that go wrong of a gold trace as the store has it, one for each kind that it has room for: what differs is made anew and passes `clean`,
 * all else stays as it was stored. None of other traces, and of siblings that go wrong themselves.
 */
export function plantedIn(
  catalogue: Catalogue,
  { trace_id, steps }: Stored,
  clean: (text: string) => string,
): PlantedSibling[] {
  const gold = goldIn(steps);
  if (gold?.['corrupted'] !== undefined) return [];
  const domain = gold === null ? null : catalogue.domain(gold.graph.calls[0]?.tool_id.split('.')[0] ?? '');
  if (gold === null || domain === null || gold.world === undefined) return [];
  const world = catalogue.world(domain, gold.world);
  const answered = answeredIn(steps);
  const first = steps.findIndex(({ type }) => type === 'tool_call');
  const ordered = gold.graph.execution_order.flatMap((id) => answered.get(id) ?? []);
  if (first === -1 || ordered.length !== gold.graph.calls.length) return [];
  const head = (trace: GoldTrace) => withContext(steps.slice(0, first), trace);
  return corruptions.flatMap((kind) => {
    const sibling = corrupt(kind, gold, domain, world, 1);
    if (sibling === null) return [];
    const made = stepsOf({ domain, world, gold, sibling, answered, clean });
    if (made === null) return [];
    return [
      {
        trace_id,
        kind: kind.id,
        what: sibling.corrupted.what,
        step_id: made.wrong,
        clean: [...head(gold), ...ordered.flatMap(both)],
        wrong: [...head(sibling), ...made.steps],
      },
    ];
  });
}

function answeredIn(steps: readonly Step[]): Map<string, Answered> {
  const found = new Map<string, Answered>();
  for (const step of steps) {
    if (step.type === 'tool_call') found.set(step.tool_call_id, { call: step, result: null });
    const of = step.type === 'tool_result' ? found.get(step.tool_call_id ?? '') : undefined;
    if (of !== undefined && step.type === 'tool_result') of.result ??= step;
  }
  return found;
}

const both = ({ call, result }: Answered): Step[] => (result === null ? [call] : [call, result]);

/** Whoever judges has to know what is allowed, and to whom. */
function withContext(steps: readonly Step[], { request, policy }: GoldTrace): Step[] {
  const { persona } = request;
  const who = persona === undefined ? '' : `\nAsked by a ${persona.role} of ${persona.tenant}.`;
  const context = `${who}\nThe policy:\n${policy.rules.map((rule) => `- ${rule}`).join('\n')}`;
  const task = steps.findIndex((step) => step.type === 'message' && step.role === 'user');
  return steps.map((step, at) =>
    at === task && step.type === 'message' ? { ...step, content: `${step.content}\n${context}` } : step,
  );
}

interface Making {
  domain: Domain;
  world: World;
  gold: GoldTrace;
  sibling: Corrupted;
  answered: ReadonlyMap<string, Answered>;
  clean(text: string): string;
}

/** What the sibling's calls are in steps, and the first that is wrong; null where nothing of it shows. */
function stepsOf({ domain, world, gold, sibling, answered, clean }: Making): { steps: Step[]; wrong: string } | null {
  const before = replay(domain, world, gold).outcomes;
  const after = replay(domain, world, sibling).outcomes;
  const goldCalls = new Map(gold.graph.calls.map((call) => [call.call_id, call]));
  const calls = new Map(sibling.graph.calls.map((call) => [call.call_id, call]));
  const cleaned = (value: unknown): Json => parseJson(clean(JSON.stringify(value))) ?? null;
  const steps: Step[] = [];
  let wrong: string | null = null;
  const [template] = answered.values();
  for (const [place, id] of sibling.graph.execution_order.entries()) {
    const call = calls.get(id);
    if (call === undefined || template === undefined) continue;
    const own = answered.get(id);
    const same = own !== undefined && isDeepStrictEqual(goldCalls.get(id)?.arguments, call.arguments);
    const called: CallStep = same
      ? own.call
      : {
          ...(own ?? template).call,
          ...(own === undefined && { step_id: madeId(template.call, place * 2) }),
          tool_call_id: id,
          name: call.tool_id,
          arguments: cleaned(call.arguments),
          status: 'ok',
        };
    const outcome = after.get(id);
    const sameResult = own?.result != null && isDeepStrictEqual(before.get(id), outcome);
    const result: ResultStep | null = sameResult
      ? own.result
      : outcome === undefined
        ? null
        : {
            ...(own?.result ?? template.result ?? called),
            ...(own?.result == null && { step_id: madeId(template.call, place * 2 + 1) }),
            type: 'tool_result',
            tool_call_id: id,
            name: call.tool_id,
            result: cleaned(outcome.ok ? outcome.result : { error: outcome.error }),
            is_error: !outcome.ok,
          };
    if (wrong === null && (!same || gold.graph.execution_order[place] !== id)) wrong = called.step_id;
    steps.push(...both({ call: called, result }));
  }
  wrong ??= outOfRole(domain, sibling, answered);
  return wrong === null ? null : { steps, wrong };
}

/** Nothing was done otherwise, but by another. */
function outOfRole(
  domain: Domain,
  { request, graph }: GoldTrace,
  answered: ReadonlyMap<string, Answered>,
): string | null {
  const role = request.persona?.role ?? '';
  const id = graph.execution_order.find((each) => {
    const name = graph.calls.find(({ call_id }) => call_id === each)?.tool_id.slice(domain.id.length + 1);
    return domain.rules.some((rule) => rule.kind === 'role' && rule.tool === name && !rule.roles.includes(role));
  });
  return (id !== undefined && answered.get(id)?.call.step_id) || null;
}

/** An id of a step that is nowhere stored: that of another with another end. */
const madeId = ({ step_id }: Step, number: number): string =>
  `${step_id.slice(0, 24)}${(0xfb0000000000 + number).toString(16)}`;

/** Plants corruptions into gold traces of the store: each reads a domain, which takes some 20 ms. */
export const plantInGold: JobStep<
  { folders: string[]; trace_ids: string[] },
  PlantedSibling[],
  { trace(traceId: string): Stored | null; redact(text: string): string }
> = {
  id: 'oracle-plant',
  params: z.object({ folders: z.array(z.string()), trace_ids: z.array(z.string()) }),
  result: z.array(plantedSchema),
  async run({ folders, trace_ids }, { signal }, { trace, redact }) {
    const catalogue = openCatalogue(folders);
    const planted: PlantedSibling[] = [];
    for (const id of trace_ids) {
      signal.throwIfAborted();
      const stored = trace(id);
      if (stored !== null) planted.push(...plantedIn(catalogue, stored, redact));
      await new Promise(setImmediate);
    }
    return planted;
  },
};
