import { dataFolder } from '../home/folder.js';
import { type RunningEngine, runningEngine } from './engine-client.js';
import { type EngineFlags, type ResolvedOptions, resolveOptions } from './options.js';
import { folderOf } from './which-folder.js';

/** What a command's flags say, and the engine that it speaks to; null where it has to start one of its own. */
export interface OptionsAndEngine {
  options: ResolvedOptions;
  engine: RunningEngine | null;
}

export async function optionsAndEngine(flags: EngineFlags & { json?: boolean }): Promise<OptionsAndEngine> {
  const resolved = resolveOptions(flags, process.env);
  // The demo has a folder of its own, which no other engine's is meant by.
  const options = resolved.demo ? resolved : { ...resolved, dataDir: (await folderOf(flags)).root };
  return { options, engine: runningEngine(dataFolder(options.dataDir), options.token) };
}
