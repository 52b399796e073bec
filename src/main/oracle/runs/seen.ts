import { hash } from 'node:crypto';
import { clusterOf, defaultThreshold } from '../../ground/near/cluster.js';
import { permutations, sign } from '../../ground/near/minhash.js';
import { shinglesOf } from '../../ground/near/shingles.js';
import { openKey } from '../../ground/near/words.js';
import type { Statistics } from './statistics.js';

/** Requests of a domain that near-duplicates are looked for among: some 60 MB of signatures. Of more, every so-manieth is taken. */
const mostSigned = 100_000;

/** What is compared: of the published shape. */
export interface Comparable {
  request: { text: string };
  graph: { calls: readonly { tool_id: string; arguments: unknown }[] };
}

/** What the traces of a domain ask and do, as far as they are known. */
export interface Seen {
  /** Takes the next trace; false where one before asks and does the same, which is then not taken. */
  take(trace: Comparable): boolean;
  /** How many of its requests were compared, and how many of these say nearly what one before them says. */
  near(): Promise<Pick<Statistics, 'compared' | 'near_duplicates'>>;
}

/** @param expected how many traces are to come: where they are too many to be held, those that are compared are spread evenly over them */
export function nothingSeen(expected: number): Seen {
  const hashes = new Set<string>();
  const every = Math.max(1, Math.ceil(expected / mostSigned));
  let signatures = new Int32Array(Math.min(1024, Math.ceil(expected / every)) * permutations);
  let shingles = new Int32Array(4096);
  /** Where the shingles of each text end. */
  const ends: number[] = [];

  function keep(text: string): void {
    const own = shinglesOf(text, openKey);
    if (own.length === 0) return;
    const from = ends.at(-1) ?? 0;
    if ((ends.length + 1) * permutations > signatures.length) signatures = grown(signatures, signatures.length * 2);
    if (from + own.length > shingles.length) shingles = grown(shingles, 2 * (from + own.length));
    sign(own, signatures, ends.length * permutations);
    shingles.set(own, from);
    ends.push(from + own.length);
  }

  return {
    take(trace) {
      const content = contentHash(trace);
      if (hashes.has(content)) return false;
      if (hashes.size % every === 0) keep(trace.request.text);
      hashes.add(content);
      return true;
    },
    async near() {
      const documents = {
        count: ends.length,
        signatures,
        shingles: (at: number) => shingles.subarray(ends[at - 1] ?? 0, ends[at]),
      };
      const clusters = await clusterOf(documents, defaultThreshold);
      return {
        compared: ends.length,
        near_duplicates: clusters.reduce((sum, first, at) => (first === at ? sum : sum + 1), 0),
      };
    },
  };
}

function grown(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(length, array.length + permutations));
  larger.set(array);
  return larger;
}

/** Of what is asked and done, whatever it is called: 64 bits of SHA-256. */
export function contentHash({ request, graph }: Comparable): string {
  const content = [request.text, ...graph.calls.map(({ tool_id, arguments: args }) => [tool_id, args])];
  return hash('sha256', JSON.stringify(content), 'base64').slice(0, 11);
}
