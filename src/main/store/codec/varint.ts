/** Of an integer of 53 bits. */
const mostBytes = 8;

/**
 * Integers (at most 2^52 apart) as LEB128 of the zigzagged difference to the one before. Row ids of one session lie
 * close together, so a list of them takes little more than a byte each.
 */
export function encodeDeltas(values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * mostBytes);
  let at = 0;
  let previous = 0;
  for (const value of values) {
    const delta = value - previous;
    previous = value;
    let rest = delta < 0 ? -delta * 2 - 1 : delta * 2;
    while (rest >= 0x80) {
      bytes[at++] = (rest % 0x80) + 0x80;
      rest = Math.floor(rest / 0x80);
    }
    bytes[at++] = rest;
  }
  return bytes.subarray(0, at);
}

export function decodeDeltas(bytes: Uint8Array): number[] {
  const values: number[] = [];
  let previous = 0;
  let zigzag = 0;
  let factor = 1;
  for (const byte of bytes) {
    zigzag += (byte & 0x7f) * factor;
    if (byte >= 0x80) {
      factor *= 0x80;
      continue;
    }
    previous += zigzag % 2 === 1 ? -(zigzag + 1) / 2 : zigzag / 2;
    values.push(previous);
    zigzag = 0;
    factor = 1;
  }
  return values;
}
