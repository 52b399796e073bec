import { type Besides, type Operations, startApi } from '../../api/index.js';
import { tellRunning } from '../../home/running.js';
import type { EngineContext } from '../context.js';

/** The port that studio, command line and other programs use. */
export function apiPart(context: EngineContext, operations: Operations, services: Besides) {
  const { settings, options, log, lock, addresses } = context;
  let api: Awaited<ReturnType<typeof startApi>> | undefined;
  let takeBack = () => {};
  return {
    id: 'api',
    async begin(): Promise<void> {
      const { host, api_port: port } = settings.current();
      api = await startApi({ operations, services, host, port, uiDir: options.uiDir, logger: log });
      addresses.api = api.url;
      const { commandToken } = context;
      lock.announce({
        proxy: addresses.proxy(),
        api: api.url,
        ...(commandToken === null ? {} : { command_token: commandToken }),
      });
      try {
        takeBack = tellRunning(context.folder);
      } catch (error) {
        // Commands that name its folder find it all the same.
        log.warn({ code: (error as NodeJS.ErrnoException).code ?? null }, 'running_not_told');
      }
    },
    end(): Promise<void> | undefined {
      takeBack();
      return api?.close(1000);
    },
  };
}
