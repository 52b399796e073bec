import { join } from 'node:path';
import { type UtilityProcess, utilityProcess } from 'electron';
import type { EngineFailure, FromEngine, ReadyInfo, ToEngine } from '../hosts/utility-messages.js';
import { answerKeychain } from './keychain.js';
import { engineLogPath, note } from './log.js';
import { type Crash, mayRestart } from './policy.js';

export interface EngineEvents {
  /** At the first start and after every restart; the address may have changed. */
  onReady(ready: ReadyInfo): void;
  /** It crashed and is being started again. */
  onRestart(): void;
  /** It could not start, or crashes again and again. */
  onFailed(failure: EngineFailure): void;
  /** It has not come up for so long; the signal says when it has, or ended. */
  onSlow(seconds: number, signal: AbortSignal): void;
}

export interface EngineProcess {
  /** The engine that runs now. */
  current(): ReadyInfo | null;
  /** Lets it drain; resolves when its process has ended. */
  stop(): Promise<void>;
}

/** An engine that takes longer than this to come up is asked about. */
const slowMs = 30_000;
/** One that does not even say within this time that it is ending hangs. */
const hangsMs = 15_000;

/** Runs the engine in a process of its own, and starts it again when it crashes. */
export function startEngineProcess(args: string[], keychain: boolean, events: EngineEvents): EngineProcess {
  let child: UtilityProcess;
  let ready: ReadyInfo | null = null;
  let over = false;
  let onStopped: (() => void) | null = null;
  let hangs: NodeJS.Timeout | undefined;
  const crashes: Crash[] = [];
  let up = new AbortController();

  const fail = (failure: EngineFailure) => {
    over = true;
    up.abort();
    events.onFailed(failure);
  };
  const onExit = (code: number) => {
    const wasUp = ready !== null;
    ready = null;
    up.abort();
    note('engine_ended', { code, was_up: wasUp, asked: onStopped !== null });
    if (onStopped) return onStopped();
    if (over) return;
    crashes.push({ at: Date.now(), wasUp });
    if (mayRestart(crashes, Date.now())) {
      events.onRestart();
      return start();
    }
    const message = `The engine ended unexpectedly, again and again (exit code ${code}).`;
    fail({ code: 'internal', message, next: 'Start the studio from a terminal to see what it says.' });
  };
  const start = () => {
    const starting = new AbortController();
    up = starting;
    const slow = setTimeout(() => events.onSlow(slowMs / 1000, starting.signal), slowMs);
    starting.signal.addEventListener('abort', () => clearTimeout(slow));
    const own = utilityProcess.fork(join(import.meta.dirname, 'utility.js'), [], {
      serviceName: 'Sluice engine',
      stdio: 'inherit',
    });
    const say = (message: ToEngine) => own.postMessage(message);
    own.on('message', async (message: FromEngine) => {
      if (message.type === 'ready') {
        ready = message.ready;
        starting.abort();
        note('engine_ready', { engine_pid: ready.pid });
        events.onReady(ready);
      } else if (message.type === 'failed') fail(message.failure);
      else if (message.type === 'ending') clearTimeout(hangs);
      else say({ type: 'keychain', id: message.request.id, result: await answerKeychain(message.request) });
    });
    own.once('exit', onExit);
    say({ type: 'start', args, keychain, log: engineLogPath() });
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
        // One that hangs must not leave a process without a window. What it has captured lies in its journal.
        hangs = setTimeout(() => child.kill(), hangsMs);
      }),
  };
}
