import * as z from 'zod';
import type { ModelMessage } from '../../ground/language-model.js';
import { type Domain, isTenant } from '../domains/domain.js';
import { dependenciesOf, type Plan, type PlannedCall, type Source, shapeOf } from '../sampler/plan.js';
import type { Sampled } from '../sampler/sample.js';
import { type Caller, simulate, stateOf } from '../simulator/simulate.js';
import { placeIn } from '../validators/feeds.js';
import type { Value, World } from '../world/world.js';

export const callsVersion = '1';

/** Calls of one trace at most: what plans more has lost its way. */
const mostCalls = 12;

const valueSchema = z.union([z.string(), z.number(), z.boolean()]);

export const callsReply = z.object({
  calls: z
    .array(
      z.object({
        id: z.string(),
        tool: z.string(),
        arguments: z.array(
          z.object({
            name: z.string(),
            /** As it is given; null where it comes from an earlier call. */
            value: valueSchema.nullable(),
            from: z.object({ call: z.string(), path: z.string() }).nullable(),
          }),
        ),
      }),
    )
    .min(1)
    .max(mostCalls),
});
export type CallsReply = z.infer<typeof callsReply>;

const instructions = [
  'You are the assistant. Plan the calls of tools that fulfil the request, in the order in which they run, with ids call_1, call_2 and so on.',
  'Give each argument either a value (of the request, or of the session) or a place in the result of an earlier call: from.call is its id,',
  'from.path the place, such as invoices[0].invoice_id; the other of the two is null. Do not make up ids: what the request does not name is looked up first.',
  'Read no more than is needed: the fewest rows, the lowest tier, the conditions of the request as filters, a limit where the request has a number.',
  'Do nothing that was not asked for. Every rule of the policy holds; confirmed is true only where the request confirms.',
  'Where the same is to be done to several rows, each gets a call of its own.',
].join(' ');

/** Phase 2: what the assistant would do, planned at once; results are not seen before. */
export function callsPrompt(domain: Domain, { caller, world }: Sampled, request: string): ModelMessage[] {
  const asked = {
    session: { person: caller.name, role: caller.role, [domain.file.caller.tenant]: caller.tenant, today: world.today },
    policy: domain.rules.map(({ says }) => says),
    tools: [...domain.tools.values()].map(({ name, file, parameters, result, tier, effect }) => ({
      name,
      about: file.about,
      effect,
      tier,
      arguments: parameters,
      result,
    })),
    request,
  };
  return [
    { role: 'system', content: instructions },
    { role: 'user', content: JSON.stringify(asked) },
  ];
}

/** The calls as they ran, or why they do not. */
export type RanCalls = { plan: Pick<Plan, 'calls' | 'dependencies' | 'shape'> } | { problem: string };

/** Runs what was planned on the simulator: places are looked up as results come. */
export function runCalls(
  domain: Domain,
  { world, caller }: { world: World; caller: Caller },
  { calls: planned }: CallsReply,
): RanCalls {
  const state = stateOf(world);
  const calls: PlannedCall[] = [];
  const places = new Map<string, number>();
  for (const [at, { id, tool: named, arguments: given }] of planned.entries()) {
    const tool = domain.tools.get(named.startsWith(`${domain.id}.`) ? named.slice(domain.id.length + 1) : named);
    if (tool === undefined) return { problem: `there is no tool ${named}` };
    if (places.has(id)) return { problem: `two calls are ${id}` };
    const args: Record<string, Value> = {};
    const sources: Record<string, Source> = {};
    for (const { name, value, from } of given) {
      if (Object.hasOwn(args, name)) return { problem: `${id} gives ${name} twice` };
      if (from === null) {
        if (value === null) return { problem: `${id} gives nothing for ${name}` };
        args[name] = value;
        sources[name] = {
          from: isTenant(domain.file, tool.entity, name) && value === caller.tenant ? 'system' : 'user',
        };
        continue;
      }
      const call = places.get(from.call);
      if (call === undefined) return { problem: `${id} takes ${name} of ${from.call}, which is no call before it` };
      const found = valueSchema.safeParse(placeIn(calls[call]?.outcome.result, from.path));
      if (!found.success) return { problem: `${id} takes ${name} of ${from.path}, where ${from.call} gives nothing` };
      args[name] = found.data;
      sources[name] = { from: 'call', call, path: from.path };
    }
    const lacking = tool.arguments.find(({ name, required }) => required && !Object.hasOwn(args, name));
    if (lacking !== undefined) return { problem: `${id} lacks ${lacking.name}` };
    const outcome = simulate(domain, state, tool, args, caller);
    if (!outcome.ok) return { problem: `${id} is refused: ${outcome.error}` };
    calls.push({ tool, args, sources, outcome, goal: null });
    places.set(id, at);
  }
  const dependencies = dependenciesOf(calls);
  return { plan: { calls, dependencies, shape: shapeOf(dependencies) } };
}
