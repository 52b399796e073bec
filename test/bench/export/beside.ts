import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from '../../support/certificates.js';
import type { Engine } from '../../support/engine.js';
import { startChild } from '../capture/child.js';
import type { ModelJob, ModelPorts } from '../capture/model.js';
import { sluice } from '../capture/peers.js';
import { median } from '../capture/stats.js';
import type { StreamsJob, StreamsResult } from '../capture/streams.js';
import { prose, Random, vocabulary } from '../store/random.js';

const host = 'localhost';
/** As several agents at once have them. */
const streams = { streams: 20, chunks: 75, gapMs: 20, turns: 3 };

export interface Beside {
  traces: number;
  rounds: number;
  /** Medians over the rounds: how late a chunk of a stream comes through the proxy. */
  alone: { p50_ms: number; p99_ms: number };
  building: { p50_ms: number; p99_ms: number };
  /** What building makes of the p99, of each round: streams alone and beside builds follow one another at once. */
  ratios: number[];
  /** Of the machine over the last minute, before the first round and after the last. */
  load: [number, number];
  /** Datasets that were built meanwhile. */
  built: number;
}

/**
 * How late chunks of streams come through an engine that has `traces` stored, alone and while datasets of all of them are built
 * one after the other: in turns, every other round the other way round, so that what else the machine does concerns both.
 */
export async function captureBeside(traces: number, rounds: number): Promise<Beside> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-beside-'));
  const certificates = await makeCertificates([host, '127.0.0.1']);
  const model = startChild<ModelJob, ModelPorts>('model');
  const client = startChild<StreamsJob, StreamsResult>('streams');
  const peer = await sluice(host, certificates);
  const engine = peer.engine as Engine;
  try {
    const { long } = await model.ask({ cert: certificates.cert, key: certificates.key });
    const file = join(folder, 'chat.jsonl');
    writeFileSync(file, conversations(traces));
    await engine.api('/import', { body: { path: file } });
    await ended(engine);
    await engine.settled();
    const measure = async () => {
      const route = { host, port: long, proxyPort: peer.proxyPort, ca: peer.ca };
      const { chunk } = await client.ask({ route, ...streams });
      await engine.settled();
      return chunk;
    };
    // The first streams and the first build of an engine are slower than all later ones.
    await measure();
    let built = 0;
    const build = async () => {
      const out = join(folder, `built-${built}`);
      await engine.api('/exports', { body: { layout: 'openai-chat', format: 'jsonl', query: '', out } });
      await ended(engine);
      rmSync(out, { recursive: true });
      built += 1;
    };
    await build();
    built = 0;
    const alone: StreamsResult['chunk'][] = [];
    const building: StreamsResult['chunk'][] = [];
    const measureBeside = async () => {
      let measured = false;
      const builds = (async () => {
        while (!measured) await build();
      })();
      const chunk = await measure();
      measured = true;
      await builds;
      building.push(chunk);
    };
    const load = loadavg()[0] as number;
    for (let round = 0; round < rounds; round++) {
      if (round % 2 === 1) await measureBeside();
      alone.push(await measure());
      if (round % 2 === 0) await measureBeside();
    }
    const ratios = building.map(({ p99Ms }, at) => p99Ms / (alone[at] as StreamsResult['chunk']).p99Ms);
    const told = (found: readonly StreamsResult['chunk'][]) => ({
      p50_ms: median(found.map(({ p50Ms }) => p50Ms)),
      p99_ms: median(found.map(({ p99Ms }) => p99Ms)),
    });
    return {
      traces,
      rounds,
      alone: told(alone),
      building: told(building),
      ratios,
      load: [load, loadavg()[0] as number],
      built,
    };
  } finally {
    await peer.stop();
    await client.stop();
    await model.stop();
    certificates.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function ended(engine: Engine): Promise<void> {
  const job = await engine.until<{ state: string; error?: unknown }>(
    '/jobs',
    ({ items }) => !/queued|running/.test(items[0].state) && items[0],
    1_800_000,
  );
  if (job.state !== 'done') throw new Error(`A job of the engine ended as ${JSON.stringify(job)}`);
}

/** Conversations of some kilobytes, one a line. */
function conversations(count: number): string {
  const random = new Random(7);
  const words = vocabulary(20_000);
  const said = (role: string, chars: number) => ({ role, content: prose(random, words, chars) });
  return Array.from({ length: count }, () =>
    JSON.stringify({
      messages: [said('user', 600), said('assistant', 900), said('user', 300), said('assistant', 1200)],
    }),
  ).join('\n');
}
