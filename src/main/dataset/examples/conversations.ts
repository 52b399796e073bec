import type { Trace } from '../../../shared/model/index.js';
import type { ExportSource } from '../source.js';
import { type Branch, branches } from './branches.js';
import type { ExampleItem } from './example.js';

/** Every finished conversation of a trace; its last answer is what is expected. */
export function* conversations(trace: Trace, source: Pick<ExportSource, 'callMessages'>): Generator<ExampleItem> {
  for (const branch of branches(trace, source)) {
    if ('skipped' in branch) yield branch;
    else {
      const { end, messages } = branch;
      const whole = endsWhole(trace, branch) ? { ends_with_calls: true } : {};
      yield { example: { trace, call: end, messages, expected: messages.length - 1, ...whole } };
    }
  }
}

/** A gold trace ends with its last call: what that gave is known, and nobody answers to it. */
function endsWhole({ kind, tool_calls }: Trace, { end }: Branch): boolean {
  const last = tool_calls.filter(({ call_id }) => call_id === end.call_id);
  return kind === 'gold' && last.length > 0 && last.every(({ status }) => status !== 'pending');
}
