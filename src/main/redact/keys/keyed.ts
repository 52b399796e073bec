import { createHmac, createSecretKey } from 'node:crypto';

/** Numbers that look random and are the same for the same subject under the same key. */
export interface Numbers {
  /** 0 up to `below` (at most 2^24), `below` not included. */
  next(below: number): number;
}

export type Keyed = (purpose: string, subject: string) => Numbers;

/** HMAC-SHA-512 in counter mode; what is made of it is apart from pseudonyms under the same key. */
export function keyed(bytes: Uint8Array): Keyed {
  // Made anew for each HMAC it would take most of the time.
  const key = createSecretKey(bytes);
  return (purpose, subject) => {
    let block = Buffer.alloc(0);
    let at = 0;
    let count = 0;
    return {
      next(below) {
        if (at + 4 > block.length) {
          block = createHmac('sha512', key).update(`surrogate\0${purpose}\0${count++}\0${subject}`).digest();
          at = 0;
        }
        // Two bytes are enough for a letter.
        if (below <= 256) {
          at += 2;
          return Math.floor((block.readUInt16BE(at - 2) / 0x1_0000) * below);
        }
        at += 4;
        return Math.floor((block.readUInt32BE(at - 4) / 0x1_0000_0000) * below);
      },
    };
  };
}
