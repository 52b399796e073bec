import { startChild } from './child.js';
import type { LoadJob, LoadResult } from './load.js';
import type { Peer } from './peers.js';
import { median } from './stats.js';

export interface ThroughputResult {
  name: string;
  label: string;
  connections: number;
  /** Medians over the rounds. */
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  rounds: number[];
  /** Sluice only: how long after the load until everything was in the store, and that it was everything. */
  stored?: { secondsUntil: number; sent: number; stored: number };
}

export interface ThroughputOptions {
  host: string;
  modelPort: number;
  connections: number;
  rounds: number;
  seconds: number;
  progress(message: string): void;
}

let nextSerial = 1;

/** Every peer once a round, the order turned around each time: a machine that slows down slows all alike. */
export async function measureThroughput(peers: Peer[], options: ThroughputOptions): Promise<ThroughputResult[]> {
  const load = startChild<LoadJob, LoadResult>('load');
  const found = new Map<string, LoadResult[]>(peers.map(({ name }) => [name, []]));
  const stored = new Map<string, { secondsUntil: number[]; sent: number; stored: number }>();
  try {
    for (let round = 0; round < options.rounds; round++) {
      for (const peer of round % 2 === 0 ? peers : peers.toReversed()) {
        const before = peer.engine ? await storedCount(peer) : 0;
        const result = await load.ask({
          route: { host: options.host, port: options.modelPort, proxyPort: peer.proxyPort, ca: peer.ca },
          connections: options.connections,
          warmupMs: 1000,
          measureMs: options.seconds * 1000,
          firstSerial: nextSerial,
        });
        nextSerial += result.sent + options.connections;
        found.get(peer.name)?.push(result);
        if (peer.engine) {
          const from = performance.now();
          await peer.engine.settled();
          const entry = stored.get(peer.name) ?? { secondsUntil: [], sent: 0, stored: 0 };
          entry.secondsUntil.push((performance.now() - from) / 1000);
          entry.sent += result.sent;
          entry.stored += (await storedCount(peer)) - before;
          stored.set(peer.name, entry);
        }
        options.progress(
          `${options.connections} connections, round ${round + 1}: ${peer.name} ${Math.round(result.requestsPerSecond)}/s`,
        );
      }
    }
  } finally {
    await load.stop();
  }
  return peers.map(({ name, label }) => {
    const results = found.get(name) ?? [];
    const kept = stored.get(name);
    return {
      name,
      label,
      connections: options.connections,
      requestsPerSecond: median(results.map((result) => result.requestsPerSecond)),
      p50Ms: median(results.map((result) => result.p50Ms)),
      p99Ms: median(results.map((result) => result.p99Ms)),
      rounds: results.map((result) => Math.round(result.requestsPerSecond)),
      ...(kept ? { stored: { ...kept, secondsUntil: median(kept.secondsUntil) } } : {}),
    };
  });
}

/** What is in the store and could be read; anything else is an error of its own. */
async function storedCount(peer: Peer): Promise<number> {
  const health = await peer.engine?.api('/health');
  const { stored, failed, undecoded } = health.exchanges;
  if (failed > 0 || undecoded > 0) throw new Error(`${failed} exchanges failed, ${undecoded} could not be read`);
  return stored;
}
