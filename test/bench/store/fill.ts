import { openWriter } from '../../../src/main/store/index.js';
import type { Assembled } from '../../../src/shared/model/index.js';
import { Random, vocabulary } from './random.js';
import { session } from './session.js';

export interface FillOptions {
  path: string;
  traces: number;
  toolCalls: number;
  seed: number;
  onProgress?: (share: number, perSecond: number) => void;
}

export interface FillResult {
  exchanges: number;
  tool_calls: number;
  /** Of the writer, by the clock. */
  seconds: number;
  /** Of the writer, of processor time: what counts on a machine that others use too. */
  cpu_seconds: number;
}

export const words = vocabulary(20_000);
export const tools = Array.from({ length: 40 }, (_, index) => `${words[index * 7]}_tool`);
export const models = ['gpt-5.2', 'gpt-5.2-mini', 'claude-opus-5', 'claude-haiku-5', 'llama-4:70b', 'grok-5'];
export const clients = Array.from({ length: 12 }, (_, index) => `agent-${index}/1.${index}`);
/** Stands in one trace of a thousand. */
export const rareWord = 'palimpsest';
export const origin = 1_780_000_000_000_000;

/** Sessions that run at the same time, as with several agents at one proxy. */
const concurrent = 24;
const batchSize = 64;

/** Fills a database through the real writer; only its time is counted, not the making of the records. */
export function fill(options: FillOptions): FillResult {
  const { path, traces, toolCalls, seed, onProgress } = options;
  const random = new Random(seed);
  // Agents of today ask for several tools at a time.
  const perTurn = 4;
  // The traces' lengths vary by one turn either way around this.
  const turns = Math.max(1, Math.round(toolCalls / traces / perTurn));
  const writer = openWriter(path, { sealKey: new Uint8Array(32) });
  const running: Generator<Assembled>[] = [];
  let begun = 0;
  let exchanges = 0;
  let stored = 0;
  let millis = 0;
  let cpu = 0;
  const begin = () => {
    const index = begun++;
    return session({
      random,
      words,
      started_at: origin + index * 20_000_000,
      turns: Math.max(1, turns - 1 + random.below(3)),
      toolCallsPerTurn: perTurn,
      resultChars: 150 + random.below(250),
      name: `session-${index}`,
      client: clients[random.skewed(clients.length)] as string,
      model: models[random.skewed(models.length)] as string,
      tools,
      ...(index % 1000 === 7 ? { planted: rareWord } : {}),
    });
  };
  while (stored < toolCalls || running.length > 0) {
    const batch: Assembled[] = [];
    while (batch.length < batchSize) {
      while (running.length < concurrent && begun < traces) running.push(begin());
      if (running.length === 0) break;
      const at = random.below(running.length);
      const { value, done } = (running[at] as Generator<Assembled>).next();
      if (done) running.splice(at, 1);
      else batch.push(value);
    }
    if (batch.length === 0) break;
    const from = performance.now();
    const cpuFrom = process.cpuUsage();
    writer.transaction(() => {
      for (const assembled of batch) writer.save(assembled);
      writer.setCursor(`00:1:${exchanges}`);
    });
    millis += performance.now() - from;
    const { user, system } = process.cpuUsage(cpuFrom);
    cpu += user + system;
    exchanges += batch.length;
    for (const { call } of batch) stored += call?.new_tool_calls.length ?? 0;
    if (onProgress && (exchanges / batchSize) % 200 === 0) {
      onProgress(Math.min(1, stored / toolCalls), (exchanges / millis) * 1000);
    }
  }
  writer.close();
  return { exchanges, tool_calls: stored, seconds: millis / 1000, cpu_seconds: cpu / 1e6 };
}
