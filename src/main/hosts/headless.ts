import { join } from 'node:path';
import { demoExchanges } from '../demo/exchanges.js';
import { type Engine, startEngine } from '../engine/index.js';
import type { Keychain } from '../ground/keychain.js';
import type { LogFile } from './log-file.js';
import type { ResolvedOptions } from './options.js';
import { appVersion, commandLine, packageRoot, resourcesDir, uiDir } from './paths.js';

/** The engine in this process, on plain Node or in Electron's utility process. */
export function startHeadless(
  options: ResolvedOptions,
  extra: { key?: Uint8Array; keychain?: Keychain; log?: LogFile; signal?: AbortSignal; onFatal(error: Error): void },
): Promise<Engine> {
  return startEngine({
    dataDir: options.dataDir,
    overrides: options.overrides,
    ...(options.token === undefined ? {} : { token: options.token }),
    ...(extra.key === undefined ? {} : { key: extra.key }),
    ...(extra.keychain === undefined ? {} : { keychain: extra.keychain }),
    ...(options.traceOutput === undefined ? {} : { traceOutput: options.traceOutput }),
    threads: builtThreads(join(packageRoot, 'out', 'main')),
    uiDir,
    resources: resourcesDir,
    version: appVersion,
    command: commandLine,
    ...(extra.log === undefined ? {} : { log: extra.log }),
    ...(extra.signal === undefined ? {} : { signal: extra.signal }),
    ...(options.demo ? { demo: () => demoExchanges(Date.now() * 1000) } : {}),
    onFatal: extra.onFatal,
  });
}

/** Entries of the threads in the folder that they are built into. */
function builtThreads(folder: string): Parameters<typeof startEngine>[0]['threads'] {
  return {
    capture: new URL(`file://${join(folder, 'capture-thread.js')}`),
    pipeline: new URL(`file://${join(folder, 'pipeline-thread.js')}`),
    gate: new URL(`file://${join(folder, 'gate-thread.js')}`),
    reading: new URL(`file://${join(folder, 'reading-thread.js')}`),
    work: new URL(`file://${join(folder, 'work-thread.js')}`),
    intake: new URL(`file://${join(folder, 'intake-thread.js')}`),
    oracle: new URL(`file://${join(folder, 'oracle-thread.js')}`),
  };
}
