import { assemble } from '../../../src/main/assemble/index.js';
import { decodeExchange, readExchange } from '../../../src/main/decode/index.js';
import { createRedactor, defaultPolicy } from '../../../src/main/redact/index.js';
import { memoryLineage } from '../../support/lineage.js';
import { trafficOf } from './families.js';

export interface Cost {
  traces: number;
  /** Microseconds that assembling one call takes, over the last calls before this many traces stand. */
  micros_per_call: number;
}

const window = 2000;

/** Cost of assembling a call while the number of traces grows. */
export function costOf(seed: number, sizes: readonly number[]): Cost[] {
  const redactor = createRedactor({ policy: defaultPolicy, key: new Uint8Array(32).fill(7) });
  const lineage = memoryLineage();
  const costs: Cost[] = [];
  let round = 0;
  for (const traces of sizes) {
    const recent: number[] = [];
    while (lineage.traces.size < traces || recent.length < window) {
      // The same prompt and the same first words in every round: what is looked up by them is the most it can be.
      for (const { exchange } of trafficOf('plain', 'bare', window, seed + round++)) {
        for (const decoded of decodeExchange(redactor.exchange(readExchange(exchange)))) {
          const began = performance.now();
          const assembled = assemble(decoded, lineage);
          recent.push(performance.now() - began);
          lineage.save(assembled);
        }
      }
    }
    const last = recent.slice(-window);
    costs.push({
      traces: lineage.traces.size,
      micros_per_call: (last.reduce((a, b) => a + b, 0) / last.length) * 1000,
    });
  }
  return costs;
}
