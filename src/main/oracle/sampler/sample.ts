import type { GoldAsk, GoldTrace, SensitivityTier } from '../../../shared/model/gold-trace.js';
import type { Domain, Tool } from '../domains/domain.js';
import { higherOf } from '../domains/tiers.js';
import { broken } from '../policies/index.js';
import type { RunCall, Trial } from '../policies/policy.js';
import { type Random, random } from '../random.js';
import { type Caller, stateOf } from '../simulator/simulate.js';
import { person } from '../world/names.js';
import type { Value, World } from '../world/world.js';
import { type Plan, type PlannedCall, planFor, type Shape, type Source } from './plan.js';
import { requestOf } from './say.js';
import { type Style, styles } from './speech.js';

/** How often each shape of calls is tried for. */
export type ShapeWeights = readonly (readonly [Wish, number])[];
export const defaultShapes: ShapeWeights = [
  ['single', 3],
  ['chain', 3],
  ['dag', 6],
];

/** What one trace is made of: the same for the same seed, domain and index, whatever was made before. */
export interface SampleOf {
  seed: number;
  index: number;
  shapes: ShapeWeights;
  worlds: (number: number) => World;
  /** Worlds to choose from. */
  worldCount: number;
  /** Only of this intent. */
  intent?: string;
  /** Only what quotas ask for. */
  aim?: Aim;
}

/** What one trace is to be, where quotas say so. */
export interface Aim {
  /** Null: any that gives the shape. */
  intent: string | null;
  shape: Shape;
  /** How many calls; null: as many as it takes. */
  calls: number | null;
  /** The wish that gives this shape most often. */
  wish: Wish;
}

export type Wish = Exclude<Shape, 'parallel'>;

/** Worlds of each domain that a run's traces take place in. */
export const worldCount = 8;

const mostTries = 40;
/** Where what comes out has to be what was asked for. */
const mostAimed = 400;

/** Who asks for what in which world, and the calls that fulfil it: before anybody has said it. */
export interface Sampled {
  plan: Plan;
  world: World;
  caller: Caller;
  style: Style;
  /** The request by grammar. */
  text: string;
  intent: string;
  category: string;
  index: number;
  seed: number;
  /** For what else is to be chosen. */
  dice: Random;
}

/** A trace by grammar and simulator alone, that breaks no rule of the domain. Throws RangeError where no world has one. */
export function sampleTrace(domain: Domain, of: SampleOf): GoldTrace & { shape: Shape } {
  const made = sampled(domain, of);
  return { ...traceOf(domain, made), shape: made.plan.shape };
}

/** What a trace is made of. Throws RangeError where no world has one. */
export function sampled(domain: Domain, of: SampleOf): Sampled {
  const { seed, index, shapes, aim } = of;
  const dice = random('sample', seed, domain.id, index);
  for (let tries = 0; tries < (aim === undefined ? mostTries : mostAimed); tries += 1) {
    const tried = tryPlan(
      domain,
      of,
      aim?.intent ?? of.intent ?? null,
      aim === undefined ? shapes : [[aim.wish, 1]],
      dice,
    );
    if (tried === null || (aim !== undefined && !hits(tried.plan, aim))) continue;
    const { plan, intent } = tried;
    const { because, category } = domain.file.intents[intent] as Domain['file']['intents'][string];
    const style = dice.pick(styles);
    const text = requestOf(domain, plan.goals, because, style, dice);
    return { ...tried, style, text, category, index, seed, dice };
  }
  throw new RangeError(
    `${domain.id}: no request could be made of ${aim?.intent ?? of.intent ?? 'its intents'} in ${mostTries} tries`,
  );
}

const hits = ({ shape, calls }: Plan, aim: Aim): boolean =>
  shape === aim.shape && (aim.calls === null || calls.length === aim.calls);

/** One try at calls for an intent, any where null. Null where nothing of the world fits, or a rule is broken. */
export function tryPlan(
  domain: Domain,
  { worlds, worldCount }: Pick<SampleOf, 'worlds' | 'worldCount'>,
  only: string | null,
  shapes: ShapeWeights,
  dice: Random,
): Pick<Sampled, 'plan' | 'world' | 'caller' | 'intent'> | null {
  const world = worlds(dice.number(worldCount));
  const intent = only ?? dice.pick(Object.keys(domain.file.intents));
  const { goals } = domain.file.intents[intent] as Domain['file']['intents'][string];
  const tools = goals.map((goal) => domain.tools.get(goal) as Tool);
  const caller = callerOf(domain, tools, world, dice);
  const plan = planFor(domain, tools, dice.weighted(shapes), dice, stateOf(world), caller);
  return plan === null || breaksPolicy(domain, plan, caller) ? null : { plan, world, caller, intent };
}

