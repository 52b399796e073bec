import type { GoldTrace } from '../../shared/model/gold-trace.js';
import type { IntentMapping } from '../../shared/model/oracle-intent.js';
import type { OpenCatalogue } from './catalogue.js';
import { random } from './random.js';
import { defaultShapes, sampleTrace, worldCount } from './sampler/sample.js';
import { failuresOf } from './validators/index.js';

/** A trace of the store, and what its request asks for. */
export interface Seed {
  trace_id: string;
  text: string;
  intent: IntentMapping;
}

/** A gold trace that asks for the same as another did, of other rows in another world. */
export type SeededTrace = GoldTrace & { seeded_by: { trace_id: string; intent: string } };

/** Tries for one trace that holds and asks what none before it does. */
const mostTries = 20;

/**
 * Gold traces of the intent that a request asks for, with entities of their own; where several intents ask for the same, of them in turns. `reason` says why
 * there are none. The same trace, seed and domains give the same.
 */
export function seededBy(
  catalogue: OpenCatalogue,
  { trace_id, text, intent }: Seed,
  { each, seed }: { each: number; seed: number },
): { traces: SeededTrace[]; reason: string | null } {
  if (intent.unknown !== null || intent.domain === null) return { traces: [], reason: intent.unknown ?? 'no domain' };
  const domain = catalogue.domain(intent.domain);
  const known = intent.intents.filter((name) => domain !== null && name in domain.file.intents);
  if (domain === null || known.length === 0)
    return { traces: [], reason: `none of ${intent.domain}'s intents here asks for it` };
  const worlds = (number: number) => catalogue.world(domain, number);
  const dice = random('seeded by', seed, trace_id);
  const asked = new Set([text]);
  const traces: SeededTrace[] = [];
  for (let tries = 0; traces.length < each && tries < each * mostTries; tries += 1) {
    const name = known[traces.length % known.length] as string;
    // Beyond the numbers of runs, so that no id is taken twice.
    const index = 50_000_000 + dice.number(49_000_000);
    try {
      const of = { seed, index, shapes: defaultShapes, worlds, worldCount, intent: name };
      const { shape: _, ...trace } = sampleTrace(domain, of);
      if (asked.has(trace.request.text) || failuresOf(trace, catalogue).length > 0) continue;
      asked.add(trace.request.text);
      traces.push({ ...trace, seeded_by: { trace_id, intent: `${domain.id}.${name}` } });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return {
    traces,
    reason: traces.length === 0 ? `no world of ${domain.id} has what ${known.join(', ')} asks for` : null,
  };
}
