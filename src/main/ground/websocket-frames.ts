/** One frame as it stands on the wire, unmasked (RFC 6455 §5.2). */
export interface Frame {
  fin: boolean;
  /** RSV1: the message is compressed (RFC 7692). */
  compressed: boolean;
  opcode: number;
  payload: Uint8Array;
  /** Offset after the frame's last byte. */
  end: number;
}

export type FrameRead =
  | Frame
  | { fault: 'invalid'; message: string }
  /** `needed`: bytes from the frame's first one on, as far as they are known by now. */
  | { fault: 'cut'; message: string; needed: number };

/** Reads the frame that begins at `start`; masked payloads are unmasked into a copy. */
export function readFrame(bytes: Uint8Array, start: number): FrameRead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const left = bytes.length - start;
  if (left < 2) return cut(2);
  const first = view.getUint8(start);
  const second = view.getUint8(start + 1);
  const opcode = first & 0x0f;
  if ((first & 0x30) !== 0) return { fault: 'invalid', message: 'reserved bits are set' };
  if ((opcode > 2 && opcode < 8) || opcode > 10) return { fault: 'invalid', message: `unknown opcode ${opcode}` };
  const fin = (first & 0x80) !== 0;
  let length = second & 0x7f;
  if (opcode >= 8 && (!fin || length > 125))
    return { fault: 'invalid', message: 'control frame is fragmented or too long' };
  let offset = start + 2;
  if (length === 126) {
    if (left < 4) return cut(4);
    length = view.getUint16(offset);
    offset += 2;
  } else if (length === 127) {
    if (left < 10) return cut(10);
    const long = view.getBigUint64(offset);
    if (long > BigInt(Number.MAX_SAFE_INTEGER)) return { fault: 'invalid', message: 'frame length beyond 2^53' };
    length = Number(long);
    offset += 8;
  }
  const masked = (second & 0x80) !== 0;
  const keyAt = offset;
  if (masked) offset += 4;
  const end = offset + length;
  if (end > bytes.length) return cut(end - start);
  const payload = masked ? unmask(bytes, keyAt, offset, end) : bytes.subarray(offset, end);
  return { fin, compressed: (first & 0x40) !== 0, opcode, payload, end };
}

function cut(needed: number): FrameRead {
  return { fault: 'cut', message: 'the last frame is not complete', needed };
}

function unmask(bytes: Uint8Array, keyAt: number, from: number, to: number): Uint8Array {
  // A Buffer's own slice would be no copy, and what is read here is still on its way to the other side.
  const payload = Uint8Array.prototype.slice.call(bytes, from, to);
  const key = bytes.subarray(keyAt, keyAt + 4);
  for (let i = 0; i < payload.length; i += 1) payload[i] = (payload[i] as number) ^ (key[i & 3] as number);
  return payload;
}