function callerOf(domain: Domain, tools: readonly Tool[], world: World, dice: Random): Caller {
  const { roles, tenant } = domain.file.caller;
  const allowed = roles.filter((role) =>
    domain.rules.every(
      (rule) => rule.kind !== 'role' || rule.roles.includes(role) || !tools.some(({ name }) => name === rule.tool),
    ),
  );
  const own = dice.pick(world.rows.get(tenant) ?? [])[`${tenant}_id`] as string;
  return { name: person(dice), role: dice.pick(allowed.length > 0 ? allowed : roles), tenant: own };
}

function breaksPolicy(domain: Domain, plan: Plan, caller: Caller): boolean {
  const trial: Trial = { domain, caller, calls: plan.calls.map(runCall) };
  return domain.rules.some((rule) => broken(rule, trial).length > 0);
}

function runCall({ tool, args, sources, outcome }: PlannedCall, index: number): RunCall {
  return { id: callId(index), tool, args, rows: outcome.rows, before: outcome.before, sources: sourcesOf(sources) };
}

const callId = (index: number): string => `call_${index + 1}`;

const sourcesOf = (sources: { [name: string]: Source }): RunCall['sources'] =>
  Object.fromEntries(
    Object.entries(sources).map(([name, source]) => [
      name,
      source.from === 'call'
        ? { source_type: 'tool' as const, source_id: callId(source.call), path: source.path }
        : { source_type: source.from },
    ]),
  );

/** What a plan's goals ask for, in numbers and values. */
export const asksOf = ({ goals, calls }: Plan): GoldAsk[] =>
  goals.map(({ tool, it, given }, goal) => {
    const made = calls.filter((call) => call.goal === goal);
    const first = made[0] as PlannedCall;
    const filters = Object.entries(first.args).filter(([name]) => name !== 'limit' && name !== 'confirmed');
    return {
      tool_id: tool.id,
      rows: it?.count === 'all' ? null : tool.file.does === 'find' ? (it?.count ?? 1) : made.length,
      filters: Object.fromEntries(tool.file.does === 'find' || tool.file.does === 'total' ? filters : []),
      values: Object.fromEntries(
        Object.entries(given).flatMap(([name, { value, phrase }]) => (phrase === null ? [[name, value]] : [])),
      ),
    };
  });

/** The trace of what was sampled; `asks`: what the request asks for, where its calls are not those that were planned. */
export function traceOf(
  domain: Domain,
  { plan, world, caller, style, text, intent, category, index, seed, dice }: Sampled,
  asks: GoldAsk[] = asksOf(plan),
): GoldTrace {
  const requestId = `${domain.id}_req_${index}`;
  const calls = plan.calls.map((call, at): GoldTrace['graph']['calls'][number] => {
    const feeding = Object.values(call.sources).find((source) => source.from === 'call');
    return {
      call_id: callId(at),
      tool_id: call.tool.id,
      arguments: call.args,
      scope: { rows_requested: rowsAsked(call), sensitivity_tier: call.tool.tier },
      provenance:
        feeding?.from === 'call'
          ? { source_type: 'tool', source_id: callId(feeding.call) }
          : { source_type: 'user', source_id: requestId },
      dependencies: (plan.dependencies[at] as number[]).map(callId),
      argument_sources: sourcesOf(call.sources),
    };
  });
  const most = domain.rules.flatMap((rule) => (rule.kind === 'rows' && rule.tool === undefined ? [rule.most] : []));
  const minutes = 7 * 60 + dice.number(12 * 60);
  return {
    trace_id: `${domain.id}_${String(index + 1).padStart(8, '0')}`,
    request: {
      request_id: requestId,
      domain: domain.title,
      text,
      intent_category: category,
      expected_scope: {
        rows_requested: Math.max(...calls.map(({ scope }) => scope.rows_requested)),
        sensitivity_tier: plan.calls.reduce<SensitivityTier>((tier, { tool }) => higherOf(tier, tool.tier), 'public'),
      },
      intent,
      asks,
      persona: { name: caller.name, role: caller.role, tenant: caller.tenant, style },
    },
    policy: {
      policy_id: `${domain.id}_policy_v1`,
      domain: domain.title,
      rules: domain.rules.map(({ says }) => says),
      scope_limits: most.length > 0 ? { max_results: Math.min(...most) } : {},
    },
    graph: { graph_id: `graph_${requestId}`, calls, execution_order: calls.map(({ call_id }) => call_id) },
    validated: true,
    created_at: `${world.today}T${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}:00Z`,
    results: Object.fromEntries(plan.calls.map(({ outcome }, at) => [callId(at), outcome.result])),
    generator: 'sampler',
    seed,
    world: world.number,
  };
}

/** Rows of `find`: as many as it may give; of all else the one that it is about. A total gives none away. */
const rowsAsked = ({ tool, args, outcome }: PlannedCall): number =>
  tool.file.does === 'find'
    ? Number((args as { limit?: Value }).limit ?? outcome.rows.length)
    : tool.file.does === 'total'
      ? 0
      : 1;
