import { createReadStream } from 'node:fs';
import type { Job, Status } from '../../shared/model/index.js';
import type { WatchState } from '../api/services.js';
import { dataFolder } from '../home/folder.js';
import { runningEngine } from './engine-client.js';
import { type EngineFlags, resolveOptions } from './options.js';

/** An engine that takes files: the one that holds the folder, or one started for the time of the import. */
export interface ImportHost {
  importFile(path: string, as?: string): Promise<Job>;
  importStdin(as?: string): Promise<Job>;
  job(jobId: string): Promise<Job>;
  watch(folders: string[]): Promise<WatchHandle>;
  /** How the studio is reached afterwards; null where the engine ends with the command. */
  ui: string | null;
  stop(): Promise<void>;
}

export interface WatchHandle {
  state(): Promise<WatchState>;
  end(): Promise<WatchState>;
}

/** `signal`: asks for the end while an engine of the command's own is still being started. */
export async function importHost(flags: EngineFlags, signal: AbortSignal): Promise<ImportHost> {
  const options = resolveOptions(flags, process.env);
  const engine = runningEngine(dataFolder(options.dataDir), options.token);
  if (engine) {
    const status = (await engine.call('GET', '/status')) as Status;
    return {
      ui: `${status.api}/#token=${engine.token}`,
      importFile: (path, as) =>
        engine.call('POST', '/import', { path, ...(as === undefined ? {} : { as }) }) as Promise<Job>,
      importStdin: (as) =>
        engine.upload('/import', { name: 'stdin', ...(as === undefined ? {} : { as }) }, process.stdin) as Promise<Job>,
      job: (jobId) => engine.call('GET', `/jobs/${jobId}`) as Promise<Job>,
      async watch(folders) {
        const { watch_id } = (await engine.call('POST', '/watches', { folders })) as WatchState;
        return {
          state: () => engine.call('GET', `/watches/${watch_id}`) as Promise<WatchState>,
          end: () => engine.call('DELETE', `/watches/${watch_id}`) as Promise<WatchState>,
        };
      },
      stop: async () => {},
    };
  }
  const { startHeadless } = await import('./headless.js');
  // An engine for this command alone takes free ports: it must not fail because something holds the usual ones.
  const { proxy_port, api_port } = options.overrides;
  const own = await startHeadless(
    { ...options, overrides: { ...options.overrides, proxy_port: proxy_port ?? 0, api_port: api_port ?? 0 } },
    {
      signal,
      onFatal(error) {
        process.stderr.write(`sluice: a thread crashed again and again (${error.name}).\n`);
        process.exit(1);
      },
    },
  );
  const { imports, jobs, watches } = own.services;
  return {
    ui: null,
    importFile: (path, as) => imports.startFile(path, as),
    importStdin: (as) => imports.upload('stdin', createReadStream('', { fd: 0 }), as),
    job: async (jobId) => jobs.get(jobId) as Job,
    async watch(folders) {
      const { watch_id } = await watches.start(folders);
      return {
        state: async () => watches.get(watch_id) as WatchState,
        end: async () => (await watches.end(watch_id)) as WatchState,
      };
    },
    stop: () => own.stop(),
  };
}
