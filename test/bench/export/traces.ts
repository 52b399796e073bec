import type { Json, Trace } from '../../../src/shared/model/index.js';
import { testCall, testId, testTrace } from '../../support/traces.js';
import { prose, Random, vocabulary } from '../store/random.js';

/** Tool calls of a trace. */
export const callsPerTrace = 100;
const tools = 'read_file search run_tests edit_file list_files fetch'.split(' ');
const words = vocabulary(20_000);

/** Traces of tool calls whose rows are about 1 kB, no two with the same text. */
export function* generatedTraces(calls: number, seed: number): Generator<Trace> {
  const random = new Random(seed);
  for (let first = 0; first < calls; first += callsPerTrace) {
    const number = first / callsPerTrace + 1;
    const trace_id = testId(1, number);
    const call_id = testId(2, number);
    const count = Math.min(callsPerTrace, calls - first);
    const trace = testTrace({
      trace_id,
      calls: [testCall({ call_id })],
      tool_calls: Array.from({ length: count }, (_, at) => ({
        tool_call_id: `call_${number}_${at}`,
        trace_id,
        call_id,
        step_id: null,
        name: random.pick(tools),
        arguments: {
          path: `src/${words[random.below(words.length)]}/${words[random.below(words.length)]}.ts`,
          lines: random.below(400),
        },
        result: { text: prose(random, words, 420), found: random.below(50) } as Json,
        status: 'ok' as const,
        timestamp: new Date(1_795_000_000_000 + first * 1000 + at).toISOString(),
        duration_ms: random.below(2000),
        metadata: {},
      })),
    });
    // As the store gives it: texts that were put together of pieces cost whoever reads them first.
    yield JSON.parse(JSON.stringify(trace)) as Trace;
  }
}
