import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assemble } from '../../../src/main/assemble/index.js';
import { clientName, decodeExchange, readExchange } from '../../../src/main/decode/index.js';
import { createRedactor, defaultPolicy } from '../../../src/main/redact/index.js';
import { openWriter } from '../../../src/main/store/index.js';
import { Agent, type Labelled, World } from './agent.js';
import { trafficOf } from './families.js';
import { cpuMicros } from './measure.js';

export interface Cost {
  traces: number;
  /** Microseconds of processor time that assembling one call takes while this many traces stand, lookups included. */
  micros_per_call: number;
}

const window = 1500;
const batch = 256;

/** Cost of assembling a call while the number of traces in the store grows. */
export function costOf(seed: number, sizes: readonly number[]): Cost[] {
  if (sizes.length === 0) return [];
  const redactor = createRedactor({ policy: defaultPolicy, key: new Uint8Array(32).fill(7) });
  const folder = mkdtempSync(join(tmpdir(), 'sluice-lineage-'));
  const writer = openWriter(join(folder, 'sluice.db'), { sealKey: new Uint8Array(32), clientName });
  let traces = 0;
  const take = (labels: Labelled[]) => {
    let micros = 0;
    for (let from = 0; from < labels.length; from += batch) {
      writer.transaction(() => {
        const began = { cpu: cpuMicros(), at: performance.now() };
        let clock = 0;
        for (const { exchange } of labels.slice(from, from + batch)) {
          for (const decoded of decodeExchange(redactor.exchange(readExchange(exchange)))) {
            const at = performance.now();
            const assembled = assemble(decoded, writer.lineage, clientName);
            clock += performance.now() - at;
            if (assembled.call?.new_trace) traces++;
            writer.save(assembled);
          }
        }
        micros += ((cpuMicros() - began.cpu) * clock) / (performance.now() - began.at);
      });
    }
    return micros / labels.length;
  };
  try {
    const beginnings = new Beginnings(seed);
    take(trafficOf('plain', 'bare', window, seed + 1));
    return [...sizes]
      .sort((a, b) => a - b)
      .map((size, index) => {
        while (traces < size) take(beginnings.next(Math.min(batch, size - traces)));
        const standing = traces;
        return { traces: standing, micros_per_call: take(trafficOf('plain', 'bare', window, seed + 2 + index)) };
      });
  } finally {
    writer.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Conversations of one call with the same prompt: what is looked up by prompt and client is the most it can be. */
class Beginnings {
  readonly #world: World;
  readonly #system: string;
  #connection = 1_000_000;

  constructor(seed: number) {
    this.#world = new World(seed);
    this.#system = this.#world.texts.between(200, 300);
  }

  next(count: number): Labelled[] {
    const { texts, out } = this.#world;
    for (let index = 0; index < count; index++) {
      const connection = this.#connection++;
      const agent = new Agent(this.#world, {
        session: String(connection),
        format: 'openai-chat',
        system: this.#system,
        headers: [],
        userAgent: 'OpenAI/JS 7.1.0',
        connection: () => connection,
        stream: false,
        now: 1_780_000_000_000_000 + connection * 40_000,
        toolIds: 'vendor',
      });
      agent.user(texts.between(60, 200));
      agent.call({ text: texts.between(40, 200) });
    }
    return out.splice(0);
  }
}
