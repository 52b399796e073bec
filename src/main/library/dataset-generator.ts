import { SluiceError } from '../../shared/errors.js';
import type { Trace } from '../../shared/model/index.js';
import { onlyProfile } from '../hosts/commands/model-flags.js';
import { generate } from '../hosts/generate.js';
import { optionsAndEngine } from '../hosts/options-and-engine.js';
import { howOf, readPrompts } from '../hosts/prompts.js';
import { runHost } from '../hosts/run-host.js';
import type { TraceNormalizer } from './trace-normalizer.js';
import type { DatasetGeneratorOptions, GeneratedDataset, PromptOf } from './types.js';

/**
 * Runs prompts through the proxy, as `sluice generate` does, and gives the traces that came of them. A prompt that has its trace is
 * not run again: after a crash the same call goes on.
 */
export class DatasetGenerator {
  readonly #options: DatasetGeneratorOptions & { trace_normalizer?: TraceNormalizer };

  /** Without `command` and `profile` the one model profile is asked that was agreed to. */
  constructor(options: DatasetGeneratorOptions & { trace_normalizer?: TraceNormalizer } = {}) {
    this.#options = options;
  }

  /**
   * @param prompts texts, or `{id, prompt, system}`
   * @throws SluiceError `prompts_invalid` (lines are places in the list), `usage`, `model_not_agreed`
   */
  async generate_from_prompts(
    prompts: readonly PromptOf[],
    { capture_traces = true }: { capture_traces?: boolean } = {},
  ): Promise<GeneratedDataset> {
    if (!capture_traces) throw new SluiceError('usage', 'A prompt is run for its trace: capture_traces is true.');
    const { command, profile, max_tokens = 4096, temperature, data_dir, times = 1 } = this.#options;
    const { scenario = null, batch = '', budget_usd = null, at_once = 1, signal } = this.#options;
    const read = await readPrompts(prompts.map((prompt) => JSON.stringify(prompt)));
    const asked = signal ?? new AbortController().signal;
    const host = await runHost(await optionsAndEngine(data_dir === undefined ? {} : { dataDir: data_dir }), asked);
    try {
      const named = profile ?? (command === undefined ? await onlyProfile(host) : undefined);
      const how = howOf(command ?? [], {
        ...(named === undefined ? {} : { profile: named }),
        ...(temperature === undefined ? {} : { temperature: String(temperature) }),
        maxTokens: max_tokens,
      });
      const order = { how, prompts: read, times, scenario, batch, budget: budget_usd, atOnce: at_once };
      const { items, ...report } = await generate(host, order, { signal: asked, progress: () => {} });
      const rows: GeneratedDataset['rows'] = [];
      for (const { prompt_id, prompt, time, trace_ids } of items)
        for (const trace_id of trace_ids) {
          const trace = (await host.call('GET', `/traces/${trace_id}`)) as Trace;
          rows.push({ prompt_id, prompt, time, trace_id, trace });
        }
      return {
        ...report,
        rows,
        failures: items.flatMap(({ prompt_id, error }) => (error ? [{ prompt_id, ...error }] : [])),
      };
    } finally {
      await host.stop();
    }
  }
}
