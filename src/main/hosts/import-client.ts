import { createReadStream } from 'node:fs';
import type { WatchState } from '../../shared/contract/intake.js';
import { type Large, ownUser } from '../../shared/contract/operation.js';
import type { Job, Status } from '../../shared/model/index.js';
import type { Choice } from '../../shared/model/oracle.js';
import type { EngineFlags } from './options.js';
import { optionsAndEngine } from './options-and-engine.js';
import { ownEngine } from './own-engine.js';

/** An engine that takes files: the one that holds the folder, or one started for the time of the import. */
export interface ImportHost {
  importFile(path: string, as?: string): Promise<Job>;
  importStdin(as?: string): Promise<Job>;
  /** What is chosen of a run of the oracle: its folder, or the id of one of the engine's. */
  importRun(run: { path: string } | { run_id: string }, choice: Choice): Promise<Job>;
  job(jobId: string): Promise<Job>;
  watch(folders: string[], as?: string): Promise<WatchHandle>;
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
  const { options: allOptions, engine } = await optionsAndEngine(flags);
  // What is imported is appended to no file: that is for what is captured.
  const { traceOutput: _, ...options } = allOptions;
  if (engine) {
    const status = (await engine.call('GET', '/status')) as Status;
    return {
      // Without the token: what a command prints ends up in logs and pastes.
      ui: status.api,
      importFile: (path, as) =>
        engine.call('POST', '/import', { path, ...(as === undefined ? {} : { as }) }) as Promise<Job>,
      importStdin: (as) =>
        engine.upload('/import', { name: 'stdin', ...(as === undefined ? {} : { as }) }, process.stdin) as Promise<Job>,
      importRun: (run, choice) =>
        ('path' in run
          ? engine.call('POST', '/oracle/bring', { ...choice, path: run.path })
          : engine.call('POST', `/oracle/runs/${run.run_id}/bring`, choice)) as Promise<Job>,
      job: (jobId) => engine.call('GET', `/jobs/${jobId}`) as Promise<Job>,
      async watch(folders, as) {
        const order = { folders, ...(as === undefined ? {} : { as }) };
        const { watch_id } = (await engine.call('POST', '/watches', order)) as WatchState;
        return {
          state: () => engine.call('GET', `/watches/${watch_id}`) as Promise<WatchState>,
          end: () => engine.call('DELETE', `/watches/${watch_id}`) as Promise<WatchState>,
        };
      },
      stop: async () => {},
    };
  }
  const own = await ownEngine(options, signal);
  const { imports, jobs, oracle, watches } = own.operations;
  return {
    ui: null,
    importFile: (path, as) => imports.start.run({ path, as }, ownUser),
    importStdin: (as) =>
      own.intake.upload('stdin', createReadStream('', { fd: 0 }), as, { kind: 'studio', token_id: null }),
    importRun: (run, choice) =>
      'path' in run
        ? oracle.bringFolder.run({ ...choice, path: run.path }, ownUser)
        : oracle.bring.run({ ...choice, run_id: run.run_id }, ownUser),
    job: async (job_id) => plain(await jobs.get.run({ job_id }, ownUser)),
    async watch(folders, as) {
      const { watch_id } = await watches.start.run({ folders, as }, ownUser);
      return {
        state: async () => plain(await watches.get.run({ watch_id }, ownUser)),
        end: () => watches.end.run({ watch_id }, ownUser),
      };
    },
    stop: () => own.stop(),
  };
}

function plain<T>(answer: Large<T>): T {
  return answer instanceof Uint8Array ? JSON.parse(Buffer.from(answer).toString()) : answer;
}
