import { join } from 'node:path';
import { demoExchanges } from '../demo/exchanges.js';
import { builtThreads, type Engine, startEngine } from '../engine/index.js';
import type { ResolvedOptions } from './options.js';
import { appVersion, commandLine, packageRoot, uiDir } from './paths.js';

/** The engine in this process, on plain Node or in Electron's utility process. */
export function startHeadless(
  options: ResolvedOptions,
  extra: { key?: Uint8Array; onFatal(error: Error): void },
): Promise<Engine> {
  return startEngine({
    dataDir: options.dataDir,
    overrides: options.overrides,
    ...(options.token === undefined ? {} : { token: options.token }),
    ...(extra.key === undefined ? {} : { key: extra.key }),
    threads: builtThreads(join(packageRoot, 'out', 'main')),
    uiDir,
    version: appVersion,
    command: commandLine,
    ...(options.demo ? { demo: () => demoExchanges(Date.now() * 1000) } : {}),
    onFatal: extra.onFatal,
  });
}

/** Stops the engine once on SIGTERM or SIGINT; a second signal ends the process at once. Resolves when it has stopped. */
export function untilSignal(engine: Engine): Promise<void> {
  return new Promise((resolve, reject) => {
    let asked = false;
    const onSignal = () => {
      if (asked) process.exit(1);
      asked = true;
      engine.stop().then(resolve, reject);
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}
