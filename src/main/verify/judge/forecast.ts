import type * as z from 'zod';
import type { JudgeOptions, judgeForecastSchema, ListedRubric } from '../../../shared/model/index.js';
import type { LanguageModels } from '../../ground/language-model.js';
import { type JudgedTrace, prepared } from './judge-trace.js';
import { replySchema } from './reply.js';

/** Traces that a forecast reads at most. */
export const mostLookedAt = 50;

/** What judging would cost at most where each answer can be read, by the prompts of some of the traces; what is cached costs less. */
export function forecastOf(
  { models, key }: { models: Pick<LanguageModels, 'forecast'>; key: Uint8Array },
  traces: Iterable<JudgedTrace>,
  count: number,
  { rubric: { rubric }, profiles, samples }: Pick<JudgeOptions, 'profiles' | 'samples'> & { rubric: ListedRubric },
): z.infer<typeof judgeForecastSchema> {
  let [looked, asked, usd]: [number, number, number | null] = [0, 0, 0];
  const schema = replySchema(rubric);
  for (const trace of traces) {
    looked += 1;
    const { messages, reason } = prepared(trace, rubric, key);
    if (reason !== null) continue;
    asked += 1;
    for (const profile of profiles) {
      const most = models.forecast({ profile, messages, schema, max_tokens: rubric.most_tokens });
      usd = usd === null || most === null ? null : usd + most * samples;
    }
  }
  return {
    traces: count,
    calls: looked === 0 ? 0 : Math.ceil((count * asked) / looked) * profiles.length * samples,
    looked_at: looked,
    most_usd: usd === null ? null : looked === 0 ? 0 : (usd * count) / looked,
  };
}
