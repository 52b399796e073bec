import type { modelsContract } from '../../../shared/contract/models.js';
import type { Handlers } from '../../../shared/contract/operation.js';
import { found, SluiceError } from '../../../shared/errors.js';
import type { ModelProfile, NewProfile, StoredProfile } from '../../../shared/model/index.js';
import { modelPresets } from '../../../shared/model-presets.js';
import { type Entity, isSecret } from '../../../shared/policy.js';
import { ownCallField } from '../../capture/own-calls.js';
import { isOwnAddress } from '../../capture/upstream/connect.js';
import { costOf } from '../../decode/index.js';
import { readModelsFile, writeModelsFile } from '../../home/models-file.js';
import {
  type ClientDependencies,
  capabilitiesOf,
  createLanguageModels,
  hostOf,
  isLoopback,
  leaving,
  openProfiles,
  probeProfile,
} from '../../models/index.js';
import { type EngineContext, engineActor } from '../context.js';
import { upstreamFetch } from '../live/upstream-fetch.js';

const dayMicros = 86_400_000_000;
const noUsage = { calls: 0, cached: 0, input_tokens: 0, output_tokens: 0, cost_usd: 0, unpriced: 0 };

export type ModelsPart = ReturnType<typeof modelsPart>;

/** The one way to language models, for whatever asks one; profiles, and what was asked, as the API has them. */
export function modelsPart(context: EngineContext) {
  const { folder, options, redactor, reader, commands, audit, log, tick, threads, ownMark, settings } = context;
  const profiles = openProfiles({
    file: {
      path: folder.models,
      read: () => readModelsFile(folder),
      write: (content) => writeModelsFile(folder, content),
    },
    keychain: options.keychain ?? null,
    env: process.env,
  });
  const redact: ClientDependencies['redact'] = (text) => {
    const { text: clean, findings } = redactor.text(text);
    return {
      text: clean,
      secrets: findings.map(({ entity }) => entity).filter((entity) => isSecret(entity as Entity)),
    };
  };
  const parts: ClientDependencies = {
    profiles,
    redact,
    listPrice: (model, { input_tokens, output_tokens, cached_tokens }) =>
      costOf(model, { input_tokens, output_tokens, cached_input_tokens: cached_tokens }),
    store: {
      generation: () => reader.modelGeneration(),
      kept: (key) => reader.modelReply(key),
      save: (call) => commands.saveModelCall(call),
      calls: (profile, cursor, limit) => reader.modelCalls(profile, cursor, limit),
      call: (callId) => reader.modelCall(callId),
      usage: (since) => reader.modelUsage(since),
    },
    fetch: upstreamFetch(() => {
      const { upstream_proxy, no_proxy } = settings.current();
      const isOwn = (port: number, address: string) => port === threads.proxyPort() && isOwnAddress(address);
      // Certificates are looked at whatever capture does for test servers: a key is under way.
      return { upstreamProxy: upstream_proxy, noProxy: no_proxy, insecure: false, isOwn };
    }),
    headersFor: (baseUrl) => markFor(baseUrl, threads.proxyPort(), ownMark),
    record: (details) =>
      audit
        .count({ action: 'model_called', actor: engineActor, details })
        .catch((error) => log.error({ name: (error as Error).name }, 'audit_failed')),
  };
  const models = createLanguageModels(parts);
  const probing = new AbortController();

  function usageToday() {
    const now = Date.now() * 1000;
    return reader.modelUsage(now - (now % dayMicros));
  }

  function shown(profile: StoredProfile, usage = usageToday()): ModelProfile {
    const { sealed_key: _, ...rest } = profile;
    const { base_url, price, model, name } = profile;
    const inTable = costOf(model, { input_tokens: 1, output_tokens: 1 }) !== null;
    return {
      ...rest,
      host: hostOf(base_url),
      key_present: profiles.hasKey(profile),
      leaves: leaving(base_url),
      capabilities: capabilitiesOf(profile),
      priced_by: price !== null ? 'profile' : inTable ? 'table' : null,
      today: usage[name] ?? noUsage,
    };
  }

  /** A key that was typed into another field would be stored and shown. */
  function refuseKeys({ name, base_url, model, key_env }: NewProfile): void {
    for (const [path, text] of Object.entries({ name, base_url, model, key_env })) {
      if (typeof text !== 'string' || redact(text).secrets.length === 0) continue;
      const message = 'This looks like a key: name the environment variable that holds it.';
      throw new SluiceError('validation_failed', message, [{ path, message }]);
    }
  }

  const changed = (profile: StoredProfile): ModelProfile => {
    tick(['settings']);
    return shown(profile);
  };

  const handlers: Handlers<typeof modelsContract> = {
    list() {
      const usage = usageToday();
      return profiles.list().map((profile) => shown(profile, usage));
    },
    presets: () => [...modelPresets],
    async set(profile) {
      refuseKeys(profile);
      return changed(await profiles.set(profile));
    },
    agree: ({ name, host }) => changed(profiles.agree(name, host)),
    remove({ name }) {
      const removed = profiles.remove(name);
      if (removed) tick(['settings']);
      return { removed };
    },
    probe: async ({ name }) => changed(await probeProfile(name, models, parts, probing.signal)),
    calls: ({ profile = null, cursor = null, limit }) => reader.modelCalls(profile, cursor, limit),
    call: ({ call_id }) => found(reader.modelCall(call_id), 'call of a model'),
  };

  return {
    id: 'models',
    services: { models: handlers },
    /** For judges and whatever else asks a model. */
    models: { complete: models.complete, forecast: models.forecast },
    /** For what is to be captured: by a run's own proxy. */
    say: models.say,
    /** What a profile is, for those who choose one. */
    profiles: {
      get: profiles.get,
      list: profiles.list,
      /** Throws what would stop the first call of a profile; the key itself is not asked for. */
      refuseUnready(name: string, budgeted: boolean): void {
        const profile = models.agreed(name);
        if (!profiles.hasKey(profile))
          throw new SluiceError('model_key_missing', `The key of the profile "${name}" is not there.`);
        if (budgeted) models.priced(profile);
      },
    },
    end() {
      probing.abort();
      models.end();
    },
  };
}

/** The mark, where a call comes by this engine's own proxy: its gateway is the address, or this process uses it for all. */
function markFor(baseUrl: string, proxyPort: number, ownMark: string): { [name: string]: string } {
  const { HTTPS_PROXY, https_proxy, HTTP_PROXY, http_proxy, NODE_USE_ENV_PROXY } = process.env;
  const proxies = NODE_USE_ENV_PROXY === '1' ? [HTTPS_PROXY, https_proxy, HTTP_PROXY, http_proxy] : [];
  const isOwn = [baseUrl, ...proxies].some((address) => {
    if (address === undefined || !URL.canParse(address)) return false;
    const { hostname, port } = new URL(address);
    return isLoopback(hostname) && port === String(proxyPort);
  });
  return isOwn ? { [ownCallField]: ownMark } : {};
}
