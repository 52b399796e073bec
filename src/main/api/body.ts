import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { SluiceError } from '../../shared/errors.js';
import { sizeText } from './limits.js';

/** Bytes that are gathered into one block of memory. */
const blockBytes = 256 * 1024;
const firstBlockBytes = 16 * 1024;

/** A body as it came, in blocks of memory of its own: they can be handed to another thread without being copied. */
export class SentBody {
  readonly blocks: Uint8Array[];

  constructor(blocks: Uint8Array[]) {
    this.blocks = blocks;
  }
}

/** The body of a route with `sent`. */
export function blocksOf({ body }: Pick<FastifyRequest, 'body'>): Uint8Array[] {
  if (!(body instanceof SentBody)) throw new TypeError('The route did not say that its body is sent.');
  return body.blocks;
}

/**
 * Reads a body, each chunk as it comes: nothing here looks at the whole of it. Throws `body_too_large` at the first byte
 * beyond the limit, or before where the length was announced, and `request_invalid` where it breaks off.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Uint8Array[]> {
  const announced = Number(request.headers['content-length']);
  if (announced > limit) return Promise.reject(tooLarge(limit));
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array[]>();
  const blocks: Uint8Array[] = [];
  let block = new Uint8Array(Math.min(Number.isNaN(announced) ? firstBlockBytes : announced, blockBytes));
  let used = 0;
  let size = 0;

  function onData(chunk: Uint8Array): void {
    size += chunk.byteLength;
    if (size > limit) {
      settle(() => reject(tooLarge(limit)));
      return;
    }
    for (let from = 0; from < chunk.byteLength; ) {
      if (used === block.byteLength) {
        if (used > 0) blocks.push(block);
        block = new Uint8Array(blockBytes);
        used = 0;
      }
      const part = chunk.subarray(from, from + block.byteLength - used);
      block.set(part, used);
      used += part.byteLength;
      from += part.byteLength;
    }
  }
  function onEnd(): void {
    if (used > 0) blocks.push(used === block.byteLength ? block : block.slice(0, used));
    settle(() => resolve(blocks));
  }
  const onBroken = () => settle(() => reject(new SluiceError('request_invalid', 'The body breaks off.')));
  function settle(done: () => void): void {
    request.off('data', onData).off('end', onEnd).off('error', onBroken).off('close', onBroken);
    done();
  }
  request.on('data', onData).once('end', onEnd).once('error', onBroken).once('close', onBroken);
  return promise;
}

function tooLarge(limit: number): SluiceError {
  return new SluiceError('body_too_large', `The body is larger than ${sizeText(limit)}.`, { limit_bytes: limit });
}
