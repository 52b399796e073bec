import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { GoldTrace } from '../../../shared/model/gold-trace.js';
import { linesOf } from '../../ground/lines.js';
import type { OpenCatalogue } from '../catalogue.js';
import type { Domain } from '../domains/domain.js';
import type { Field } from '../domains/schema.js';
import { waysToSay } from '../sampler/words.js';
import type { Value } from '../world/world.js';
import type { RunFile } from './files-of-run.js';

/** Traces that are looked at, spread evenly over the domains. */
const mostLookedAt = 10_000;
/** Words of what overlaps. */
const gram = 4;

export interface Diversity {
  /** How many requests were looked at. */
  looked_at: number;
  /** Of these the share that are different once ids, numbers, names and other values are masked. */
  distinct_skeletons: number;
  /** The share of the commonest skeleton. */
  commonest_skeleton: number;
  /** Of a request's runs of four words, the mean share that stand in another request too. */
  self_overlap: number;
}

/** How different the requests of a run are, by the first of each domain's files. Shares are 0 to 1. */
export async function diversityOf(
  catalogue: OpenCatalogue,
  out: string,
  files: readonly RunFile[],
): Promise<Diversity> {
  const first = files.filter(({ from }) => from === 0);
  const each = Math.ceil(mostLookedAt / Math.max(1, first.length));
  const skeletons = new Map<string, number>();
  const requests: string[] = [];
  for (const { name, domain: id } of first) {
    const domain = catalogue.named(id);
    let left = Math.min(each, mostLookedAt - requests.length);
    for await (const line of linesOf(createReadStream(join(out, name)))) {
      if (left <= 0) break;
      left -= 1;
      const trace = JSON.parse(line) as GoldTrace;
      const skeleton = skeletonOf(domain, trace);
      skeletons.set(skeleton, (skeletons.get(skeleton) ?? 0) + 1);
      requests.push(trace.request.text);
    }
  }
  const share = (part: number) => (requests.length === 0 ? 0 : Math.round((part / requests.length) * 10_000) / 10_000);
  return {
    looked_at: requests.length,
    distinct_skeletons: share(skeletons.size),
    commonest_skeleton: share(Math.max(0, ...skeletons.values())),
    self_overlap: Math.round(overlapOf(requests) * 10_000) / 10_000,
  };
}

/** A request without what its entities are: `approve the <status> invoice over <min_amount>`. */
export function skeletonOf(domain: Domain, { request, graph }: GoldTrace): string {
  const masks: [said: string, mask: string][] = [];
  for (const { tool_id, arguments: args } of graph.calls) {
    const tool = domain.tools.get(tool_id.slice(domain.id.length + 1));
    const fields = domain.file.entities[tool?.entity ?? '']?.fields ?? {};
    for (const { name, field, ref, use } of tool?.arguments ?? []) {
      const value = args[name] as Value | undefined;
      if (value === undefined || use === 'limit' || use === 'confirm') continue;
      const ways = field === null || ref !== null ? [String(value)] : waysToSay(fields[field] as Field, value);
      for (const way of ways) masks.push([way.toLowerCase(), `<${name}>`]);
    }
  }
  // The longest first: "net 30" before "30".
  masks.sort(([a], [b]) => b.length - a.length);
  let text = request.text.toLowerCase();
  for (const [said, mask] of masks) text = text.replaceAll(said, mask);
  return text.replaceAll(/\b[a-z]{2,5}-\d{4,}\b/g, '<id>').replaceAll(/\d+/g, '0');
}

function overlapOf(requests: readonly string[]): number {
  const all = requests.map(gramsOf);
  const counts = new Map<string, number>();
  for (const grams of all) for (const each of grams) counts.set(each, (counts.get(each) ?? 0) + 1);
  const shares = all.flatMap((grams) =>
    grams.size === 0 ? [] : [[...grams].filter((each) => (counts.get(each) ?? 0) > 1).length / grams.size],
  );
  return shares.length === 0 ? 0 : shares.reduce((sum, each) => sum + each, 0) / shares.length;
}

function gramsOf(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}'-]+/gu) ?? [];
  return new Set(
    words.slice(0, Math.max(0, words.length - gram + 1)).map((_, at) => words.slice(at, at + gram).join(' ')),
  );
}
