import { expect, it } from 'vitest';
import { assemble } from '../../../src/main/assemble/index.js';
import { demoExchanges } from '../../../src/main/hosts/demo.js';
import { decoded } from '../../support/conversation.js';
import { memoryLineage } from '../../support/lineage.js';

it('demo', () => {
  const lineage = memoryLineage();
  const ex = demoExchanges(1_795_000_000_000_000);
  for (const e of ex) {
    const a = assemble(decoded(e), lineage);
    lineage.save(a);
    const c = a.call!;
    if (c.new_trace)
      console.log(
        'NEW',
        c.trace_id.slice(-6),
        c.new_trace.title,
        c.new_trace.parent_trace_id,
        c.new_trace.parent_step_id,
        JSON.stringify(c.new_trace.source),
      );
    console.log(
      c.trace_id.slice(-6),
      c.call.edge.rule,
      c.call.edge.confidence,
      c.steps.map((s) => s.type + ('role' in s ? ':' + s.role : '')).join(),
      c.trace_patch.completion_status,
      c.call.cost_usd,
      c.tool_results.length,
      c.call.ttft_ms,
    );
  }
  console.log(
    ex.length,
    lineage.tools().filter((t) => t.status === 'pending'),
  );
});
