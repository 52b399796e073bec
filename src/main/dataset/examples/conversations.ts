import type { Trace } from '../../../shared/model/index.js';
import type { ExportSource } from '../source.js';
import { branches } from './branches.js';
import type { ExampleItem } from './example.js';

/** Every finished conversation of a trace; its last answer is what is expected. */
export function* conversations(trace: Trace, source: Pick<ExportSource, 'callMessages'>): Generator<ExampleItem> {
  for (const branch of branches(trace, source)) {
    if ('skipped' in branch) yield branch;
    else {
      const { end, messages } = branch;
      yield { example: { trace, call: end, messages, expected: messages.length - 1 } };
    }
  }
}
