import { type Besides, type Operations, startApi } from '../../api/index.js';
import type { EngineContext } from '../context.js';

/** The port that studio, command line and other programs use. */
export function apiPart(context: EngineContext, operations: Operations, services: Besides) {
  const { settings, options, log, lock, addresses } = context;
  let api: Awaited<ReturnType<typeof startApi>> | undefined;
  return {
    id: 'api',
    async begin(): Promise<void> {
      const { host, api_port: port } = settings.current();
      api = await startApi({ operations, services, host, port, uiDir: options.uiDir, logger: log });
      addresses.api = api.url;
      lock.announce({ proxy: addresses.proxy(), api: api.url });
    },
    end: () => api?.close(1000),
  };
}
