import type { GoldCall, GoldTrace } from '../../../shared/model/gold-trace.js';
import { listOf } from '../../ground/list.js';
import type { Random } from '../random.js';

/** A violation that a validator is there to find, put into a valid trace to see whether it does. */
export interface Seeded {
  readonly id: string;
  readonly validator: string;
  /** False where the trace has no place for it. */
  plant(trace: GoldTrace, dice: Random): boolean;
}

const any = ({ graph }: GoldTrace, dice: Random): GoldCall => dice.pick(graph.calls);

/** Of each validator that no corruption is made for; those have siblings of their own. */
export const seeded: readonly Seeded[] = listOf('seeded violations', [
  {
    id: 'policy-left-out',
    validator: 'shape',
    plant: (trace) => Reflect.deleteProperty(trace, 'policy'),
  },
  {
    id: 'stranger-tool',
    validator: 'tools',
    plant(trace, dice) {
      any(trace, dice).tool_id += '_now';
      return true;
    },
  },
  {
    id: 'stranger-argument',
    validator: 'argument-schema',
    plant(trace, dice) {
      any(trace, dice).arguments['override'] = true;
      return true;
    },
  },
  {
    id: 'stranger-result',
    validator: 'result-schema',
    plant(trace, dice) {
      Object.assign(trace.results?.[any(trace, dice).call_id] as object, { debug: 1 });
      return true;
    },
  },
  {
    id: 'missing-dependency',
    validator: 'dependencies',
    plant(trace, dice) {
      const call = any(trace, dice);
      call.dependencies = [...(call.dependencies ?? []), `call_${trace.graph.calls.length + 1 + dice.number(9)}`];
      return true;
    },
  },
  {
    id: 'circle',
    validator: 'acyclic',
    plant({ graph: { calls } }, dice) {
      const later = calls.filter(({ dependencies = [] }) => dependencies.length > 0);
      const call = later.length === 0 ? (calls[0] as GoldCall) : dice.pick(later);
      const before = calls.find(({ call_id }) => call_id === call.dependencies?.[0]) ?? call;
      before.dependencies = [...(before.dependencies ?? []), call.call_id];
      return true;
    },
  },
  {
    id: 'other-row',
    validator: 'feeds',
    plant({ graph: { calls } }, dice) {
      const fed = calls.flatMap(({ argument_sources: sources = {} }) =>
        Object.values(sources).flatMap((source) => (source.source_type === 'tool' ? [source] : [])),
      );
      if (fed.length === 0) return false;
      const source = dice.pick(fed);
      source.path = source.path.includes('[') ? source.path.replace(/\[\d+\]/, '[97]') : `${source.path}.more`;
      return true;
    },
  },
  {
    id: 'stranger-request',
    validator: 'provenance',
    plant(trace, dice) {
      any(trace, dice).provenance = { source_type: 'user', source_id: `${trace.request.request_id}0` };
      return true;
    },
  },
  {
    id: 'other-result',
    validator: 'simulation',
    plant(trace, dice) {
      const results = trace.graph.calls.flatMap(({ call_id }) => {
        const result = trace.results?.[call_id] as { [key: string]: unknown } | undefined;
        const numbers = Object.keys(result ?? {}).filter((key) => typeof result?.[key] === 'number');
        return numbers.map((key) => ({ result: result as { [key: string]: unknown }, key }));
      });
      if (results.length === 0) return false;
      const { result, key } = dice.pick(results);
      result[key] = (result[key] as number) + 1 + dice.number(5);
      return true;
    },
  },
  ...[1.1, 2, 10].map(
    (times): Seeded => ({
      id: `over-fetching-${times}`,
      validator: 'scope-limits',
      plant(trace, dice) {
        const call = any(trace, dice);
        const more = Math.max(
          trace.request.expected_scope.rows_requested + 1,
          Math.ceil(trace.request.expected_scope.rows_requested * times),
        );
        call.scope.rows_requested = more;
        return true;
      },
    }),
  ),
  {
    id: 'higher-tier',
    validator: 'scope-limits',
    plant(trace, dice) {
      if (trace.request.expected_scope.sensitivity_tier === 'restricted') return false;
      any(trace, dice).scope.sensitivity_tier = 'restricted';
      return true;
    },
  },
  {
    id: 'stranger-in-the-request',
    validator: 'agreement',
    plant(trace, dice) {
      const ids = trace.graph.calls.flatMap(({ arguments: args }) =>
        Object.values(args).filter((value) => typeof value === 'string' && /^[A-Z]{2,5}-\d{4}$/.test(value)),
      );
      if (ids.length === 0) return false;
      trace.request.text += ` And ${String(dice.pick(ids)).slice(0, -4)}9${100 + dice.number(900)}.`;
      return true;
    },
  },
]);
