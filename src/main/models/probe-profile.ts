import { uuidv7 } from '../../shared/ids.js';
import type { StoredProfile } from '../../shared/model/index.js';
import { hostOf } from './base-url.js';
import type { ClientDependencies, createLanguageModels } from './client.js';
import { costOf, type Tokens } from './costs.js';
import { probe } from './probe.js';
import { presetOf } from './profiles.js';

const timeoutMs = 60_000;

/** Probes a profile and keeps what was found; each of its calls is written down like any other. */
export async function probeProfile(
  name: string,
  models: Pick<ReturnType<typeof createLanguageModels>, 'agreed' | 'addressOf'>,
  { profiles, redact, store, listPrice, record }: ClientDependencies,
  signal: AbortSignal,
): Promise<StoredProfile> {
  const profile = models.agreed(name);
  const host = hostOf(profile.base_url);
  const clean = (text: string) => redact(text).text;
  let cost: number | null = 0;
  let began = performance.now();
  const found = await probe({
    model: profile.model,
    preset: presetOf(profile.preset).capabilities,
    address: await models.addressOf(profile),
    dialect: profile.preset === 'gemini' ? 'gemini' : 'openai',
    signal,
    timeout_ms: timeoutMs,
    clean,
    before() {
      began = performance.now();
      void record({ purpose: 'probe', profile: name, host });
    },
    async after(sent, answer) {
      const usage: Tokens | null = answer?.usage ?? null;
      const spent = answer === null ? 0 : usage === null ? null : costOf(profile, usage, listPrice);
      cost = cost === null || spent === null ? null : Math.round((cost + spent) * 1e8) / 1e8;
      await store.save({
        call_id: uuidv7(),
        profile: name,
        host,
        model: clean(answer?.model ?? profile.model),
        purpose: 'probe',
        outcome: answer === null ? 'failed' : 'answered',
        reason: answer === null ? 'refused' : null,
        attempts: 1,
        seconds: (performance.now() - began) / 1000,
        input_tokens: usage?.input_tokens ?? null,
        output_tokens: usage?.output_tokens ?? null,
        cost_usd: answer === null ? 0 : spent,
        account: null,
        unheard_usd: 0,
        key: null,
        content: { sent, ...(answer === null ? {} : { received: clean(answer.text) }) },
        generation: store.generation(),
      });
    },
  });
  return profiles.probed(name, profile, { ...found, cost_usd: cost });
}
