import { SluiceError } from '../../../shared/errors.js';
import type { CapturedExchange, SentKind } from '../../../shared/model/index.js';
import type { Intake } from '../../api/index.js';
import {
  createSentBodies,
  type IntakeQueue,
  type SentDependencies,
  type SentRequest,
  type Taken,
} from '../../intake/index.js';
import { createThreadPool } from '../../threads/thread-pool.js';
import { handedOver } from '../../threads/transfer.js';
import { startWorker } from '../../threads/worker-handle.js';

/** Below it reading costs less than sending it to a thread would. */
const smallBytes = 16 * 1024;
/** Bodies that are being read at a time, together; what comes beyond is sent away for a moment. */
const mostBytes = 64 * 1024 * 1024;
const deadlineMs = 20_000;

/** Bodies that other programs send: small ones are read here, large ones and all of OpenTelemetry's on a thread of their own. */
export function sentBodies(options: {
  entry: URL;
  parts: Pick<SentDependencies, 'readMessages'>;
  queue: Pick<IntakeQueue, 'submitSlices'>;
}) {
  const pool = createThreadPool<SentRequest<SentKind>>({
    start: () => startWorker(options.entry, null, () => {}),
    size: 1,
    deadlineMs,
  });
  const here = createSentBodies({
    ...options.parts,
    readOtlp: () => {
      throw new TypeError('What OpenTelemetry sends is read on the intake thread.');
    },
  });
  let bytes = 0;

  const open: Intake['open'] = async (kind, blocks, how, use) => {
    const size = blocks.reduce((sum, { byteLength }) => sum + byteLength, 0);
    const small = size < smallBytes && kind !== 'otlp';
    if (!small && bytes + size > mostBytes) {
      throw new SluiceError('engine_busy', 'Too much is being read already.', { retry_after_s: 1 });
    }
    bytes += size;
    const ask = async (request: SentRequest<SentKind>, transfer: ArrayBuffer[] = []): Promise<unknown> =>
      small ? here.answer(request) : pool.ask(request, { tooLong, transfer });
    let name: string | null = null;
    try {
      const opened = (await ask({ type: 'open', kind, blocks, how }, handedOver(blocks))) as {
        body: string;
        head: never;
      };
      name = opened.body;
      const named = name;
      return await use({
        head: opened.head,
        async submit(order, sender) {
          const first = (await ask({ type: 'take', body: named, order, sender })) as Taken;
          await options.queue.submitSlices(first.exchanges, async (): Promise<CapturedExchange[]> => {
            return ((await ask({ type: 'next', body: named })) as Taken).exchanges;
          });
          return { trace_id: first.trace_id };
        },
      });
    } finally {
      bytes -= size;
      if (name !== null) void ask({ type: 'forget', body: name }).catch(() => undefined);
    }
  };
  return { open, close: pool.close };
}

function tooLong(): SluiceError {
  return new SluiceError(
    'body_too_expensive',
    'Reading the body takes longer than this engine may spend on one request.',
  );
}
