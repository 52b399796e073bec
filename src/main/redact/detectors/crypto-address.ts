import { createHash } from 'node:crypto';
import { keccak256 } from '../forms/keccak.js';
import { classes, startsWord } from '../scan/characters.js';
import { tokenRunsOf } from '../scan/token-runs.js';
import type { Detector, Span } from './types.js';

const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const base58Run = /[13LMDTt2][1-9A-HJ-NP-Za-km-z]{25,34}/g;
const shortestBase58 = 26;
const isWord = /[A-Za-z0-9]/;
const bech32Run = /[02-9ac-hj-np-z]{11,103}(?![A-Za-z0-9])/y;
const hexRun = /[0-9a-fA-F]{40}(?![A-Za-z0-9])/y;

/** First bytes of addresses (P2PKH, P2SH) of Bitcoin, its test net, Litecoin, Dogecoin and Tron. */
const versions = new Set([0, 5, 111, 196, 48, 50, 30, 22, 65]);

/**
 * Addresses of Bitcoin and its kin: Base58Check, and Bech32 and Bech32m (BIP 173 and 350); of Ethereum and its kin
 * (EIP-55). Checksum right: confidence 1; Ethereum's in one case carry none: 0.8.
 */
export const cryptoAddressDetectors: readonly Detector[] = [
  {
    id: 'crypto-address:base58',
    entity: 'CRYPTO_ADDRESS',
    digits: 0,
    find(text) {
      const spans: Span[] = [];
      for (const { start: from, end: to } of tokenRunsOf(text, classes.base58, shortestBase58)) {
        for (const { 0: value, index } of text.slice(from, to).matchAll(base58Run)) {
          const start = from + index;
          const end = start + value.length;
          const stands = startsWord(text, start) && !isWord.test(text.charAt(end));
          if (stands && base58Check(value)) spans.push({ start, end, confidence: 1 });
        }
      }
      return spans;
    },
  },
  {
    id: 'crypto-address:bech32',
    entity: 'CRYPTO_ADDRESS',
    anchors: ['bc1', 'tb1', 'ltc1', 'addr1'],
    at(text, start, end) {
      const match = startsWord(text, start) ? sticky(bech32Run, text, end) : null;
      if (match === null || !bech32Check(text.slice(start, end + match.length), text.slice(start, end - 1)))
        return null;
      return { start, end: end + match.length, confidence: 1 };
    },
  },
  {
    id: 'crypto-address:ethereum',
    entity: 'CRYPTO_ADDRESS',
    anchors: ['0x'],
    at(text, start, end) {
      const match = startsWord(text, start) ? sticky(hexRun, text, end) : null;
      const confidence = match === null ? 0 : ethereum(match);
      return confidence === 0 ? null : { start, end: end + 40, confidence };
    },
  },
];

function sticky(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

function base58Check(text: string): boolean {
  let number = 0n;
  for (const letter of text) number = number * 58n + BigInt(base58.indexOf(letter));
  const bytes = Buffer.from(number.toString(16).padStart(50, '0'), 'hex');
  if (bytes.length !== 25 || !versions.has(bytes[0] as number)) return false;
  const sha = (data: Uint8Array) => createHash('sha256').update(data).digest();
  return sha(sha(bytes.subarray(0, 21)))
    .subarray(0, 4)
    .equals(bytes.subarray(21));
}

const bech32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

function bech32Check(text: string, prefix: string): boolean {
  const letters = [...prefix].map((letter) => letter.charCodeAt(0));
  const values = [
    ...letters.map((code) => code >> 5),
    0,
    ...letters.map((code) => code & 31),
    ...[...text.slice(prefix.length + 1)].map((letter) => bech32.indexOf(letter)),
  ];
  let check = 1;
  for (const value of values) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    for (let i = 0; i < 5; i++) if ((top >> i) & 1) check ^= generator[i] as number;
  }
  return check === 1 || check === 0x2bc830a3;
}

function ethereum(hex: string): number {
  // Placeholders of documentation and burn addresses: nobody's.
  if (/^(.)\1{30}/.test(hex) || /^0{30}/.test(hex)) return 0;
  if (hex === hex.toLowerCase() || hex === hex.toUpperCase()) return 0.8;
  const hash = keccak256(hex.toLowerCase());
  const right = [...hex].every((letter, index) => {
    if (letter <= '9') return true;
    return letter <= 'F' === Number.parseInt(hash.charAt(index), 16) >= 8;
  });
  return right ? 1 : 0;
}
