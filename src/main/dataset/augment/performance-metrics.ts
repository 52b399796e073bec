import { type Augmenter, derived } from './augmenter.js';

/** Says of an example what its answer took: time, tokens, cost, and the time of the tools it asked for. */
export const performanceMetrics = {
  id: 'performance-metrics',
  title: 'Performance metrics',
  description: 'What the answer took: milliseconds, tokens, US dollars, and the milliseconds of its tools.',
  kind: 'annotated',
  *derive(example) {
    const { call, trace } = example;
    const tools = trace.tool_calls.filter(
      ({ call_id, duration_ms }) => call_id === call.call_id && duration_ms !== null,
    );
    const performance = {
      ...(call.duration_ms === null ? {} : { duration_ms: call.duration_ms }),
      ...(call.ttft_ms === null ? {} : { ttft_ms: call.ttft_ms }),
      ...(call.cost_usd === null ? {} : { cost_usd: call.cost_usd }),
      ...(call.usage === null ? {} : { usage: { ...call.usage } }),
      ...(tools.length === 0 ? {} : { tools_ms: tools.reduce((sum, { duration_ms }) => sum + (duration_ms ?? 0), 0) }),
    };
    if (Object.keys(performance).length === 0) yield { skipped: 'nothing of what it took is known' };
    else yield derived(example, 'performance-metrics', 'said what it took', { performance }, {});
  },
} satisfies Augmenter;
