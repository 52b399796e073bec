import { Command } from 'commander';
import { SluiceError } from '../../shared/errors.js';
import type { Engine } from '../engine/index.js';
import type { Keychain } from '../ground/keychain.js';
import { dataFolder, makeDataFolder } from '../home/folder.js';
import { engineFlags } from './commands/engine-flags.js';
import { startHeadless } from './headless.js';
import { openLogFile } from './log-file.js';
import { resolveOptions } from './options.js';
import { keychainKey } from './sealed-key.js';
import type { EngineFailure, FromEngine, KeychainRequest, ToEngine } from './utility-messages.js';

/** The engine in Electron's utility process. It knows its parent only through this port. */
interface ParentPort {
  on(event: 'message', listener: (event: { data: ToEngine }) => void): void;
  postMessage(message: FromEngine): void;
}
const parent = (process as unknown as { parentPort: ParentPort }).parentPort;

let engine: Engine | null = null;
let starting: Promise<void> = Promise.resolve();
const asked = new AbortController();
let lastRequest = 0;
const waiting = new Map<number, { resolve(result: string | Uint8Array): void; reject(error: Error): void }>();

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

function ask<T extends string | Uint8Array>(request: WithoutId<KeychainRequest>): Promise<T> {
  const id = ++lastRequest;
  const answer = new Promise<string | Uint8Array>((resolve, reject) => waiting.set(id, { resolve, reject }));
  parent.postMessage({ type: 'keychain', request: { ...request, id } });
  return answer as Promise<T>;
}

const desktopKeychain: Keychain = {
  seal: (text) => ask({ action: 'seal', text }),
  open: (sealed) => ask({ action: 'open', sealed }),
};

async function start({ args, keychain, log }: ToEngine & { type: 'start' }): Promise<void> {
  // Electron's and Chromium's own switches are among the arguments.
  const flags = engineFlags(new Command()).allowUnknownOption().allowExcessArguments().exitOverride();
  const options = resolveOptions(flags.parse(args, { from: 'user' }).opts(), process.env);
  const folder = dataFolder(options.dataDir);
  makeDataFolder(folder);
  const key = await keychainKey(folder, keychain ? desktopKeychain : null);
  engine = await startHeadless(options, {
    ...(key === undefined ? {} : { key }),
    ...(keychain ? { keychain: desktopKeychain } : {}),
    log: openLogFile(log, (error) => process.stderr.write(`sluice: the log cannot be written: ${error.code}\n`)),
    signal: asked.signal,
    // As a crash: the desktop starts a new process, and gives up when that does not help.
    onFatal: () => process.exit(1),
  });
  parent.postMessage({ type: 'ready', ready: engine.ready });
}

function failureOf(error: unknown): EngineFailure {
  if (error instanceof SluiceError) return { code: error.code, message: error.message, next: error.next };
  return {
    code: 'internal',
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    next: '',
  };
}

parent.on('message', ({ data }) => {
  switch (data.type) {
    case 'start':
      starting = start(data).catch((error) => {
        if (!asked.signal.aborted) parent.postMessage({ type: 'failed', failure: failureOf(error) });
      });
      break;
    case 'keychain': {
      const { id, result } = data;
      if (result === null) waiting.get(id)?.reject(new Error('The keychain refused.'));
      else waiting.get(id)?.resolve(result);
      waiting.delete(id);
      break;
    }
    case 'stop':
      parent.postMessage({ type: 'ending' });
      asked.abort();
      // A keychain that asks its user would hold up the end.
      for (const { reject } of waiting.values()) reject(new Error('The engine is ended.'));
      starting
        .then(() => engine?.stop())
        .then(
          () => process.exit(0),
          (error) => {
            process.stderr.write(`${failureOf(error).message}\n`);
            process.exit(1);
          },
        );
      break;
  }
});
