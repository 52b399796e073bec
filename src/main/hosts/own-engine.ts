import type { Engine } from '../engine/index.js';
import type { ResolvedOptions } from './options.js';

/**
 * An engine for one command alone. It takes free ports: it must not fail because something holds the usual ones.
 * @param signal ends it while it is still being started
 */
export async function ownEngine(options: ResolvedOptions, signal: AbortSignal): Promise<Engine> {
  const { startHeadless } = await import('./headless.js');
  const { proxy_port, api_port } = options.overrides;
  return startHeadless(
    { ...options, overrides: { ...options.overrides, proxy_port: proxy_port ?? 0, api_port: api_port ?? 0 } },
    {
      signal,
      onFatal(error) {
        process.stderr.write(`sluice: a thread crashed again and again (${error.name}).\n`);
        process.exit(1);
      },
    },
  );
}
