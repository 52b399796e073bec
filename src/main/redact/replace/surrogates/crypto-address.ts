import { createHash } from 'node:crypto';
import { keccak256 } from '../../forms/keccak.js';
import { slotFamily } from '../../forms/slots.js';
import type { Keyed } from '../../keys/keyed.js';
import { characterRuns } from './character-run.js';
import type { Family } from './family.js';

const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const bech32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

/** Ethereum and its kin: the case of the letters is the checksum (EIP-55), unless they are all of one case. */
const ethereum = slotFamily('ethereum', (value) => {
  const start = /^0x/i.test(value) ? 2 : 0;
  if (!/^[0-9a-f]{40}$/i.test(value.slice(start))) return [];
  const text = value.slice(start);
  const mixed = /[a-f]/.test(text) && /[A-F]/.test(text);
  const hex = /[A-F]/.test(text) && !mixed ? '0123456789ABCDEF' : '0123456789abcdef';
  const slots = value.split('').map((_, at) => (at < start ? null : hex));
  return mixed ? [] : [{ slots }];
});

/** Bech32 and Bech32m (BIP 173 and 350): network and version stay, the last six characters are the checksum. */
const segwit = slotFamily('segwit', (value) => {
  const start = value.lastIndexOf('1') + 1;
  if (!/^(?:bc|tb|ltc|addr)1[02-9ac-hj-np-z]{11,103}$/.test(value)) return [];
  const target = polymod(value, start);
  if (target !== 1 && target !== 0x2bc830a3) return [];
  const body = value.length - 6;
  // The last two before the checksum stay: bits that a witness program pads with must be zero.
  const slots = value.split('').map((_, at) => (at > start && at < body - 2 ? bech32 : null));
  return [
    {
      slots,
      seal(chars) {
        chars.splice(body, 6, ...'qqqqqq');
        const check = polymod(chars.join(''), start) ^ target;
        for (let i = 0; i < 6; i++) chars[body + i] = bech32.charAt((check >>> (5 * (5 - i))) & 31);
        return true;
      },
    },
  ];
});

const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

function polymod(text: string, start: number): number {
  const codes = text
    .slice(0, start - 1)
    .split('')
    .map((char) => char.charCodeAt(0));
  const data = text
    .slice(start)
    .split('')
    .map((char) => bech32.indexOf(char));
  let check = 1;
  for (const value of [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31), ...data]) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    for (let i = 0; i < 5; i++) if ((top >> i) & 1) check ^= generator[i] as number;
  }
  return check;
}

/** The tag of a Base58Check address are four of the twenty bytes between version and checksum. */
const bitcoin: Family = {
  id: 'bitcoin',
  make(value, subject, keyed) {
    const bytes = decode(value);
    if (bytes === null) return null;
    const numbers = keyed('bitcoin', subject);
    for (let attempt = 0; attempt < 200; attempt++) {
      for (let i = 1; i < 17; i++) bytes[i] = numbers.next(256);
      for (const [i, byte] of tagBytes(bytes, keyed).entries()) bytes[17 + i] = byte;
      const made = encode(Buffer.concat([bytes.subarray(0, 21), checksum(bytes)]));
      if (made.length === value.length && made.charAt(0) === value.charAt(0)) return made;
    }
    return null;
  },
  isOurs(value, keyed) {
    const bytes = decode(value);
    return bytes !== null && tagBytes(bytes, keyed).every((byte, i) => bytes[17 + i] === byte);
  },
};

function tagBytes(bytes: Buffer, keyed: Keyed): number[] {
  const numbers = keyed('tag:bitcoin', bytes.subarray(0, 17).toString('hex'));
  return Array.from({ length: 4 }, () => numbers.next(256));
}

function checksum(bytes: Buffer): Buffer {
  const sha = (data: Uint8Array) => createHash('sha256').update(data).digest();
  return sha(sha(bytes.subarray(0, 21))).subarray(0, 4);
}

function decode(text: string): Buffer | null {
  if (!/^[1-9A-HJ-NP-Za-km-z]{26,35}$/.test(text)) return null;
  let number = 0n;
  for (const letter of text) number = number * 58n + BigInt(base58.indexOf(letter));
  const hex = number.toString(16).padStart(50, '0');
  if (hex.length !== 50) return null;
  const bytes = Buffer.from(hex, 'hex');
  return checksum(bytes).equals(bytes.subarray(21)) ? bytes : null;
}

function encode(bytes: Buffer): string {
  let number = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (; number > 0n; number /= 58n) text = base58.charAt(Number(number % 58n)) + text;
  for (const byte of bytes) {
    if (byte !== 0) break;
    text = `1${text}`;
  }
  return text;
}

/**
 * Wallets of the same chain with a right checksum. A foreign address passes for one of ours with a probability of 2.5e-7
 * at most. What no checksum tells becomes a run of the same shape.
 */
export const cryptoAddresses: Family = {
  id: 'crypto-address',
  make(value, subject, keyed) {
    const plain = ethereum.make(value.toLowerCase(), subject, keyed);
    if (plain !== null) return isMixed(value) ? checksummed(plain) : inCase(value, plain);
    return (
      segwit.make(value, subject, keyed) ??
      bitcoin.make(value, subject, keyed) ??
      (decode(value) === null ? characterRuns.make(value, subject, keyed) : null)
    );
  },
  isOurs: (value, keyed) =>
    ethereum.isOurs(value.toLowerCase(), keyed) ||
    segwit.isOurs(value, keyed) ||
    bitcoin.isOurs(value, keyed) ||
    characterRuns.isOurs(value, keyed),
};

function isMixed(value: string): boolean {
  const hex = value.replace(/^0x/i, '');
  return /[a-f]/.test(hex) && /[A-F]/.test(hex);
}

function inCase(model: string, plain: string): string {
  const hex = model.replace(/^0x/i, '');
  return /[A-F]/.test(hex) ? plain.replace(/[0-9a-f]{40}$/, (text) => text.toUpperCase()) : plain;
}

function checksummed(plain: string): string {
  const hex = plain.slice(-40);
  const hash = keccak256(hex);
  const cased = hex.replace(/[a-f]/g, (letter, at: number) =>
    Number.parseInt(hash.charAt(at), 16) >= 8 ? letter.toUpperCase() : letter,
  );
  return plain.slice(0, -40) + cased;
}
