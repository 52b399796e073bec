import { join } from 'node:path';
import { type UtilityProcess, utilityProcess } from 'electron';
import type { EngineFailure, EngineReady, FromEngine, ToEngine } from '../hosts/utility-messages.js';
import { mayRestart } from './policy.js';

export interface EngineEvents {
  /** At the first start and after every restart; the address may have changed. */
  onReady(ready: EngineReady): void;
  /** It crashed and is being started again. */
  onRestart(): void;
  /** It could not start, or crashes again and again. */
  onFailed(failure: EngineFailure): void;
}

export interface EngineProcess {
  /** The address and token of the engine that runs now. */
  current(): EngineReady | null;
  /** Lets it drain; resolves when its process has ended. */
  stop(): Promise<void>;
}

/** Runs the engine in a process of its own, and starts it again when it crashes. */
export function startEngineProcess(args: string[], key: Uint8Array | null, events: EngineEvents): EngineProcess {
  let child: UtilityProcess;
  let ready: EngineReady | null = null;
  let failed = false;
  let stopped: (() => void) | null = null;
  const crashes: number[] = [];

  const say = (message: ToEngine) => child.postMessage(message);
  const onMessage = (message: FromEngine) => {
    if (message.type === 'ready') {
      ready = message.ready;
      events.onReady(ready);
    } else {
      failed = true;
      events.onFailed(message.failure);
    }
  };
  const onExit = (code: number) => {
    ready = null;
    if (stopped) return stopped();
    if (failed) return;
    crashes.push(Date.now());
    if (mayRestart(crashes, Date.now())) {
      events.onRestart();
      start();
    } else {
      failed = true;
      const message = `The engine crashed ${crashes.length} times in a minute (exit code ${code}).`;
      events.onFailed({ code: 'internal', message, next: 'Look at the log in the data folder.' });
    }
  };
  const start = () => {
    child = utilityProcess.fork(join(import.meta.dirname, 'utility.js'), [], {
      serviceName: 'Sluice engine',
      stdio: 'inherit',
    });
    child.on('message', onMessage);
    child.once('exit', onExit);
    say({ type: 'start', args, key });
  };

  start();
  return {
    current: () => ready,
    stop: () =>
      new Promise((resolve) => {
        if (child.pid === undefined) return resolve();
        stopped = resolve;
        say({ type: 'stop' });
      }),
  };
}
