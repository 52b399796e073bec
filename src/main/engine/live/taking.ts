import { SluiceError } from '../../../shared/errors.js';
import type { IntakeQueue } from '../../intake/index.js';
import type { IntakeCalls } from '../work/engine-calls.js';

/** Takes for the journal what imports read on their thread. */
export function takingFor(queue: Pick<IntakeQueue, 'submitExchanges'>): Omit<IntakeCalls, 'uploaded'> {
  const underWay = new Map<string, AbortController>();
  return {
    async take(taking, exchanges) {
      const abort = new AbortController();
      underWay.set(taking, abort);
      let written = 0;
      try {
        const count = (more: number) => {
          written += more;
        };
        await queue.submitExchanges(exchanges, { wait: true, ownsBodies: true, signal: abort.signal, written: count });
        return { written, error: null };
      } catch (error) {
        const { code, message, details } = error instanceof SluiceError ? error : { code: 'internal', ...plain(error) };
        return { written, error: { code, message, details } };
      } finally {
        underWay.delete(taking);
      }
    },
    async stopTaking(taking) {
      underWay.get(taking)?.abort();
    },
  };
}

function plain(error: unknown): { message: string; details?: unknown } {
  return { message: (error as Error).message };
}
