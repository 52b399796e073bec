import { engineHere } from './engine-here.js';
import type { SluiceEngine, StartOptions } from './types.js';

/**
 * Starts an engine in this process, on free ports where none is named. From then on files that the process makes are the user's
 * alone (umask 077).
 * @throws SluiceError with a stable `code` and a `next` step, e.g. `data_dir_in_use`, `port_in_use`
 */
export async function startEngine(options: StartOptions = {}): Promise<SluiceEngine> {
  const { ready, stop } = await engineHere(options);
  const { proxy, api, ui, token, ca, data_dir } = ready;
  return { ready: { proxy, api, ui, token, ca, data_dir }, stop: () => stop() };
}
