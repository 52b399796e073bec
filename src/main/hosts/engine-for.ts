import { dataFolder } from '../home/folder.js';
import { engineAt, type RunningEngine } from './engine-client.js';
import type { EngineFlags } from './options.js';
import { optionsAndEngine } from './options-and-engine.js';
import { ownEngine } from './own-engine.js';

/** The engine that a command speaks to; `stop` ends it where it was started for the command alone. */
export interface EngineForCommand {
  /** Asked anew each time: it may be started again meanwhile. @throws SluiceError `not_running` */
  now(): RunningEngine;
  stop(): Promise<void>;
}

/** The engine that holds the folder, or one for the time of the command. `signal` ends its start. */
export async function engineFor(
  flags: EngineFlags & { json?: boolean },
  signal: AbortSignal,
): Promise<EngineForCommand> {
  const { options, engine } = await optionsAndEngine(flags);
  const folder = dataFolder(options.dataDir);
  if (engine !== null) return { now: () => engineAt(folder, options.token), stop: async () => {} };
  const own = await ownEngine(options, signal);
  return { now: () => engineAt(folder, own.ready.token), stop: () => own.stop() };
}
