import { createRedactor, defaultPolicy, type RedactorOptions } from '../../../src/main/redact/index.js';
import type { Body, HeaderList, ReadExchange } from '../../../src/shared/model/index.js';

export const key = new Uint8Array(32).fill(7);

export function redactor(options: Partial<RedactorOptions> = {}) {
  return createRedactor({ policy: defaultPolicy, key, ...options });
}

/** An exchange with the given parts; everything else as a plain model call. */
export function exchange(
  parts: {
    url?: string;
    requestHeaders?: HeaderList;
    responseHeaders?: HeaderList;
    request?: Body;
    response?: Body;
  } = {},
): ReadExchange {
  return {
    exchange_id: '01933f3a-7c5e-7000-8000-000000000001',
    kind: 'http',
    via: 'gateway',
    client: { address: '127.0.0.1', port: 50_000, connection: 1, protocol: 'http/1.1' },
    method: 'POST',
    url: parts.url ?? 'https://api.openai.com/v1/chat/completions',
    request: {
      http_version: '1.1',
      headers: parts.requestHeaders ?? [],
      trailers: [],
      body: parts.request ?? { kind: 'empty' },
      bytes: 0,
      truncated: false,
    },
    response: {
      http_version: '1.1',
      headers: parts.responseHeaders ?? [],
      trailers: [],
      body: parts.response ?? { kind: 'empty' },
      bytes: 0,
      truncated: false,
      status: 200,
      status_text: 'OK',
      informational: [],
    },
    started_at: 1_763_700_000_000_000,
    ended_at: 1_763_700_001_000_000,
    state: 'complete',
    issues: [],
  };
}

const alphabets = {
  base62: 'aB3dE5gH7jK9mN1pQ4sT6vW8xY2zC0fR',
  base64url: 'aB3dE5gH7jK9mN1pQ4sT6vW8xY2zC0fR',
  base64: 'aB3dE5gH7jK9mN1pQ4sT6vW8xY2zC0fR',
  base64mix: 'aB3dE5gH7jK9mN1pQ4sT6vW8xY2zC0fR',
  token: 'aB3dE5gH7jK9mN1pQ4sT6vW8xY2zC0fR',
  dotted: 'aB3dE5gH7jK9mN1pQ4sT6vW8xY2zC0fR',
  hex: '3f8a1c0d5e7b92460af4c8d1e2b35967',
  upper: 'A2B3C4D5E6F7G2H3J4K5L6M7N2P3Q4R5',
} as const;

/** Characters of a class, built at run time so that no scanner takes the test for a leak. */
export function characters(name: keyof typeof alphabets, length: number, offset = 0): string {
  const alphabet = alphabets[name];
  return Array.from({ length }, (_, i) => alphabet[(i + offset) % alphabet.length]).join('');
}

/** One value per kind of entity, each found by its own form wherever it stands. */
export const secrets: Record<string, string> = {
  openai: `sk-${characters('base62', 48)}`,
  openaiProject: `sk-proj-${characters('base62', 60, 3)}`,
  repeated: `sk-${'a'.repeat(48)}`,
  anthropic: `sk-ant-api03-${characters('base62', 90, 5)}-AA`,
  google: `AIza${characters('base62', 35, 1)}`,
  github: `ghp_${characters('base62', 36, 2)}`,
  slack: `xoxb-${characters('base62', 24, 4)}`,
  aws: `AKIA${characters('upper', 16)}`,
  jwt: `eyJ${characters('base62', 30)}.eyJ${characters('base62', 40, 7)}.${characters('base62', 43, 9)}`,
  pem: `-----BEGIN PRIVATE KEY-----\n${characters('base62', 64)}\n${characters('base62', 64, 5)}\n-----END PRIVATE KEY-----`,
  email: ['jane.roe', 'mail.example.org'].join('@'),
  phone: ['+44', '20', '7946', '0958'].join(' '),
  card: ['4111', '1111', '1111', '1111'].join(' '),
  amex: ['3782', '822463', '10005'].join('-'),
  iban: ['DE89', '3704', '0044', '0532', '0130', '00'].join(' '),
  ssn: ['536', '22', '8726'].join('-'),
};

/** The ways a value can still be read in an output. */
export function spellings(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  return [...new Set([value, json, JSON.stringify(json).slice(1, -1), encodeURIComponent(value)])];
}
