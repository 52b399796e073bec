import { shownCommand } from '../../../shared/command-line.js';
import type { Handlers } from '../../../shared/contract/operation.js';
import type { connectContract, settingsContract, tokensContract } from '../../../shared/contract/settings.js';
import { SluiceError } from '../../../shared/errors.js';
import type { Settings } from '../../../shared/settings.js';
import { connectSnippets } from '../../capture/launch/snippets.js';
import { openTokens } from '../../home/tokens.js';
import type { EngineContext } from '../context.js';
import type { ConsentPart } from './consent.js';

/** Settings, tokens, and how to connect by them. */
export function settingsPart(context: EngineContext, consent: Pick<ConsentPart, 'cleanSettings' | 'applyDefault'>) {
  const { settings, typed, threads, observed, tick } = context;
  const file = openTokens(context.folder.tokens, context.ownTokens);
  // A file that cannot be read is said now, not at the first request.
  file.list();

  /** Which fields are others now. */
  async function set(patch: Partial<Settings>): Promise<string[]> {
    typed.settings(patch);
    refuseUnknown(patch.webhooks ?? [], context.jobs().kinds());
    const before = settings.view().settings;
    const next = settings.set(consent.cleanSettings(patch));
    await threads.updateCapture(next);
    if (patch.consent_default !== undefined) await consent.applyDefault();
    tick(['settings']);
    return changedFields(before, settings.view().settings);
  }

  const tokens: Handlers<typeof tokensContract> = {
    list: () => file.list(),
    create: typed.tokens(file).create,
    revoke: ({ token_id }) => ({ revoked: file.revoke(token_id) }),
  };

  const connect: Handlers<typeof connectContract> = {
    snippets: () =>
      connectSnippets({
        proxy: context.addresses.proxy(),
        caPath: context.ca.certPath,
        upstreams: Object.keys(settings.current().upstreams),
        command: (name, args) => shownCommand(context.commandLine, name, args),
      }),
    async tunnelHost({ host }) {
      const { tunnel } = settings.file();
      const changed = tunnel.includes(host) ? [] : await set({ tunnel: [...tunnel, host] });
      observed.tunnelled(host);
      return { changed };
    },
  };

  return {
    id: 'settings',
    services: {
      settings: {
        get: () => settings.view(),
        async set(patch) {
          const changed = await set(patch);
          return { ...settings.view(), changed };
        },
      } satisfies Handlers<typeof settingsContract>,
      connect,
      tokens,
      access: {
        verify: file.verify,
        nameOf: (tokenId: string | null) => file.list().find(({ token_id }) => token_id === tokenId)?.name ?? null,
        writesPerMinute: () => settings.current().rate_limit_per_minute,
      },
    },
  };
}

function changedFields(before: Settings, after: Settings): string[] {
  return (Object.keys(after) as (keyof Settings)[]).filter(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  );
}

/** An address that wants jobs of a kind that there is not would never hear of anything. */
function refuseUnknown(webhooks: Settings['webhooks'], known: readonly { id: string }[]): void {
  const ids = known.map(({ id }) => id).sort();
  const unknown = webhooks.flatMap(({ kinds }) => kinds).find((kind) => !ids.includes(kind));
  if (unknown === undefined) return;
  const message = `There are no jobs of the kind ${unknown}: there are ${ids.join(', ')}.`;
  throw new SluiceError('validation_failed', message, [{ path: 'webhooks', message }]);
}
