import { parseArgs } from 'node:util';
import { formats } from '../../../src/main/decode/index.js';
import { createRedactor, defaultPolicy } from '../../../src/main/redact/index.js';
import { withPayload } from '../../support/event-stream.js';
import { eventStreamType, type WireCase, wireCases, wireExchange } from '../../support/wire-exchanges.js';
import { decoded, prefixLost, wrong } from './check.js';
import { eventsOf, type Mutation, mutations } from './mutations.js';
import { Random } from './random.js';

interface Row {
  format: string;
  cases: number;
  decoded: number;
  seconds: number;
  failures: string[];
}

const mostShown = 20;
/** One in so many cases also checks what an unharmed prefix gives; it costs two more decodings. */
const prefixEvery = 16;

/**
 * `bench fuzz [--cases N] [--seed N] [--format ID,…] [--json]`
 * Harms the fixtures of every wire format, N times each, and reads them the way captured exchanges are read. Exits with
 * 1 where something threw, or lost what stood before the harm.
 */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      cases: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      format: { type: 'string', default: formats.map(({ id }) => id).join(',') },
      json: { type: 'boolean', default: false },
    },
  });
  const count = Number(values.cases);
  if (!Number.isInteger(count) || count < 1)
    throw new Error(`--cases needs a whole number from 1, not "${values.cases}".`);
  const all = wireCases();
  const rows: Row[] = [];
  for (const id of values.format.split(',')) {
    const wires = all.filter(({ format }) => format === id);
    if (wires.length === 0) throw new Error(`There are no fixtures of the format "${id}".`);
    const row = fuzz(id, wires, count, Number(values.seed));
    rows.push(row);
    if (!values.json) process.stdout.write(`${line(row)}\n`);
  }
  if (values.json) process.stdout.write(`${JSON.stringify(rows)}\n`);
  if (rows.some(({ failures }) => failures.length > 0)) process.exitCode = 1;
}

function line({ format, cases, decoded: read, seconds, failures }: Row): string {
  const rate = Math.round(cases / seconds);
  const share = Math.round((100 * read) / cases);
  const head = `${format.padEnd(20)} ${cases} cases  ${rate}/s  ${share} % still read as a call  ${failures.length} failures`;
  return [head, ...failures.slice(0, mostShown).map((failure) => `  ${failure}`)].join('\n');
}

function fuzz(format: string, wires: WireCase[], cases: number, seed: number): Row {
  const redactor = createRedactor({ policy: defaultPolicy, key: Buffer.alloc(32, 1) });
  const row: Row = { format, cases, decoded: 0, seconds: 0, failures: [] };
  const names = Object.keys(mutations) as (keyof typeof mutations)[];
  const started = performance.now();
  for (let index = 0; index < cases; index++) {
    // Every case can be made again by itself.
    const random = new Random(seed * 1_000_003 + index);
    const wire = random.pick(wires);
    const name = random.pick(names);
    try {
      const harmed = harm(wire, mutations[name], random);
      const results = decoded(wireExchange(harmed, random.below(4) === 0 ? { state: 'aborted' } : {}), redactor);
      if (results.some(({ call }) => call !== null)) row.decoded++;
      const fault = wrong(results) ?? (index % prefixEvery === 0 ? prefixFault(wire, random, redactor) : null);
      if (fault !== null) row.failures.push(`case ${index} ${wire.name} ${name}: ${fault}`);
    } catch (error) {
      const what =
        error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 3).join(' ') : 'unknown';
      row.failures.push(`case ${index} ${wire.name} ${name}: ${what.slice(0, 400)}`);
    }
  }
  for (const [detector, times] of Object.entries(redactor.warnings())) {
    row.failures.push(`detector ${detector} failed ${times} times`);
  }
  row.seconds = (performance.now() - started) / 1000;
  return row;
}

/** The answer is harmed, in one case of five the request too. */
function harm(wire: WireCase, mutation: Mutation, random: Random): WireCase {
  // Checksums would keep most harm away from what an event stream carries.
  const inside = wire.responseType === eventStreamType && random.below(2) === 0;
  const response = (inside ? harmPayload : mutation)(Buffer.from(wire.response), random, wire, mutation);
  if (random.below(5) !== 0) return { ...wire, response };
  return { ...wire, response, request: mutation(Buffer.from(wire.request), random, asJson(wire)) };
}

function harmPayload(bytes: Buffer, random: Random, wire: WireCase, mutation: Mutation): Buffer {
  const events: Uint8Array[] = eventsOf(bytes, wire.responseType);
  const at = random.below(events.length);
  events[at] = withPayload(events[at] as Uint8Array, (payload) => mutation(payload, random, asJson(wire)));
  return Buffer.concat(events);
}

const asJson = (wire: WireCase): WireCase => ({ ...wire, responseType: 'application/json' });

/** Cuts a stream behind some event and lets noise follow. */
function prefixFault(wire: WireCase, random: Random, redactor: Parameters<typeof prefixLost>[3]): string | null {
  const events = eventsOf(Buffer.from(wire.response), wire.responseType);
  if (events.length < 2) return null;
  const kept = 1 + random.below(events.length - 1);
  const prefix = Buffer.concat(events.slice(0, kept));
  const tail = mutations.cut(Buffer.concat(events.slice(kept)), random);
  // Noise, not other values: a later event that still reads may rightly say something else.
  const noise = Buffer.from(Array.from({ length: random.below(40) }, () => 128 + random.below(128)));
  return prefixLost(wire, prefix, Buffer.concat([prefix, tail, noise]), redactor);
}
