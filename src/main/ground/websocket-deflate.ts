import * as zlib from 'node:zlib';

/** The parameters of permessage-deflate as the server accepted them (RFC 7692 §7.1); null where it did not. */
export interface DeflateParameters {
  serverNoContextTakeover: boolean;
  clientNoContextTakeover: boolean;
}

export function deflateParameters(extensions: string): DeflateParameters | null {
  for (const extension of extensions.toLowerCase().split(',')) {
    const [name, ...parameters] = extension.split(';').map((part) => part.trim());
    if (name !== 'permessage-deflate') continue;
    return {
      serverNoContextTakeover: parameters.includes('server_no_context_takeover'),
      clientNoContextTakeover: parameters.includes('client_no_context_takeover'),
    };
  }
  return null;
}

const tail = Uint8Array.of(0, 0, 0xff, 0xff);
const windowBytes = 32_768;

export interface MessageInflater {
  /** The message's bytes; throws where they are not valid or would grow beyond `cap`. */
  inflate(payload: Uint8Array, cap: number): Uint8Array;
  /** What the next message is compressed against. */
  window(): Uint8Array;
}

/**
 * Decompresses the messages of one direction in order. With context takeover the window of a message is the last
 * 32 KiB of all messages before it, which is what a preset dictionary is to raw inflate.
 * @param before the window that the messages before the first one left
 */
export function messageInflater(contextTakeover: boolean, before: Uint8Array = new Uint8Array(0)): MessageInflater {
  let window: Buffer = Buffer.from(before.buffer, before.byteOffset, before.byteLength);
  return {
    window: () => window,
    inflate(payload, cap) {
      const output = zlib.inflateRawSync(Buffer.concat([payload, tail]), {
        finishFlush: zlib.constants.Z_SYNC_FLUSH,
        maxOutputLength: Math.max(cap, 1),
        ...(window.length > 0 ? { dictionary: window } : {}),
      });
      if (contextTakeover) {
        window =
          output.length >= windowBytes
            ? output.subarray(-windowBytes)
            : Buffer.concat([window.subarray(Math.max(0, window.length + output.length - windowBytes)), output]);
      }
      return output;
    },
  };
}
