import type { ExpansionForecast, ExpansionOptions } from '../../../../shared/model/index.js';
import type { LanguageModels } from '../../../ground/language-model.js';
import { pauses } from '../../../ground/pauses.js';
import { pointsOf } from '../../examples/points.js';
import type { ExportSource } from '../../source.js';
import { prepared, requested } from './expand-call.js';

/** Traces, and calls of them, that a forecast reads at most. */
export const mostLookedAt = 20;
const mostCalls = 200;

interface Looking extends Pick<ExportSource, 'callMessages' | 'trace'> {
  models: Pick<LanguageModels, 'forecast'>;
  key: Uint8Array;
}

/** What writing would cost at most where each answer can be read, by the prompts of some of the traces; what is cached costs less. */
export async function forecastOf(
  tools: Looking,
  traceIds: readonly string[],
  count: number,
  { profile, calls }: Pick<ExpansionOptions, 'profile' | 'calls'>,
  signal: AbortSignal,
): Promise<ExpansionForecast> {
  const pause = pauses(signal);
  let [looked, asked, usd]: [number, number, number | null] = [0, 0, 0];
  for (const traceId of traceIds) {
    const trace = tools.trace(traceId);
    if (trace === null) continue;
    if (asked >= mostCalls) break;
    looked += 1;
    for (const point of pointsOf(trace, tools)) {
      await pause();
      const prompt = prepared(point, calls, tools.key);
      if (prompt === null || typeof prompt === 'string') continue;
      asked += 1;
      const most = tools.models.forecast({ profile, messages: prompt.messages, ...requested });
      usd = usd === null || most === null ? null : usd + most;
    }
  }
  const scale = looked === 0 ? 0 : count / looked;
  return {
    traces: count,
    calls: Math.ceil(asked * scale),
    looked_at: looked,
    most_usd: usd === null ? null : usd * scale,
  };
}
