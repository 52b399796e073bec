import type { Usage } from '../../../../shared/model/index.js';
import { usageOf } from '../build.js';
import { countOf, type JsonObject, numberOf, objectOf, objectsOf, textOf } from '../fields.js';

export interface Billed {
  usage: Usage | null;
  cost_usd?: number | undefined;
  model?: string | undefined;
}

/** What answers used and cost, by response id, as OpenHands' metrics list it. */
export class Ledger {
  readonly #billed = new Map<string, Billed>();
  #cost = 0;

  /** `token_usages` and `costs` are written together, an entry an answer. */
  add(metrics: JsonObject): void {
    const usages = objectsOf(metrics['token_usages']);
    const costs = objectsOf(metrics['costs']);
    for (const [place, usage] of usages.entries()) {
      const response = textOf(usage['response_id']);
      if (response === undefined) continue;
      this.#billed.set(response, {
        usage: usageOf({
          input_tokens: countOf(usage['prompt_tokens']),
          output_tokens: countOf(usage['completion_tokens']),
          cached_input_tokens: countOf(usage['cache_read_tokens']),
          cache_write_tokens: countOf(usage['cache_write_tokens']) || undefined,
          reasoning_tokens: countOf(usage['reasoning_tokens']) || undefined,
        }),
        cost_usd: costs.length === usages.length ? numberOf(costs[place]?.['cost']) : undefined,
        model: textOf(usage['model']),
      });
    }
  }

  /** Of every agent and side model of a conversation. */
  addStats(stats: JsonObject): void {
    for (const metrics of Object.values(objectOf(stats['usage_to_metrics'] ?? stats['service_to_metrics'])))
      this.add(objectOf(metrics));
  }

  of(response: string | undefined): Billed | undefined {
    return response === undefined ? undefined : this.#billed.get(response);
  }

  /** What was spent since this was last asked, of a sum that grows. */
  spent(accumulated: number | undefined): number | undefined {
    if (accumulated === undefined || accumulated < this.#cost) return undefined;
    const spent = accumulated - this.#cost;
    this.#cost = accumulated;
    return Number(spent.toFixed(9));
  }
}
