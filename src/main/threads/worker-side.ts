import { type MessagePort, parentPort } from 'node:worker_threads';
import { SluiceError } from '../../shared/errors.js';
import { storageError } from '../../shared/storage-error.js';
import type { FromThread, ToThread } from './protocol.js';
import { handedOver } from './transfer.js';

/**
 * The thread's own end, which says that it has begun: what must not be interrupted stands before it. Answers requests, sends events. Requests of one lane are answered one after the other; what may wait long
 * (for everything to be stored, say) has a lane of its own, so that writes and control never wait behind waiting.
 */
export function serveThread<R, E>(handlers: {
  request(request: R): unknown | Promise<unknown>;
  lane(request: R): 'control' | 'waiting';
  /** What of an answer is bytes that it was made for alone: they are handed over, not copied. */
  bytesOf?(value: unknown): Iterable<Uint8Array>;
  connect(port: MessagePort): void;
}): { emit(event: E, transfer?: readonly ArrayBuffer[]): void; end(): void } {
  const port = parentPort;
  if (!port) throw new Error('This module runs in a worker thread only.');
  const bytesOf = handlers.bytesOf ?? ((value) => (value instanceof Uint8Array ? [value] : []));
  const answer = async (id: number, request: R) => {
    try {
      const value = await handlers.request(request);
      port.postMessage({ id, value } satisfies FromThread<E>, handedOver(bytesOf(value)));
    } catch (error) {
      port.postMessage({ id, error: describe(error) } satisfies FromThread<E>);
    }
  };
  let control: Promise<void> = Promise.resolve();
  port.on('message', (message: ToThread<R>) => {
    if ('port' in message) {
      handlers.connect(message.port);
      return;
    }
    const { id, request } = message;
    // What waits begins after the control requests before it, and holds up none behind it, nor another that waits.
    if (handlers.lane(request) === 'waiting') void control.then(() => answer(id, request));
    else control = control.then(() => answer(id, request));
  });
  port.postMessage({ begun: true } satisfies FromThread<E>);
  return {
    emit: (event, transfer = []) => port.postMessage({ event } satisfies FromThread<E>, transfer),
    end: () => port.close(),
  };
}

function describe(thrown: unknown) {
  const error = storageError(thrown) ?? thrown;
  if (error instanceof SluiceError) {
    return { code: error.code, message: error.message, details: error.details as never, expected: true };
  }
  return { code: 'internal', message: (error as Error).message, expected: false };
}
