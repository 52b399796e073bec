import type { Settings } from '../../../shared/settings.js';
import type { Services } from '../../api/services.js';
import { connectSnippets } from '../../capture/launch/snippets.js';
import { openTokens } from '../../home/tokens.js';
import type { EngineContext } from '../context.js';
import type { ConsentPart } from './consent.js';

/** Settings, tokens, and how to connect by them. */
export function settingsPart(context: EngineContext, consent: Pick<ConsentPart, 'cleanSettings' | 'applyDefault'>) {
  const { settings, typed, threads, observed, tick, token } = context;
  const tokens = openTokens(context.folder.tokens, token);
  // A file that cannot be read is said now, not at the first request.
  tokens.list();

  async function set(patch: Partial<Settings>) {
    typed.settings(patch);
    const next = settings.set(consent.cleanSettings(patch));
    await threads.capture.handle().request({ type: 'update', settings: next });
    if (patch.consent_default !== undefined) await consent.applyDefault();
    tick(['settings']);
    return settings.view();
  }

  const tunnelHost: Services['tunnelHost'] = async (host) => {
    const { tunnel } = settings.file();
    if (!tunnel.includes(host)) await set({ tunnel: [...tunnel, host] });
    observed.tunnelled(host);
  };

  return {
    id: 'settings',
    services: {
      token,
      tokens: typed.tokens(tokens),
      settings: { get: settings.view, set },
      tunnelHost,
      snippets: () =>
        connectSnippets({
          proxy: context.addresses.proxy(),
          caPath: context.ca.certPath,
          upstreams: Object.keys(settings.current().upstreams),
          command: context.options.command,
        }),
    },
  };
}
