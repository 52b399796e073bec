import { join } from 'node:path';
import { openCatalogue } from '../../src/main/oracle/catalogue.js';
import type { CallsReply } from '../../src/main/oracle/phases/calls.js';
import { defaultShapes, sampleTrace, worldCount } from '../../src/main/oracle/sampler/sample.js';
import type { GoldTrace } from '../../src/shared/model/gold-trace.js';

export const catalogue = openCatalogue([join(import.meta.dirname, '../../resources/oracle/domains')]);

/** What a trace of a domain is sampled of. */
export const sampleOf = (domain: string, index: number, seed: number) => ({
  seed,
  index,
  shapes: defaultShapes,
  worlds: (number: number) => catalogue.world(catalogue.named(domain), number),
  worldCount,
});

/** What a model that makes no mistake would plan for a request: what the sampler did. */
const planOf = ({ graph }: GoldTrace): CallsReply => ({
  calls: graph.calls.map(({ call_id, tool_id, arguments: args, argument_sources: sources = {} }) => ({
    id: call_id,
    tool: tool_id,
    arguments: Object.entries(args).map(([name, value]) => {
      const source = sources[name];
      return source?.source_type === 'tool'
        ? { name, value: null, from: { call: source.source_id, path: source.path } }
        : { name, value: value as string | number | boolean, from: null };
    }),
  })),
});

/** The last message of a prompt, as the phases write it. */
export const promptOf = (messages: readonly { content: string }[]) =>
  JSON.parse(messages.at(-1)?.content ?? '') as { wanted: string; request: string };

export const accepted = { fulfils: true, no_more: true, within_policy: true, natural: true, reason: 'It is as asked.' };

/** Answers of a model that makes no mistake, to requests of these domains, of both rounds of a run. */
export function faultless(domains: readonly string[], count: number, seed: number) {
  const plans = new Map<string, CallsReply>();
  for (const domain of domains)
    for (const each of [seed, seed + 1_000_003])
      for (let index = 0; index < count; index += 1) {
        const trace = sampleTrace(catalogue.named(domain), sampleOf(domain, index, each));
        plans.set(trace.request.text, planOf(trace));
      }
  return (phase: string, messages: readonly { content: string }[]): unknown => {
    if (phase === 'request') return { request: promptOf(messages).wanted };
    return phase === 'calls' ? plans.get(promptOf(messages).request) : accepted;
  };
}
