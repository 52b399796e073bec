import type { Trace } from '../../../shared/model/index.js';
import { conversations } from '../examples/conversations.js';
import type { Example, ExampleItem } from '../examples/example.js';
import type { ExampleSource } from './package.js';

/** Every finished conversation of a trace with what `add` gives, or the reason why the trace is not taken. */
export function* wholeConversations(
  trace: Trace,
  source: ExampleSource,
  reason: string | null,
  add: (example: Example) => Example = (example) => example,
): Generator<ExampleItem> {
  if (reason !== null) {
    yield { skipped: reason };
    return;
  }
  for (const item of conversations(trace, source)) yield 'skipped' in item ? item : { example: add(item.example) };
}

/** Whether a trace came to its end, and nothing says that it came to a bad one. */
export function unsuccessful(trace: Trace): string | null {
  if (trace.completion_status !== 'completed') return `the trace is ${trace.completion_status}`;
  if (trace.review?.label === 'rejected') return 'a reviewer rejected it';
  return trace.qa_results?.tests_passed === false ? 'its tests failed' : null;
}
