import { startChild } from './child.js';
import type { Peer } from './peers.js';
import { median } from './stats.js';
import type { StreamsJob, StreamsResult } from './streams.js';

export interface StreamingResult {
  name: string;
  label: string;
  /** Over direct; for `direct` itself the absolute values. Medians over the rounds. */
  firstByte: { p50Ms: number; p99Ms: number };
  chunk: { p50Ms: number; p99Ms: number };
}

export interface StreamingOptions {
  host: string;
  modelPort: number;
  streams: number;
  rounds: number;
  progress(message: string): void;
}

/** Delay of stamped chunks through each peer, over the delay without one measured right beside it. */
export async function measureStreaming(peers: Peer[], options: StreamingOptions): Promise<StreamingResult[]> {
  const direct = peers.find(({ proxyPort }) => proxyPort === null);
  if (!direct) throw new Error('The delay is measured against direct; it cannot be left out.');
  const client = startChild<StreamsJob, StreamsResult>('streams');
  const found = new Map<string, StreamsResult[]>(peers.map(({ name }) => [name, []]));
  const measure = async (peer: Peer) => {
    const result = await client.ask({
      route: { host: options.host, port: options.modelPort, proxyPort: peer.proxyPort, ca: peer.ca },
      streams: options.streams,
      chunks: 75,
      gapMs: 20,
      turns: 3,
    });
    await peer.engine?.settled();
    return result;
  };
  try {
    // The first streams of every process are slower than all later ones: they are not counted.
    for (const peer of peers) await measure(peer);
    for (let round = 0; round < options.rounds; round++) {
      for (const peer of round % 2 === 0 ? peers : peers.toReversed()) {
        const result = await measure(peer);
        found.get(peer.name)?.push(result);
        options.progress(`streams, round ${round + 1}: ${peer.name} p99 ${result.chunk.p99Ms.toFixed(2)} ms`);
      }
    }
  } finally {
    await client.stop();
  }
  const value = (peer: Peer, pick: (result: StreamsResult) => number) =>
    median((found.get(peer.name) ?? []).map(pick)) -
    (peer === direct ? 0 : median((found.get(direct.name) ?? []).map(pick)));
  return peers.map((peer) => ({
    name: peer.name,
    label: peer.label,
    firstByte: {
      p50Ms: value(peer, ({ firstByte }) => firstByte.p50Ms),
      p99Ms: value(peer, ({ firstByte }) => firstByte.p99Ms),
    },
    chunk: { p50Ms: value(peer, ({ chunk }) => chunk.p50Ms), p99Ms: value(peer, ({ chunk }) => chunk.p99Ms) },
  }));
}
