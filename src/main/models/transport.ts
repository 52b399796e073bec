import { SluiceError } from '../../shared/errors.js';

/** No answer of a model is larger, unpacked. */
const mostBytes = 8 * 1024 * 1024;

interface Attempt {
  /** How the network is reached. */
  fetch: typeof globalThis.fetch;
  /** Ends the attempt at any point, while its body comes too. */
  signal: AbortSignal;
  onSent(body: string): void;
}

/**
 * `fetch` for servers that nobody vouches for: what comes is counted after it was unpacked and cut off where it is too much, and no
 * redirect is followed, so that neither text nor key goes to another address than the one that was agreed to.
 */
export function boundedFetch({ fetch, signal, onSent }: Attempt): typeof globalThis.fetch {
  return async (input, init) => {
    if (typeof init?.body === 'string') onSent(init.body);
    const signals = init?.signal == null ? [signal] : [signal, init.signal];
    const response = await fetch(input, { ...init, redirect: 'manual', signal: AbortSignal.any(signals) });
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel().catch(() => undefined);
      const target = response.headers.get('location') ?? '';
      const where = URL.canParse(target, response.url) ? new URL(target, response.url).host : 'nowhere';
      throw new SluiceError(
        'model_redirected',
        `The server sends on to ${where.slice(0, 200)}; that was not followed.`,
      );
    }
    const { status, statusText, headers } = response;
    // What unpacked it here would be taken for its length.
    const kept = new Headers(headers);
    kept.delete('content-encoding');
    kept.delete('content-length');
    return new Response(response.body === null ? null : response.body.pipeThrough(atMost(mostBytes)), {
      status,
      statusText,
      headers: kept,
    });
  };
}

function atMost(bytes: number): TransformStream<Uint8Array, Uint8Array> {
  let left = bytes;
  return new TransformStream({
    transform(chunk, controller) {
      left -= chunk.byteLength;
      if (left < 0) {
        const message = `The answer is longer than ${bytes / 1024 / 1024} MB.`;
        controller.error(new SluiceError('model_answer_invalid', message));
      } else controller.enqueue(chunk);
    },
  });
}
