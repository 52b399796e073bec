import { SluiceError } from '../../../shared/errors.js';
import type { Settings } from '../../../shared/settings.js';

type Urls = Partial<Pick<Settings, 'upstreams' | 'upstream_proxy' | 'webhooks'>>;

/**
 * Settings whose URLs hold credentials: they are used as they are, so they cannot be redacted, and they must not lie on
 * disk in the clear. Such a URL stands in the file's field `sealed` and nowhere else; one that is written into its own
 * field by hand wins, and is sealed at the next start.
 */
export function sealedCredentials(box: { seal(text: string): string; open(sealed: string): string }) {
  return {
    /** The content of the file for these settings. */
    shut(settings: Settings): object {
      const { upstreams, upstream_proxy, webhooks, ...rest } = settings;
      const clear = Object.entries(upstreams).filter(([, url]) => !hasCredentials(url));
      const secret = Object.entries(upstreams).filter(([, url]) => hasCredentials(url));
      const proxy = upstream_proxy !== null && hasCredentials(upstream_proxy);
      const keyed = webhooks.filter(({ url }) => hasCredentials(url));
      const urls: Urls = {
        ...(secret.length > 0 && { upstreams: Object.fromEntries(secret) }),
        ...(proxy && { upstream_proxy }),
        ...(keyed.length > 0 && { webhooks: keyed }),
      };
      return {
        ...rest,
        upstreams: Object.fromEntries(clear),
        ...(proxy ? {} : { upstream_proxy }),
        webhooks: webhooks.filter(({ url }) => !hasCredentials(url)),
        ...(Object.keys(urls).length > 0 && { sealed: box.seal(JSON.stringify(urls)) }),
      };
    },

    /** The settings that such a content means. Throws settings_invalid where `sealed` is not of this folder. */
    open(content: unknown): unknown {
      if (typeof content !== 'object' || content === null || !('sealed' in content)) return content;
      const { sealed, ...rest } = content as { sealed: unknown } & Urls;
      const urls = opened(sealed, box);
      return {
        ...urls,
        ...rest,
        upstreams: { ...urls.upstreams, ...rest.upstreams },
        webhooks: Array.isArray(rest.webhooks ?? [])
          ? [...(rest.webhooks ?? []), ...(urls.webhooks ?? [])]
          : rest.webhooks,
      };
    },

    /** Whether a content holds a credential in the clear, as somebody wrote it by hand. */
    isOpen(content: unknown): boolean {
      const { upstreams = {}, upstream_proxy, webhooks = [] } = (content ?? {}) as Urls;
      return [...Object.values(upstreams), upstream_proxy ?? '', ...webhooks.map(({ url }) => url)].some(
        hasCredentials,
      );
    },
  };
}

function opened(sealed: unknown, box: { open(sealed: string): string }): Urls {
  try {
    return JSON.parse(box.open(String(sealed))) as Urls;
  } catch (cause) {
    const message = 'settings.json: sealed: it cannot be opened with the key of this folder.';
    throw new SluiceError('settings_invalid', message, undefined, { cause });
  }
}

/** A password or a user before the host, or a query, which is where keys stand otherwise. */
export function hasCredentials(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.username !== '' || url.password !== '' || url.search !== '');
}
