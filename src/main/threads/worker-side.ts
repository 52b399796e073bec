import { type MessagePort, parentPort } from 'node:worker_threads';
import { SluiceError } from '../../shared/errors.js';
import type { FromThread, ToThread } from './protocol.js';

/** The thread's own end: answers requests one after the other, sends events. */
export function serveThread<R, E>(handlers: {
  request(request: R): unknown | Promise<unknown>;
  connect(port: MessagePort): void;
}): { emit(event: E): void; end(): void } {
  const port = parentPort;
  if (!port) throw new Error('This module runs in a worker thread only.');
  let turn: Promise<void> = Promise.resolve();
  port.on('message', (message: ToThread<R>) => {
    if ('port' in message) {
      handlers.connect(message.port);
      return;
    }
    const { id, request } = message;
    turn = turn.then(async () => {
      try {
        port.postMessage({ id, value: await handlers.request(request) } satisfies FromThread<E>);
      } catch (error) {
        port.postMessage({ id, error: describe(error) } satisfies FromThread<E>);
      }
    });
  });
  return {
    emit: (event) => port.postMessage({ event } satisfies FromThread<E>),
    end: () => port.close(),
  };
}

function describe(error: unknown) {
  if (error instanceof SluiceError) {
    return { code: error.code, message: error.message, details: error.details as never, known: true };
  }
  return { code: 'internal', message: (error as Error).message, known: false };
}
