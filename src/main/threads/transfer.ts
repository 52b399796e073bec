import type { CapturedExchange } from '../../shared/model/index.js';

/** Below it copying costs less than handing over. */
const worthBytes = 16 * 1024;

/**
 * The memory behind bytes that go to another thread for good: handed over with the message, it is not copied. Of bytes
 * that are a part of others' memory nothing is handed over.
 */
export function handedOver(bytes: Iterable<Uint8Array>): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const { buffer, byteLength } of bytes) {
    const whole = buffer instanceof ArrayBuffer && byteLength === buffer.byteLength;
    if (whole && byteLength >= worthBytes) buffers.add(buffer);
  }
  return [...buffers];
}

export function bodiesOf(exchanges: readonly CapturedExchange[]): Uint8Array[] {
  return exchanges.flatMap(({ request, response }) => (response ? [request.body, response.body] : [request.body]));
}
