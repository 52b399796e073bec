import * as z from 'zod';
import type { JobStep } from '../../ground/job-kind.js';
import type { LanguageModels, ModelMessage } from '../../ground/language-model.js';
import { openCatalogue } from '../catalogue.js';
import type { RunConfig } from '../runs/manifest.js';
import { defaultShapes, sampled, sampleTrace, worldCount } from '../sampler/sample.js';
import { callsPrompt, callsReply } from './calls.js';
import { mostTokens } from './generate.js';
import { requestPrompt, requestReply } from './request.js';
import { reviewPrompt, reviewReply } from './review.js';

/** Traces that a run's cost is told by. */
const mostLookedAt = 12;

const messages: z.ZodType<ModelMessage[]> = z.array(
  z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() }),
);
const promptsSchema = z.array(z.object({ request: messages, calls: messages, review: messages }));
const askedSchema = z.object({ folders: z.array(z.string()), domains: z.array(z.string()).min(1), seed: z.int() });

/** What models would be asked for traces of these domains, of the sampler's where an earlier answer would stand. */
export const samplePrompts: JobStep<z.infer<typeof askedSchema>, z.infer<typeof promptsSchema>> = {
  id: 'oracle-prompts',
  params: askedSchema,
  result: promptsSchema,
  async run({ folders, domains, seed }) {
    const catalogue = openCatalogue(folders);
    const step = Math.max(1, Math.floor(domains.length / mostLookedAt));
    const some = domains.filter((_, index) => index % step === 0).slice(0, mostLookedAt);
    return some.map((id) => {
      const domain = catalogue.named(id);
      const worlds = (number: number) => catalogue.world(domain, number);
      const of = { seed, index: 0, shapes: defaultShapes, worlds, worldCount };
      const { shape: _, ...trace } = sampleTrace(domain, of);
      const made = sampled(domain, of);
      return {
        request: requestPrompt(domain, made),
        calls: callsPrompt(domain, made, trace.request.text),
        review: reviewPrompt(trace),
      };
    });
  },
};

/** What a run asks at most where no answer is asked for again, and what that costs. */
export function forecastOf(
  models: Pick<LanguageModels, 'forecast'>,
  { generator, reviewers }: NonNullable<RunConfig['models']>,
  total: number,
  prompts: z.infer<typeof promptsSchema>,
): { traces: number; calls: number; most_usd: number | null } {
  const costs = prompts.flatMap(({ request, calls, review }) => [
    models.forecast({ profile: generator.profile, messages: request, schema: requestReply, max_tokens: mostTokens }),
    models.forecast({ profile: generator.profile, messages: calls, schema: callsReply, max_tokens: mostTokens }),
    ...reviewers.map(({ profile }) =>
      models.forecast({ profile, messages: review, schema: reviewReply, max_tokens: mostTokens }),
    ),
  ]);
  const known = costs.filter((cost) => cost !== null);
  return {
    traces: total,
    calls: total * (2 + reviewers.length),
    most_usd:
      known.length < costs.length ? null : (known.reduce((sum, cost) => sum + cost, 0) / prompts.length) * total,
  };
}
