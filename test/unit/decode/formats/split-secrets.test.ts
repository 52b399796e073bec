import { describe, expect, it } from 'vitest';
import { decodeExchange, readExchange } from '../../../../src/main/decode/index.js';
import { createRedactor, defaultPolicy } from '../../../../src/main/redact/index.js';
import { eventMessage } from '../../../support/event-stream.js';
import { type WireCase, wireCases, wireExchange } from '../../../support/wire-exchanges.js';

const secret = `ghp_${'aB3dE5gH7jK9mN1p'.repeat(3).slice(0, 36)}`;
const halves = ['the token is ghp_', `${secret.slice(4)} and more`];
const redactor = createRedactor({ policy: defaultPolicy, key: Buffer.alloc(32, 5) });

const sse = (chunks: unknown[]) => Buffer.from(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join(''));
const part = (given: object) => ({ candidates: [{ content: { role: 'model', parts: [given] }, index: 0 }] });

const streams: [format: string, name: string, (pieces: string[]) => Buffer][] = [
  ['gemini', 'tools.sse', (pieces) => sse(pieces.map((text) => part({ text })))],
  [
    'gemini',
    'tools-array.json',
    (pieces) =>
      Buffer.from(
        JSON.stringify(
          pieces.map((text) => part({ text })),
          null,
          1,
        ),
      ),
  ],
  [
    'gemini',
    'partial-args.sse',
    (pieces) =>
      sse([
        part({ functionCall: { name: 'f', willContinue: true } }),
        ...pieces.map((stringValue) => {
          const partialArgs = [{ jsonPath: '$.note', stringValue, willContinue: true }];
          return part({ functionCall: { partialArgs, willContinue: true } });
        }),
      ]),
  ],
  [
    'ollama',
    'chat.ndjson',
    (pieces) =>
      Buffer.from(
        pieces.map((content) => `${JSON.stringify({ model: 'm', message: { content }, done: false })}\n`).join(''),
      ),
  ],
  [
    'bedrock-converse',
    'tools.json',
    (pieces) =>
      Buffer.concat(pieces.map((text) => eventMessage('contentBlockDelta', { contentBlockIndex: 0, delta: { text } }))),
  ],
  [
    'openai-completions',
    'two-choices.sse',
    (pieces) => sse(pieces.map((text) => ({ object: 'text_completion', choices: [{ index: 0, text }] }))),
  ],
];

describe('a secret split over two deltas', () => {
  it.each(streams)('%s/%s: is gone, and what stood around it is not', (format, name, stream) => {
    const wire = wireCases().find((each) => each.format === format && each.name === name) as WireCase;
    const read = readExchange(wireExchange({ ...wire, response: stream(halves) }));
    const [decoded] = [decodeExchange(redactor.exchange(read))].flat();
    const said = JSON.stringify(decoded?.call?.response?.messages);
    expect(decoded?.format).toBe(format);
    expect(said).toContain('the token is ');
    expect(said).toContain(' and more');
    expect(JSON.stringify(decoded)).not.toContain(secret.slice(8, 24));
  });
});
