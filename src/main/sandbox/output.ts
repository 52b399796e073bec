/** The first and the last halves of `limit` bytes of a flow of any length, and how many lay between. */
export function keepEnds(limit: number) {
  const headLimit = Math.ceil(limit / 2);
  const tailLimit = limit - headLimit;
  const head: Uint8Array[] = [];
  let headBytes = 0;
  let tail: Uint8Array[] = [];
  let tailBytes = 0;
  let dropped = 0;

  /** Cuts the tail back to its size; done rarely, so that a flood costs one copy of it. */
  function trim(): void {
    const all = Buffer.concat(tail);
    const kept = all.subarray(Math.max(0, all.length - tailLimit));
    dropped += all.length - kept.length;
    tail = [kept];
    tailBytes = kept.length;
  }

  return {
    add(bytes: Uint8Array): void {
      const first = bytes.subarray(0, headLimit - headBytes);
      if (first.length > 0) {
        head.push(first);
        headBytes += first.length;
      }
      const rest = bytes.subarray(first.length);
      if (rest.length === 0) return;
      tail.push(rest);
      tailBytes += rest.length;
      if (tailBytes > 2 * tailLimit + 65_536) trim();
    },
    ends(): { head: Uint8Array; tail: Uint8Array; dropped_bytes: number } {
      trim();
      return { head: new Uint8Array(Buffer.concat(head)), tail: new Uint8Array(tail[0] ?? []), dropped_bytes: dropped };
    },
  };
}

/**
 * Reads the engine's frames (a byte for the stream, three of nothing, four for the length) as they come, in any pieces.
 * A frame that is not whole is given out in the parts that came.
 */
export function readFrames(give: (bytes: Uint8Array, stream: 'stdout' | 'stderr') => void) {
  let header = Buffer.alloc(0);
  let left = 0;
  let stream: 'stdout' | 'stderr' = 'stdout';
  return (chunk: Uint8Array): void => {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    while (rest.length > 0) {
      if (left === 0) {
        const missing = 8 - header.length;
        header = Buffer.concat([header, rest.subarray(0, missing)]);
        rest = rest.subarray(missing);
        if (header.length < 8) return;
        stream = header[0] === 2 ? 'stderr' : 'stdout';
        left = header.readUInt32BE(4);
        header = Buffer.alloc(0);
        continue;
      }
      const bytes = rest.subarray(0, left);
      rest = rest.subarray(bytes.length);
      left -= bytes.length;
      give(bytes, stream);
    }
  };
}
