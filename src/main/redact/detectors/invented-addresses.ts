import type { DigitDetector } from './types.js';

const v4 = /(?<![\w.])198\.1[89]\.\d{1,3}\.\d{1,3}(?![\w]|\.\d)/g;
const v6Start = /2001:db8:/i;
const v6 = /(?<![\w:])2001:db8(?::[0-9a-f]{4}){6}(?![\w:])/gi;

/** Addresses that surrogates are made of and no other detector looks at, for exports that name everything anew. */
export const inventedAddressDetectors: readonly DigitDetector[] = [
  { id: 'invented-address:v4', entity: 'IP_ADDRESS', digits: 4, find: (text) => all(text, v4) },
  {
    id: 'invented-address:v6',
    entity: 'IP_ADDRESS',
    digits: 0,
    find: (text) => (v6Start.test(text) ? all(text, v6) : []),
  },
];

function all(text: string, pattern: RegExp) {
  return [...text.matchAll(pattern)].map(({ index, 0: value }) => ({
    start: index,
    end: index + value.length,
    confidence: 0.9,
  }));
}
