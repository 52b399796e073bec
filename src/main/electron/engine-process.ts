import { join } from 'node:path';
import { type UtilityProcess, utilityProcess } from 'electron';
import type { EngineFailure, FromEngine, ReadyInfo, ToEngine } from '../hosts/utility-messages.js';
import { answerKeychain } from './keychain.js';
import { mayRestart } from './policy.js';

export interface EngineEvents {
  /** At the first start and after every restart; the address may have changed. */
  onReady(ready: ReadyInfo): void;
  /** It crashed and is being started again. */
  onRestart(): void;
  /** It could not start, or crashes again and again. */
  onFailed(failure: EngineFailure): void;
}

export interface EngineProcess {
  /** The engine that runs now. */
  current(): ReadyInfo | null;
  /** Lets it drain; resolves when its process has ended. */
  stop(): Promise<void>;
}

/** Runs the engine in a process of its own, and starts it again when it crashes. */
export function startEngineProcess(args: string[], keychain: boolean, events: EngineEvents): EngineProcess {
  let child: UtilityProcess;
  let ready: ReadyInfo | null = null;
  let over = false;
  let onStopped: (() => void) | null = null;
  const crashes: number[] = [];

  const fail = (failure: EngineFailure) => {
    over = true;
    events.onFailed(failure);
  };
  const onExit = (code: number) => {
    ready = null;
    if (onStopped) return onStopped();
    if (over) return;
    crashes.push(Date.now());
    if (mayRestart(crashes, Date.now())) {
      events.onRestart();
      return start();
    }
    const message = `The engine crashed ${crashes.length} times in a minute (exit code ${code}).`;
    fail({ code: 'internal', message, next: 'Start the studio from a terminal to see what it says.' });
  };
  const start = () => {
    const own = utilityProcess.fork(join(import.meta.dirname, 'utility.js'), [], {
      serviceName: 'Sluice engine',
      stdio: 'inherit',
    });
    const say = (message: ToEngine) => own.postMessage(message);
    own.on('message', async (message: FromEngine) => {
      if (message.type === 'ready') {
        ready = message.ready;
        events.onReady(ready);
      } else if (message.type === 'failed') fail(message.failure);
      else say({ type: 'keychain', id: message.request.id, result: await answerKeychain(message.request) });
    });
    own.once('exit', onExit);
    say({ type: 'start', args, keychain });
    child = own;
  };

  start();
  return {
    current: () => ready,
    stop: () =>
      new Promise((resolve) => {
        if (child.pid === undefined) return resolve();
        onStopped = resolve;
        child.postMessage({ type: 'stop' } satisfies ToEngine);
      }),
  };
}
