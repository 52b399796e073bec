/**
 * Keccak-256 with the original padding, as Ethereum uses it (Keccak reference 3.0; FIPS 202 pads otherwise, so Node's
 * sha3-256 is another function). Hex of a short ASCII text; lanes as pairs of 32-bit halves.
 */
export function keccak256(text: string): string {
  const rate = 136;
  const block = new Uint8Array(rate);
  if (text.length >= rate) throw new RangeError('one block only');
  for (let i = 0; i < text.length; i++) block[i] = text.charCodeAt(i);
  block[text.length] = 1;
  block[rate - 1] = (block[rate - 1] as number) | 0x80;
  const state = new BigUint64Array(25);
  const view = new DataView(block.buffer);
  for (let i = 0; i < rate / 8; i++) state[i] = view.getBigUint64(i * 8, true);
  permute(state);
  const out = new DataView(new ArrayBuffer(32));
  for (let i = 0; i < 4; i++) out.setBigUint64(i * 8, state[i] as bigint, true);
  return Buffer.from(out.buffer).toString('hex');
}

const rotations = [0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14];
const mask = (1n << 64n) - 1n;
const turn = (value: bigint, by: number) =>
  by === 0 ? value : ((value << BigInt(by)) | (value >> BigInt(64 - by))) & mask;

function permute(a: BigUint64Array): void {
  let lfsr = 1;
  for (let round = 0; round < 24; round++) {
    const c = new BigUint64Array(5);
    for (let x = 0; x < 5; x++) {
      c[x] = at(a, x) ^ at(a, x + 5) ^ at(a, x + 10) ^ at(a, x + 15) ^ at(a, x + 20);
    }
    for (let x = 0; x < 5; x++) {
      const d = at(c, (x + 4) % 5) ^ turn(at(c, (x + 1) % 5), 1);
      for (let y = 0; y < 25; y += 5) a[x + y] = at(a, x + y) ^ d;
    }
    const b = new BigUint64Array(25);
    for (let x = 0; x < 5; x++) {
      for (let y = 0; y < 5; y++) {
        b[y + 5 * ((2 * x + 3 * y) % 5)] = turn(at(a, x + 5 * y), rotations[x + 5 * y] as number);
      }
    }
    for (let y = 0; y < 25; y += 5) {
      for (let x = 0; x < 5; x++)
        a[x + y] = at(b, x + y) ^ (~at(b, ((x + 1) % 5) + y) & mask & at(b, ((x + 2) % 5) + y));
    }
    // Round constants: bits of a linear feedback register at the places 2^j - 1.
    for (let j = 0; j < 7; j++) {
      if (lfsr & 1) a[0] = at(a, 0) ^ (1n << BigInt(2 ** j - 1));
      lfsr = (lfsr << 1) ^ (lfsr & 0x80 ? 0x171 : 0);
    }
  }
}

const at = (lanes: BigUint64Array, index: number): bigint => lanes[index] as bigint;
