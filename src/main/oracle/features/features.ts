import { type GoldTrace, goldTraceSchema } from '../../../shared/model/gold-trace.js';
import type { Call, Step } from '../../../shared/model/index.js';
import { type Features, featureNames } from '../../../shared/model/oracle-features.js';
import type { IntentMapping } from '../../../shared/model/oracle-intent.js';
import { parseJson } from '../../ground/json.js';
import { goldIn } from '../gold-in.js';
import { askedIn } from '../intents/asked.js';
import { bareName, intentOf } from '../intents/intent.js';
import type { Lexicons } from '../intents/lexicon.js';
import type { Catalogue } from '../validators/index.js';
import { measures } from './energies.js';
import { type Observed, type ObservedCall, observedGold, toolOf } from './observed.js';

/** A trace as the store has it. */
export interface Captured {
  steps: readonly Step[];
  calls: readonly Pick<Call, 'tools_offered'>[];
}

/** What is measured of a gold trace, by what it tells of itself. */
export const featuresOfGold = (catalogue: Catalogue, gold: GoldTrace): Features =>
  measured(observedGold(catalogue.domain(gold.graph.calls[0]?.tool_id.split('.')[0] ?? ''), gold));

/** The same of a line of a file; null where it is no gold trace. */
export function featuresOfLine(catalogue: Catalogue, line: string): { trace_id: string; features: Features } | null {
  const read = goldTraceSchema.safeParse(parseJson(line));
  return read.success ? { trace_id: read.data.trace_id, features: featuresOfGold(catalogue, read.data) } : null;
}

/** The same of a trace of the store: a gold one tells it, of all others it is read from what was said, called and given. */
export function featuresOf(catalogue: Catalogue, lexicons: Lexicons, trace: Captured): Features {
  const gold = goldIn(trace.steps);
  return gold === null ? measured(observedCaptured(catalogue, lexicons, trace)) : featuresOfGold(catalogue, gold);
}

function measured(observed: Observed): Features {
  const { domain, intent, category } = observed;
  return {
    domain: domain?.id ?? null,
    intent: domain === null || intent === null ? null : `${domain.id}.${intent}`,
    intent_category: category,
    measures: Object.fromEntries(
      featureNames.map((name) => {
        const told = measures[name](observed);
        return [name, typeof told === 'number' ? { value: told, reason: null } : { value: null, ...told }];
      }),
    ) as Features['measures'],
  };
}

function observedCaptured(catalogue: Catalogue, lexicons: Lexicons, trace: Captured): Observed {
  const mapping: IntentMapping = intentOf(lexicons, askedIn(trace));
  const domain = mapping.domain === null ? null : catalogue.domain(mapping.domain);
  const { rows_requested: rows, all_that_fit, sensitivity_tier: tier } = mapping.expected_scope;
  const results = new Map(
    trace.steps.flatMap((step) => (step.type === 'tool_result' ? [[step.tool_call_id, step.result] as const] : [])),
  );
  return {
    domain,
    intent: mapping.intent,
    category: mapping.intent_category,
    said: trace.steps
      .flatMap((step) => (step.type === 'message' && step.role === 'user' ? [step.content] : []))
      .join('\n'),
    asked: domain === null ? null : new Set(mapping.tools),
    expected: tier === null || (rows === null && !all_that_fit) ? null : { rows, tier },
    unknown: mapping.unknown,
    calls: trace.steps.flatMap((step): ObservedCall[] => {
      if (step.type !== 'tool_call') return [];
      const { name, arguments: args } = step;
      const result = results.get(step.tool_call_id);
      return [
        {
          name,
          tool: toolOf(domain, bareName(name)),
          arguments: typeof args === 'object' && args !== null && !Array.isArray(args) ? args : {},
          result: parsed(result),
          told: {},
          cause: null,
        },
      ];
    }),
  };
}

/** Results are JSON, or text that holds it. */
const parsed = (result: unknown): unknown => (typeof result === 'string' ? (parseJson(result) ?? result) : result);
